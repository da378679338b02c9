//! Looking back: past logins, regions, sessions; and on: logins as they come.

pub mod regions;
pub mod beside;
pub mod search;
pub mod tail;
pub mod sessions;
