//! Stored logins, the browsers that they came from, and sessions.

pub mod login_record;
pub mod kept_browser;
pub mod clue;
pub mod alike;
pub mod session;
pub mod retention_days;
pub mod cutoffs;
pub mod retention;
