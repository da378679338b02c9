//! What is known of one login beyond its record, and written about it.

pub mod note;
pub mod evidence;
pub mod explanation;
pub mod comparison;
pub mod likeness;
pub mod rehearsal;
pub mod campaign;
pub mod case;
pub mod scenario;
