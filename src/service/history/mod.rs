//! Looking back: past logins, regions, sessions.

pub mod regions;
pub mod beside;
pub mod search;
pub mod sessions;
