//! Whether a login's browser is one of the user's known devices.

pub mod verdict;
pub mod weights_table;
pub mod weights;
pub mod matching;
pub mod likeness;
pub mod recognize;
