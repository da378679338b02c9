//! What belongs to a tenant: its API keys and webhooks.

pub mod api_key;
pub mod webhook;
