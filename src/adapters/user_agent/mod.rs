//! Parses user agents by uap-core's patterns, and maps them to our closed lists.

pub mod families;
pub mod uap;

pub use uap::UapAgents;
