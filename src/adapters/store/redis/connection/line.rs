//! A connection of every thread: what a thread asks is sent and answered on that thread, and wakes no other.
//!
//! A connection that has failed is replaced by another, which is resolved anew: behind the same name there may be another server. Whoever
//! asks meanwhile waits for it as long as there is time.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use redis::RedisResult;
use tokio::time::{Instant, sleep};

use crate::adapters::store::redis::connection::topology::{Connection, Topology};

/// The pause before the second attempt to connect; before each further one it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A connection on which nothing was answered for so long is given up: the machine behind it may be gone without a word.
const SILENCE: Duration = Duration::from_secs(1);

/// The connections of all threads to the same servers.
pub struct Lines {
    number: u64,
    topology: Topology,
    doubts: Mutex<Doubts>,
}

/// That the server of all lines may not be the master any more.
#[derive(Clone, Copy, Debug, Default)]
struct Doubts {
    count: u64,
    latest: Option<Instant>,
}

/// A thread's connection, or the attempt to have one.
#[derive(Clone)]
struct Line {
    /// To forget it with them.
    lines: Weak<Lines>,
    connecting: Shared<BoxFuture<'static, RedisResult<Connection>>>,
    /// Which it is of those that this thread has had, and how many before it could not be had in a row.
    turn: u64,
    failures: u32,
    /// Since when nothing was answered.
    silent_since: Option<Instant>,
    /// How many doubts there had been.
    doubts: u64,
}

/// A connection, and which it is of those that this thread has had.
pub struct Connected {
    /// The connection.
    pub connection: Connection,
    at: (u64, u8),
    turn: u64,
}

thread_local! {
    static LINES: RefCell<HashMap<(u64, u8), Line>> = RefCell::default();
}

impl Lines {
    /// To these servers. Connects when somebody asks.
    #[must_use]
    pub fn new(topology: Topology) -> Arc<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { number, topology, doubts: Mutex::default() })
    }

    /// This thread's connection, of those that it has the one with this number.
    ///
    /// # Errors
    /// This attempt to connect has failed. The next call makes another, after a pause.
    pub async fn connected(self: &Arc<Self>, which: u8) -> RedisResult<Connected> {
        let (at, doubts) = ((self.number, which), self.doubts().count);
        let sound = |line: &&Line| line.doubts == doubts;
        let known = LINES.with_borrow(|it| it.get(&at).filter(sound).map(|line| (line.connecting.clone(), line.turn)));
        let (connecting, turn) = known.unwrap_or_else(|| self.begin(at));
        match connecting.await {
            Ok(connection) => Ok(Connected { connection, at, turn }),
            Err(fault) => {
                self.replace(at, turn, true);
                Err(fault)
            }
        }
    }

    /// Something was answered.
    pub fn answered(&self, connected: &Connected) {
        change(connected, |line| {
            line.failures = 0;
            line.silent_since = None;
        });
    }

    /// Nothing was answered in time.
    pub fn unanswered(self: &Arc<Self>, which: u8) {
        let at = (self.number, which);
        let now = Instant::now();
        let silent = LINES.with_borrow_mut(|it| {
            // An attempt to connect ends by itself.
            let line = it.get_mut(&at).filter(|line| line.connecting.peek().is_some())?;
            let since = *line.silent_since.get_or_insert(now);
            (now.duration_since(since) > SILENCE).then_some(line.turn)
        });
        if let Some(turn) = silent {
            self.replace(at, turn, false);
        }
    }

    /// Perhaps another server is the master by now: all threads look for it, once a second at most. None reads from one server and
    /// writes to another for longer than that. Of a Cluster the library looks by itself.
    pub fn doubt(&self) {
        let mut doubts = self.doubts();
        let is_due = doubts.latest.is_none_or(|it| it.elapsed() > SILENCE);
        if is_due && self.topology.doubt() {
            *doubts = Doubts { count: doubts.count + 1, latest: Some(Instant::now()) };
        }
    }

    /// Nothing panics while it is held.
    fn doubts(&self) -> MutexGuard<'_, Doubts> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection is of no use any more.
    pub fn lost(self: &Arc<Self>, connected: &Connected) {
        self.replace(connected.at, connected.turn, false);
    }

    fn begin(self: &Arc<Self>, at: (u64, u8)) -> (Shared<BoxFuture<'static, RedisResult<Connection>>>, u64) {
        LINES.with_borrow_mut(|it| {
            // Those of stores that are closed.
            it.retain(|_, line| line.lines.strong_count() > 0);
            let line = self.line(it.get(&at).map_or(1, |before| before.turn + 1), 0);
            let begun = (line.connecting.clone(), line.turn);
            it.insert(at, line);
            begun
        })
    }

    /// Makes another of a thread's connection, unless somebody has since.
    fn replace(self: &Arc<Self>, at: (u64, u8), turn: u64, has_failed: bool) {
        LINES.with_borrow_mut(|it| {
            if let Some(line) = it.get_mut(&at).filter(|it| it.turn == turn) {
                let failures = if has_failed { line.failures.saturating_add(1) } else { line.failures };
                *line = self.line(turn + 1, failures);
            }
        });
    }

    fn line(self: &Arc<Self>, turn: u64, failures: u32) -> Line {
        let lines = Arc::downgrade(self);
        let held = self.clone();
        let pause = match failures {
            0 => Duration::ZERO,
            more => FIRST_PAUSE.saturating_mul(1 << more.min(8)).min(LONGEST_PAUSE),
        };
        let connecting = async move {
            sleep(pause).await;
            held.topology.connect().await
        };
        Line {
            lines,
            connecting: connecting.boxed().shared(),
            turn,
            failures,
            silent_since: None,
            doubts: self.doubts().count,
        }
    }
}

fn change(connected: &Connected, change: impl FnOnce(&mut Line)) {
    LINES.with_borrow_mut(|it| {
        if let Some(line) = it.get_mut(&connected.at).filter(|it| it.turn == connected.turn) {
            change(line);
        }
    });
}
