//! The user-agent adapter.
