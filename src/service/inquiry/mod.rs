//! Looking into one login: what is known around it.

pub mod explaining;
