//! What is kept for a tenant and is no person's.

pub mod saved_search;
