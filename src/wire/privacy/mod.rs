//! People's rights, as they travel.

pub mod erasure;
pub mod request;
