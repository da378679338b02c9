//! For operators of the service.

pub mod health;
pub mod docs;
