//! Limits on how many requests an API key and an address may send, and how often somebody may try to sign in to the console. They
//! protect the service from overload and guesses.

pub mod rate;
pub mod callers;
pub mod bucket;
pub mod limits;

pub use limits::Limits;
pub use rate::{Counted, Rate, Within};
