//! Looking back: past logins, regions, sessions.

pub mod regions;
pub mod search;
pub mod sessions;
