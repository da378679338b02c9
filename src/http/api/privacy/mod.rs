//! What persons have a right to.

pub mod erasures;
pub mod person;
pub mod notes;
pub mod export_page;
pub mod export_writer;
pub mod export;
pub mod audit;
pub mod requests;
