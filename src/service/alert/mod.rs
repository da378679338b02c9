//! Alerts: looking them up, mailing them, and what comes back.

pub mod suppressions;
pub mod deliveries;
pub mod alerts;
pub mod bounces;
pub mod parcels;
pub mod posting;
pub mod dispatch;
