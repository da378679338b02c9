//! A user's profile: devices and habits, and how logins add to it.

pub mod device;
pub mod profile;
pub mod learning;
