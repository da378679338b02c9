//! Commands about the console.

pub mod operators;
