//! The stored forms of what is kept about people's rights.

pub mod request;
