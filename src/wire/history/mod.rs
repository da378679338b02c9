//! What is told of many logins at once.

pub mod counts;
