//! Warnings: looking them up, sending them, and what comes back.

pub mod suppressions;
pub mod deliveries;
pub mod alerts;
pub mod bounces;
pub mod parcels;
pub mod dispatch;
