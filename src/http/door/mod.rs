//! What every request passes: limits, keys, bodies, queries, and how a failure is told.

pub mod problem;
pub mod random;
pub mod connection;
pub mod client_address;
pub mod limit;
pub mod state;
pub mod access;
pub mod edge;
pub mod auth;
pub mod body;
pub mod query;
pub mod cursor;
