//! What persons have a right to.

pub mod erasures;
