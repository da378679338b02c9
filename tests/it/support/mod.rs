//! What the stories stand on.

pub mod redis;
pub mod smtp;
