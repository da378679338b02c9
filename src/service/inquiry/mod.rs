//! Looking into logins: what is known around one, how two compare, and what a search finds, as a whole.

pub mod explaining;
pub mod comparing;
pub mod walk;
pub mod rehearsal;
pub mod campaign;
pub mod case;
pub mod open;
pub mod whole;
