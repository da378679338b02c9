//! The store in Redis or Valkey: for several instances of this service behind one address.

pub mod server;
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
