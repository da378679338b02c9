//! User agents, read by uap-core's patterns.
