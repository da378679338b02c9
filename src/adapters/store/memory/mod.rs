//! The store in memory: for tests, for replays, and for trying things out.

pub mod events;
pub mod lists;
pub mod policies;
pub mod tables;
pub mod store;
pub mod upkeep;
pub mod integrity;
pub mod identity;
pub mod api_keys;
