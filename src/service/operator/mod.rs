//! Operators of the console: inviting them, letting them in, and revoking them.

pub mod passwords;
pub mod operators;
