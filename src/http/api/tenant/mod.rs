//! What a tenant sets for itself.

pub mod policy;
pub mod rehearsal;
pub mod webhooks;
pub mod operators;
