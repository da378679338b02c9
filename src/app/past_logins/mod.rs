//! Runs logs of logins through the service's code: to import, to try out, to measure.

pub mod log_file;
pub mod playback;
pub mod import;
pub mod replay;
pub mod evaluate;
pub mod train;
