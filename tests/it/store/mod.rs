//! See the files beside this one.

pub mod samples;
pub mod contract;
mod contract_events;
mod contract_lists;
mod contract_turns;
mod contract_upkeep;
mod retention;
mod contract_identity;
mod golden;
mod decoding;
mod damage;
mod sqlite;
mod sqlite_migrations;
mod redis;
mod redis_keys_of_two_users;
