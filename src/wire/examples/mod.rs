//! An example of each shape that travels, for the description. They tell one story, of Ana, whose account somebody else
//! gets into. A test reads each as the type that it is an example of.

pub mod merge;
pub mod session;
pub mod login;
pub mod counts;
pub mod alert;
pub mod suppression;
pub mod erasure;
pub mod request;
pub mod webhook;
pub mod search;
pub mod policy;
pub mod privacy;
pub mod person;
pub mod explanation;
pub mod operator;
pub mod inquiry;
