//! Settings: as they are written, and what they mean. Only `app` imports them.

pub mod policy;
pub mod raw;
pub mod problems;
pub mod listener;
pub mod settings;
