//! The store in memory: for tests, for replays, and for trying things out.

pub mod events;
pub mod sessions;
pub mod tables;
pub mod store;
pub mod upkeep;
pub mod integrity;
pub mod identity;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod policies;
pub mod api_keys;
