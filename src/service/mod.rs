//! What the product does, step by step, by means of the ports.

pub mod queue;
pub mod shared_usage;
pub mod alarm;
pub mod tenant;
pub mod operator;
pub mod login;
pub mod history;
pub mod user;
pub mod alert;
pub mod privacy;
pub mod inquiry;
pub mod outbound;
pub mod retention;
