//! User agents, read by uap-core's patterns and put into our closed lists.

pub mod families;
pub mod uap;

pub use uap::UapAgents;
