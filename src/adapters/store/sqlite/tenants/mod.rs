//! What is kept for tenants: API keys, webhooks, suppressions, policies.

pub mod webhooks;
pub mod suppressions;
pub mod policies;
pub mod saved_searches;
pub mod api_keys;
