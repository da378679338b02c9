//! The resources, one file each.

pub mod export;
pub mod logins;
pub mod inquiry;
pub mod standing;
pub mod counts;
pub mod import;
pub mod devices;
pub mod alerts;
pub mod user_alerts;
pub mod suppressions;
pub mod sessions;
pub mod regions;
pub mod policy;
pub mod mail_events;
pub mod privacy;
pub mod webhooks;
