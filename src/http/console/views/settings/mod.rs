//! The settings, one part a page: each has the scope and the place in the audit of the call that tells the same.

pub mod tabs;
pub mod overview;
pub mod operators;
pub mod policy;
pub mod webhooks;
pub mod searches;
