//! The outbox worker: lease, send, settle.
