//! The answers to the questions about a login, as sentences: short, true, and in English.

pub mod phrases;
pub mod habits;
pub mod sources;
pub mod aftermath;
pub mod telling;
pub mod comparison;
pub mod rehearsing;
