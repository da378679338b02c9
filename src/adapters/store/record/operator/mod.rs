//! What is kept of operators of the console.

pub mod operator;
pub mod session;
