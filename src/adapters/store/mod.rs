//! Stores: one port, three backends, one set of stored forms.

pub mod record;
pub mod prepared;
pub mod memory;
