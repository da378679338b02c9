//! The adapter for places.
