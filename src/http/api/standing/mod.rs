//! Searches that stand: those that are followed, and those that are saved.

pub mod tail;
pub mod searches;
