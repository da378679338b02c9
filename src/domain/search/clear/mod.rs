//! What stands in the clear of logins, and how many there are of which kind: what a search looks at before it opens a record.

pub mod facets;
pub mod tally;
pub mod counts;
