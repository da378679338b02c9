//! People's rights.

pub mod requests;
