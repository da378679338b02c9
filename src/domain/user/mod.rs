//! A user's profile: devices, habits and how they are written to, and how logins add to it.

pub mod device;
pub mod contact;
pub mod profile;
pub mod idle;
pub mod learning;
