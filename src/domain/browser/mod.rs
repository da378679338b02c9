//! The browser: its canonical form, its fingerprint, and what is compared of it.

pub mod sketch;
pub mod attributes;
pub mod environment;
pub mod fingerprint;
pub mod extraction;
pub mod contradiction;
pub mod class;
