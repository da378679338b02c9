//! What has happened: logins, the order in which they came, the browsers that they came from, and sessions.

pub mod logins;
pub mod segments;
pub mod commits;
pub mod saved_searches;
pub mod browsers;
pub mod clues;
pub mod sessions;
