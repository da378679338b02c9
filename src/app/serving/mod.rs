//! What a running service is made of.

pub mod state;
pub mod workers;
