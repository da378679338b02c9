//! The `watchlight` command.

fn main() {}
