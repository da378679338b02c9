//! What is known of a user: the profile and its devices, and the browsers of logins, in every form that was ever stored.

pub mod device;
pub mod browser;
pub mod clue;
pub mod wishes;
pub mod profile_form_1;
pub mod profile;
