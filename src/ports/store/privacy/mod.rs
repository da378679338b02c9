//! What is stored about people's rights.

pub mod requests;
