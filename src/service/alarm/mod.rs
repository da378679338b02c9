//! What is wrong with many mails at once, or with the store: who notices, and who is told.

pub mod custody;
pub mod trim_wait;
pub mod recall;
pub mod storms;
pub mod mail_breaker;
pub mod mail_health;
