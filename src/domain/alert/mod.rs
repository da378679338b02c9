//! A warning, from the login that raises it to the answer; and when warnings wait.

pub mod answer;
pub mod statements;
pub mod alert;
pub mod delivery;
pub mod selection;
pub mod suppression;
pub mod report;
pub mod digest;
pub mod notice;
pub mod breaker;
pub mod storm;
pub mod budget;
pub mod raise;
