//! The language of searches, as those who use it know it.

mod language;
mod page;
mod anything;
mod properties;
mod predicate;
mod segments;
mod scores;
