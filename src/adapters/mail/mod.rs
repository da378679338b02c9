//! Writes the mail of an alert or a request, and sends it or files it.

pub mod fold;
pub mod render;
pub mod request_letter;
pub mod report;
pub mod message;
pub mod memory;
pub mod file;
pub mod smtp_fault;
pub mod smtp_session;
pub mod smtp;
pub mod open;
