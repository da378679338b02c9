//! What goes out by HTTP: messages to tenants' webhooks, whose addresses strangers choose, and which must not be able to reach our
//! own network by them; and questions to the issuer of operators' identities, whose address a setting names.

pub mod target;
pub mod exchange;
pub mod hooks;
pub mod issuer;
