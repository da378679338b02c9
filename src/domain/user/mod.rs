//! What is known of a user: their devices and their habits, and how a login adds to it.

pub mod device;
pub mod profile;
pub mod learning;
