//! What is kept for users: profiles, logins, alerts and the work that they cause, sessions.

pub mod commit;
pub mod browsers;
pub mod clues;
pub mod profiles;
pub mod logins;
pub mod commits;
pub mod alerts;
pub mod outbox;
pub mod events;
pub mod sessions;
