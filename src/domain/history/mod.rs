//! Stored logins and sessions.

pub mod login_record;
pub mod session;
pub mod retention_days;
pub mod cutoffs;
pub mod retention;
