//! What is stored about people's rights.

pub mod erasures;
pub mod requests;
pub mod restrictions;
pub mod notes;
pub mod people;
pub mod removals;
pub mod audit;
pub mod unsealed;
