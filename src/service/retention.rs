//! Forgetting what is older than the tenant wants kept.
