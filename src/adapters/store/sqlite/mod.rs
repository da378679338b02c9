//! The store in one file, by SQLite: for one machine, without another service to run.

pub mod engine;
pub mod history;
pub mod outbox;
pub mod events;
pub mod sessions;
pub mod commit;
pub mod store;
pub mod policies;
pub mod upkeep;
pub mod integrity;
pub mod identity;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod api_keys;
