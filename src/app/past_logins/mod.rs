//! Logs of logins that are run through the same code: to seed, to rehearse, to measure.

pub mod log_file;
pub mod playback;
pub mod import;
pub mod replay;
pub mod evaluate;
pub mod train;
