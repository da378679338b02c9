//! The stored forms of what stands in the clear: facets of logins, and tallies of them.

pub mod facets;
pub mod tally;
pub mod segment;
