//! See the files beside this one.

pub mod samples;
pub mod policy_samples;
pub mod request_samples;
pub mod person_samples;
pub mod tenant_samples;
pub mod contract;
mod retention;
mod retention_classes;
mod golden;
mod decoding;
mod damage;
mod segment_making;
mod sqlite;
mod sqlite_migrations;
mod redis;
mod recounting;
mod redis_tls;
mod redis_access;
mod redis_keys_of_two_users;
mod redis_keys_together;
mod redis_logins;
mod traces_of_tenants;
