//! The language in which the history is searched: what a query is, how it is read and written, and which logins match.
//! `docs/search.md` tells it to those who use it.

pub mod truth;
pub mod fault;
pub mod tallies;
pub mod field;
pub mod value;
pub mod times;
pub mod query;
pub mod clear;
pub mod needs;
pub mod few;
pub mod scanner;
pub mod reading;
pub mod bare;
pub mod parser;
pub mod parameters;
pub mod matching;
