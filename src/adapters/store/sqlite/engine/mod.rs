//! The file, its connections, and the one thread that writes.

pub mod faults;
pub mod files;
pub mod log;
pub mod log_mover;
pub mod migrations;
pub mod salts_file;
pub mod schema;
pub mod copy;
pub mod rows;
pub mod group;
pub mod desk;
pub mod writer;
pub mod readers;
