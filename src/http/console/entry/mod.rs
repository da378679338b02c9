//! How operators come in, and go: by an invitation, or by a password. Their own logins are recorded.

pub mod own_login;
pub mod admitting;
pub mod login;
pub mod invitation;
