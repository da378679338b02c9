//! Composition: turns arguments and settings into one command or a running service. The only room that knows all
//! others.

pub mod fault;
pub mod csv_log;
pub mod privacy_arguments;
pub mod arguments;
pub mod logging;
pub mod secrets;
pub mod root_key;
pub mod checkpoints;
pub mod compose;
pub mod services;
pub mod noting;
pub mod rights;
pub mod past_logins;
pub mod console;
pub mod commands;
pub mod serving;
pub mod serve;
pub mod run;
