//! Looking back: past logins, regions, sessions.

pub mod search;
pub mod sessions;
pub mod regions;
