//! What every request passes: limits, keys, bodies, queries; and how failures are answered.

pub mod problem;
pub mod fault;
pub mod connection;
pub mod client_address;
pub mod limit;
pub mod state;
pub mod edge;
pub mod argument;
pub mod audited;
pub mod query;
pub mod console;
pub mod access;
pub mod caller;
pub mod body;
pub mod path;
pub mod page;
