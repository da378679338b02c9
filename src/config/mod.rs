//! Settings: as they are written, and what they mean. Only `app` imports them.

pub mod policy;
pub mod written;
pub mod raw;
pub mod problems;
pub mod listener;
pub mod console;
pub mod privacy;
pub mod store;
pub mod settings;
