//! The ports, over any backend: every record is encoded and decoded here, once for all backends.

pub mod sealing;
pub mod kept_columns;
pub mod store;
pub mod people;
pub mod fading;
pub mod identity;
pub mod locked;
pub mod users;
pub mod clear;
pub mod privacy;
pub mod tenants;
pub mod counters;
pub mod upkeep;
pub mod integrity;
