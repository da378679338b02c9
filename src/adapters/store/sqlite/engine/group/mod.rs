//! A group of commits: what each piece of it does within the one transaction, and what is left to its end.

pub mod segment_rows;
pub mod tally_rows;
pub mod deferred;
pub mod piece;
