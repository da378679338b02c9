//! The store in one file, by SQLite: for one machine, without another service to run.

pub mod engine;
pub mod store;
pub mod identity;
pub mod profiles;
pub mod logins;
pub mod alerts;
pub mod events;
pub mod outbox;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod sessions;
pub mod policies;
pub mod api_keys;
pub mod upkeep;
pub mod integrity;
