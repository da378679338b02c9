//! What is kept for users: profiles, logins, alerts and the work that they cause, sessions.

pub mod commits;
pub mod browsers;
pub mod alerts;
pub mod profiles;
pub mod logins;
pub mod events;
pub mod outbox;
pub mod sessions;
