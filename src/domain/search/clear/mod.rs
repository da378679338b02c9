//! What stands in the clear of logins, and how many there are of which kind: what a search looks at before it opens a record.

pub mod methods;
pub mod facets;
pub mod tally;
pub mod numbers;
pub mod columns;
pub mod segment;
pub mod counts;
pub mod sums;
pub mod cross;
