//! Logging: one line for each event on standard error, for people or for machines.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, fmt, fmt::MakeWriter};

use crate::app::fault::Fault;
use crate::config::{problems::Problem, settings::Logging};
use crate::http::door::edge;

/// How long a line about a request waits for others.
const GATHERS_FOR: Duration = Duration::from_millis(20);
/// At so many bytes it waits no longer.
const MOST_WAITING: usize = 256 * 1_024;

static LINES: Lines = Lines { waiting: Mutex::new(Vec::new()), begun: Condvar::new(), gathers: AtomicBool::new(false) };

/// Starts logging. A second call in the same process changes nothing.
///
/// # Errors
/// When the filter is not valid.
pub fn start(logging: &Logging) -> Result<(), Fault> {
    let expected = || "must be error, warn, info, debug or trace, or a filter such as watchlight=debug".to_owned();
    let filter = EnvFilter::try_new(&logging.filter)
        .map_err(|_| Fault::Settings(vec![Problem { setting: "log.level", expected: expected() }]))?;
    let lines = fmt().with_env_filter(filter).with_writer(&LINES).with_ansi(io::stderr().is_terminal());
    let lines = lines.with_target(false);
    let started = if logging.json { lines.json().flatten_event(true).try_init() } else { lines.try_init() };
    // Fails only if a test has started logging already.
    if started.is_ok() {
        let thread = thread::Builder::new().name("log".to_owned()).spawn(|| LINES.write_what_gathers());
        LINES.gathers.store(thread.is_ok(), Ordering::Relaxed);
    }
    Ok(())
}

/// Writes what waits. To be called before the process ends.
pub fn finish() {
    write_out(&mut LINES.waiting());
}

/// Lines on their way to standard error. Each by itself was a call to the system, for which the threads waited in turn: 5 to 9 % of the time
/// of a login. So those about requests wait a moment for others, and every other line takes them along.
struct Lines {
    waiting: Mutex<Vec<u8>>,
    /// Told when the first line waits.
    begun: Condvar,
    /// Whether there is a thread that writes what waits.
    gathers: AtomicBool,
}

impl Lines {
    /// Nothing panics while it is held.
    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_what_gathers(&self) -> ! {
        loop {
            drop(self.begun.wait_while(self.waiting(), |it| it.is_empty()));
            thread::sleep(GATHERS_FOR);
            write_out(&mut self.waiting());
        }
    }
}

/// In the order in which they came.
fn write_out(waiting: &mut Vec<u8>) {
    // Without a standard error there is nobody to tell.
    let _ = io::stderr().write_all(waiting);
    waiting.clear();
}

impl MakeWriter<'_> for &'static Lines {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line { lines: self, can_wait: false }
    }

    fn make_writer_for(&self, about: &Metadata<'_>) -> Line {
        let is_about_request = *about.level() == Level::INFO && about.target() == edge::LOGGED_AS;
        Line { lines: self, can_wait: is_about_request && self.gathers.load(Ordering::Relaxed) }
    }
}

/// One line.
struct Line {
    lines: &'static Lines,
    can_wait: bool,
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.lines.waiting();
        let is_first = waiting.is_empty();
        waiting.extend_from_slice(line);
        if !self.can_wait || waiting.len() > MOST_WAITING {
            write_out(&mut waiting);
        } else if is_first {
            self.lines.begun.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
