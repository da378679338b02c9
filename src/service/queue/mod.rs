//! Queues: leased work, and logins of one user that wait for each other; and retries when another process was faster.

pub mod tries;
pub mod lease;
pub mod user_queues;
