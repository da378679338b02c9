//! What came in: a login event and what the browser said of itself.

pub mod value;
pub mod components;
pub mod login;
