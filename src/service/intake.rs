//! One login, from top to bottom.
