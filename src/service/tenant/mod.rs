//! What belongs to a tenant: its API keys, its policies and its saved searches.

pub mod known_keys;
pub mod api_keys;
pub mod policies;
pub mod saved_searches;
