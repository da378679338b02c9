//! Stores: one port, three backends, one set of stored forms.

pub mod fault;
pub mod record;
pub mod damage;
pub mod prepared;
pub mod memory;
pub mod sqlite;
pub mod redis;
pub mod open;
