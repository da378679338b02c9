//! What is kept for tenants: API keys, operators, webhooks, suppressions, policies.

pub mod webhooks;
pub mod suppressions;
pub mod policies;
pub mod saved_searches;
pub mod api_keys;
pub mod operators;
