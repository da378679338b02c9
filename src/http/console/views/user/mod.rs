//! A user: everything about one, their devices, and what is decided about these.

pub mod habits;
pub mod user;
pub mod device;
pub mod trust;
