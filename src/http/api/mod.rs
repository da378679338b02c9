//! The resources, by subject, one file each.

pub mod logins;
pub mod standing;
pub mod users;
pub mod alerts;
pub mod tenant;
pub mod privacy;
