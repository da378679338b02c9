//! Past logins, and the order in which they came.

pub mod logins;
pub mod commits;
