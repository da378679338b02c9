//! Posts to tenants' webhooks. Strangers choose the addresses, and must not be able to reach our own network by them.

pub mod target;
pub mod client;
