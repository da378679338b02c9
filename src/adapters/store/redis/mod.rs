//! The store in Redis or Valkey: for several instances of this service behind one address.

pub mod keys;
pub mod server;
pub mod commit;
pub mod history;
pub mod due;
pub mod outbox;
pub mod lists;
pub mod versioned;
pub mod sessions;
pub mod events;
pub mod recall;
pub mod store;
pub mod policies;
pub mod upkeep;
pub mod integrity;
pub mod identity;
