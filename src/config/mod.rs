//! Settings: what was written and what it means.
