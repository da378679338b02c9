//! The store in Redis or Valkey: for several instances of this service behind one address.

pub mod server;
pub mod commit;
pub mod history;
pub mod outbox;
pub mod sessions;
pub mod events;
pub mod store;
pub mod policies;
pub mod upkeep;
pub mod integrity;
pub mod identity;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod api_keys;
