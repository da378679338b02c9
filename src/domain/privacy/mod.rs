//! What a person may ask for about what is kept of them, as values and rules.

pub mod processing;
pub mod erasure;
pub mod removal;
pub mod note;
pub mod audit;
pub mod chain;
pub mod request;
pub mod request_steps;
