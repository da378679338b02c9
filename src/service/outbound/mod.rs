//! What tenants are told, by their webhooks.

pub mod signing;
pub mod webhooks;
pub mod worker;
