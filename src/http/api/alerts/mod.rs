//! Alerts, and the mails that tell of them.

pub mod alerts;
pub mod user_alerts;
pub mod suppressions;
pub mod mail_events;
