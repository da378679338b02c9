//! An example of each shape that travels, for the description: one story, of Ana, whose account somebody else gets into.
//! A test reads each of them as what it is an example of.

pub mod merge;
pub mod session;
pub mod login;
pub mod alert;
pub mod suppression;
pub mod webhook;
pub mod policy;
