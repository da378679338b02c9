//! People's rights, and the salts that can be destroyed.

pub mod salts;
pub mod erasures;
pub mod removals;
pub mod people;
pub mod requests;
pub mod restrictions;
pub mod notes;
pub mod audit;
pub mod unsealed_rows;
pub mod unsealed;
