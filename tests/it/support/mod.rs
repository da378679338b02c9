//! What the stories stand on.

pub mod redis;
pub mod hooks;
pub mod smtp;
