//! What persons have a right to, carried out.

pub mod erasures;
