//! What a search finds, as a whole.

pub mod rehearsal;
pub mod campaign;
pub mod case;
