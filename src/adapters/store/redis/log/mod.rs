//! How logins lie in the server: their records many to a key, and what lists them in small pieces.

pub mod leaves;
pub mod hashes;
pub mod lives;
pub mod newest;
pub mod rows;
