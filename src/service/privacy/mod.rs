//! What persons have a right to, carried out.

pub mod erasures;
pub mod people;
pub mod notes;
pub mod export;
