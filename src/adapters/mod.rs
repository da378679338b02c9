//! Implementations of the ports. Adapters do not import each other.

pub mod clock;
pub mod identity_file;
pub mod checkpoint_file;
pub mod user_agent;
pub mod geo;
pub mod mail;
pub mod web;
pub mod store;
