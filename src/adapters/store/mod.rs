//! Stores: three backends that keep bytes, and one layer over them that implements the ports and knows the stored
//! forms.

pub mod fault;
pub mod tls_files;
pub mod record;
pub mod damage;
pub mod pulse;
pub mod name;
pub mod prepared;
pub mod tallying;
pub mod backend;
pub mod coded;
pub mod memory;
pub mod sqlite;
pub mod redis;
pub mod open;
