//! Queues: of work that is leased, of users who wait for each other, and tries against others who are faster.

pub mod tries;
pub mod lease;
pub mod user_queues;
