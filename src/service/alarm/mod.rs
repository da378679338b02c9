//! What may be wrong with many mails at once, or with the store: how it is noticed, and who is told.

pub mod custody;
pub mod trim_wait;
pub mod recall;
pub mod storms;
pub mod mail_breaker;
pub mod mail_health;
pub mod request_watch;
pub mod unsealed_watch;
pub mod counting_watch;
pub mod readiness;
