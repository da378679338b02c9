//! Operators of the console: inviting them, letting them in, and revoking them.

pub mod passwords;
pub mod operators;
pub mod single_sign_on;
