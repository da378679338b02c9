//! What is stored, one trait for each subject. Each trait states what every backend guarantees, and how to extend it.

pub mod identity;
pub mod integrity;
pub mod profiles;
pub mod history;
pub mod alerts;
pub mod outbox;
pub mod events;
pub mod webhooks;
pub mod suppressions;
pub mod counters;
pub mod policies;
pub mod api_keys;
pub mod operators;
pub mod privacy;
pub mod tallies;
pub mod upkeep;
pub mod whole;
