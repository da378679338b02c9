//! What belongs to a tenant: its API keys, webhooks and saved searches.

pub mod api_key;
pub mod saved_search;
pub mod webhook;
