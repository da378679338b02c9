//! The connection to the server, and whether it keeps what it is given.

pub mod memory_policy;
pub mod link;
