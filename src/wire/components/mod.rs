//! What a browser says: its headers, and what a script measured, read from JSON straight into the domain's values.

pub mod nested;
pub mod script;
