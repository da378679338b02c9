//! People's rights.

pub mod erasures;
pub mod people;
pub mod removals;
pub mod requests;
pub mod restrictions;
pub mod notes;
pub mod audit;
pub mod resealing;
pub mod unsealed_owners;
pub mod unsealed;
