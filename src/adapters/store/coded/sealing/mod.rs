//! Sealing: what is kept of a person can be read only with a key that is derived from their salt.

pub mod envelope;
pub mod root;
pub mod chance;
pub mod layout;
pub mod methods;
pub mod sealer;
