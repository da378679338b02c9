//! The store in Redis or Valkey: for several instances of this service behind one address.

pub mod access;
pub mod connection;
pub mod server;
pub mod log;
pub mod store;
pub mod tallies;
pub mod forgetting;
pub mod identity;
pub mod privacy;
pub mod users;
pub mod people;
pub mod unsealed_keys;
pub mod unsealed;
pub mod tenants;
pub mod tenant_walk;
pub mod removals;
pub mod counters;
pub mod upkeep;
pub mod integrity;
