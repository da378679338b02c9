//! People's rights, as they travel.

pub mod request;
