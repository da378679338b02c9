//! What is done for a single user.

pub mod devices;
