//! One login, from top to bottom.

pub mod observing;
pub mod guessing;
pub mod rarity;
pub mod recorder;
pub mod intake;
