//! What users are known by: their devices and sessions.

pub mod devices;
pub mod sessions;
