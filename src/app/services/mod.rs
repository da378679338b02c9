//! The services, by subject, over what `compose` has opened.

pub mod mailing;
pub mod past;
pub mod persons;
