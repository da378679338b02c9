//! The commands other than `serve`, one file each.

pub mod samples;
pub mod templates;
pub mod keys;
pub mod console;
pub mod seal;
pub mod recount;
pub mod store;
pub mod webhooks;
pub mod alerts;
pub mod bounces;
pub mod geoip;
pub mod check;
pub mod preview;
pub mod privacy;
pub mod erasures;
pub mod tenants;
pub mod copies;
