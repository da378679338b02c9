//! The stored forms of what is kept about people's rights.

pub mod erasure;
pub mod removal;
pub mod request;
pub mod note;
pub mod audit;
