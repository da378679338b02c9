//! People's rights.

pub mod erasures;
pub mod requests;
