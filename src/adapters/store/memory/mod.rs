//! The store in memory: for tests, for replays, and for trying things out.

pub mod store;
pub mod tallies;
pub mod segments;
pub mod identity;
pub mod users;
pub mod privacy;
pub mod tenants;
pub mod counters;
pub mod upkeep;
pub mod integrity;
