//! The ports, over any backend: every record is encoded and decoded here, once for all backends.

pub mod store;
pub mod identity;
pub mod profiles;
pub mod logins;
pub mod alerts;
pub mod outbox;
pub mod events;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod sessions;
pub mod policies;
pub mod api_keys;
pub mod upkeep;
pub mod integrity;
