//! What belongs to a tenant: its API keys and its policies.

pub mod api_keys;
pub mod policies;
