//! What is known of a user: the profile and its devices, in every form that was ever stored.

pub mod device;
pub mod wishes;
pub mod profile_form_1;
pub mod profile;
