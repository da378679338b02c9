//! What is kept for users: profiles, logins, alerts and the work that they cause, sessions.

pub mod commits;
pub mod browsers;
pub mod clues;
pub mod key_days;
pub mod claims;
pub mod committing;
pub mod profiles;
pub mod logins;
pub mod alerts;
pub mod outbox;
pub mod events;
pub mod sessions;
