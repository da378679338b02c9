//! What is done for one user.

pub mod devices;
