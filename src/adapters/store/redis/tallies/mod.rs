//! Tallies. A script writes in one slot only, and so a commit notes its logins in its partition; from there they are counted
//! before anybody looks, and about every second.

pub mod rows;
pub mod fold;
pub mod recount;
pub mod store;
pub mod segments;
