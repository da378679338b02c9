//! Looking into one login: what is known around it, and how it compares with another.

pub mod explaining;
pub mod comparing;
