//! The views, one a file.

pub mod search;
pub mod about;
pub mod login;
pub mod judging;
pub mod tail;
pub mod help;
