//! The HTTP contract, asked over the wire.

pub mod server;
mod bad_input;
mod access;
mod alerts;
mod history;
mod import;
mod answer;
mod around;
mod faults;
