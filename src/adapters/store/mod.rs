//! Stores: one port, three backends.
