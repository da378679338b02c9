//! Tells of logins as they are committed, by this process or another. One loop reads the log of commits for all who follow, so
//! that many of them ask no more of the store than one; who comes back first reads alone what they have missed.

pub mod followed;
pub mod slots;
pub mod log;
pub mod tail;
pub mod tails;
