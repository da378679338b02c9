//! Measures how good the product is. Only `app` uses it.

pub mod truth;
pub mod replay;
pub mod difference;
pub mod evaluation;
pub mod training;
