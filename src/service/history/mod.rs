//! Looking back: past logins, regions, sessions; and on: logins as they come.

pub mod sources;
pub mod regions;
pub mod likeness;
pub mod beside;
pub mod recounting;
pub mod segmenting;
pub mod pieces;
pub mod visits;
pub mod search;
pub mod tail;
pub mod counting;
pub mod counts;
pub mod sessions;
