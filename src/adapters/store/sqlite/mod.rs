//! The store in one file, by SQLite: for one machine, without another service to run.

pub mod engine;
pub mod store;
pub mod days;
pub mod clues;
pub mod forgetting;
pub mod identity;
pub mod privacy;
pub mod users;
pub mod tallies;
pub mod segments;
pub mod tenants;
pub mod counters;
pub mod upkeep;
pub mod integrity;
