//! The queue: what is to be looked at now.

pub mod groups;
pub mod queue;
pub mod files;
