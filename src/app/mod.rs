//! Composition: arguments and settings in, one command or a running service out. The only room that knows all others.

pub mod fault;
pub mod csv_log;
pub mod arguments;
pub mod logging;
pub mod secrets;
pub mod compose;
pub mod samples;
pub mod templates;
pub mod keys;
pub mod store;
pub mod webhooks;
pub mod alerts;
pub mod bounces;
pub mod serve;
pub mod log_file;
pub mod import;
pub mod playback;
pub mod replay;
pub mod evaluate;
pub mod train;
pub mod geoip;
pub mod check;
pub mod preview;
pub mod run;
