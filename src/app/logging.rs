//! Logging: one line for each event on standard error, for people or for machines.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::app::fault::Fault;
use crate::config::{problems::Problem, settings::Logging};

/// Starts logging. A second call in the same process changes nothing.
///
/// # Errors
/// When the filter is not valid.
pub fn start(logging: &Logging) -> Result<(), Fault> {
    let expected = || "must be error, warn, info, debug or trace, or a filter such as watchlight=debug".to_owned();
    let filter = EnvFilter::try_new(&logging.filter)
        .map_err(|_| Fault::Settings(vec![Problem { setting: "log.level", expected: expected() }]))?;
    let lines =
        fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_target(false);
    // Fails only if a test has started logging already.
    let _ = if logging.json { lines.json().flatten_event(true).try_init() } else { lines.try_init() };
    Ok(())
}
