//! The ports, over any backend: every record is encoded and decoded here, once for all backends.

pub mod store;
pub mod identity;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod policies;
pub mod api_keys;
