//! The signals, one function each.
