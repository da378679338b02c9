//! Posting to tenants' webhooks: addresses that strangers chose, reached without letting them choose what in our own
//! network is reached.

pub mod target;
pub mod client;
