//! Settings: what was written, and what it means. Only `app` reads them.

pub mod policy;
pub mod raw;
pub mod problems;
pub mod listener;
pub mod settings;
