//! The mail of an alert: written, then sent or filed.
