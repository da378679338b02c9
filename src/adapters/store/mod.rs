//! Stores: one port, three backends, one set of stored forms.

pub mod fault;
pub mod record;
pub mod damage;
pub mod prepared;
pub mod memory_events;
pub mod memory_lists;
pub mod memory_policies;
pub mod memory_tables;
pub mod memory;
pub mod memory_upkeep;
pub mod memory_integrity;
pub mod embedded;
pub mod redis;
pub mod open;
