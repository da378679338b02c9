//! How operators come in, and go: by an invitation, by a password, or by the word of somebody else. Their own logins are recorded.

pub mod own_login;
pub mod kept;
pub mod admitting;
pub mod login_page;
pub mod login;
pub mod invitation;
pub mod issuer;
pub mod proxy;
