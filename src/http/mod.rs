//! The HTTP contract.

pub mod pages;
