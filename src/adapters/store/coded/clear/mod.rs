//! What stands in the clear of logins: how many there are of which kind, and the columns of past ones.

pub mod tallies;
pub mod segments;
