//! For those who run the service.

pub mod health;
pub mod docs;
