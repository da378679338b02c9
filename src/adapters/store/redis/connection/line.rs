//! A connection of every thread: what a thread asks is sent and answered on that thread, and wakes no other.
//!
//! A connection that has failed is replaced by another, which is resolved anew: behind the same name there may be another server. Whoever
//! asks meanwhile waits for it as long as there is time. That to a Cluster stays in use until the other is there: most of its servers
//! answer all the while.

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
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::adapters::store::redis::connection::{
    request::Fault,
    topology::{Connection, Topology},
};

/// The pause before the second attempt to connect; before each further one it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// A connection on which nothing was answered for so long is given up: the machine behind it may be gone without a word.
const SILENCE: Duration = Duration::from_secs(1);
/// Of a Cluster something was not answered in time, and again after so long: a master may be gone, and another may have its slots by now.
/// The library looks for them when a server refuses, which one that is silent never does.
const SILENCE_OF_PART: Duration = Duration::from_millis(300);

/// The connections of all threads to the same servers.
pub struct Lines {
    number: u64,
    topology: Topology,
    doubts: Mutex<Doubts>,
    /// Attempts to connect for which nobody waits. They end with the store.
    renewing: Mutex<JoinSet<()>>,
}

/// That the server of all lines may not be the master any more.
#[derive(Clone, Copy, Debug, Default)]
struct Doubts {
    count: u64,
    latest: Option<Instant>,
}

/// An attempt to connect, which several wait for, and what has become of it.
type Connecting = Shared<BoxFuture<'static, RedisResult<Connection>>>;

/// A thread's connection, or the attempt to have one.
#[derive(Clone)]
struct Line {
    /// To forget it with them.
    lines: Weak<Lines>,
    connecting: Connecting,
    /// The one that is to take its place when it is there.
    next: Option<Connecting>,
    /// Which it is of those that this thread has had, and how many before it could not be had in a row.
    turn: u64,
    failures: u32,
    /// Since when nothing was answered; of a Cluster, since when some of it was not.
    silent_since: Option<Instant>,
    /// How many doubts there had been, and how many times another master was named.
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
    /// To these servers. Connects when somebody asks, and listens to Sentinels from now on, on the runtime of the caller.
    #[must_use]
    pub fn new(topology: Topology) -> Arc<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        topology.listen();
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { number, topology, doubts: Mutex::default(), renewing: Mutex::default() })
    }

    /// Whether a part of the servers may be gone while others answer.
    #[must_use]
    pub const fn is_cluster(&self) -> bool {
        self.topology.is_cluster()
    }

    /// This thread's connection, of those that it has the one with this number.
    ///
    /// # Errors
    /// This attempt to connect has failed. The next call makes another, after a pause.
    pub async fn connected(self: &Arc<Self>, which: u8) -> RedisResult<Connected> {
        let (at, doubts) = ((self.number, which), self.all_doubts());
        LINES.with_borrow_mut(|it| it.get_mut(&at).map(Line::turn_over));
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
        let is_whole = !self.topology.is_cluster();
        change(connected, |line| {
            line.failures = 0;
            if is_whole {
                line.silent_since = None;
            }
        });
    }

    /// Nothing was answered in time.
    pub fn unanswered(self: &Arc<Self>, which: u8) {
        let at = (self.number, which);
        let now = Instant::now();
        let limit = if self.topology.is_cluster() { SILENCE_OF_PART } else { SILENCE };
        let silent = LINES.with_borrow_mut(|it| {
            // An attempt to connect ends by itself.
            let line = it.get_mut(&at).filter(|line| line.connecting.peek().is_some())?;
            let since = *line.silent_since.get_or_insert(now);
            (now.duration_since(since) > limit).then_some(line.turn)
        });
        if let Some(turn) = silent {
            self.give_up(at, turn);
        }
    }

    /// Perhaps another server is behind the same name by now: all threads look for it, once a second at most. None reads from one server
    /// and writes to another for longer than that. Sentinels tell by themselves when another is the master, and of a Cluster the library
    /// looks.
    pub fn doubt(&self) {
        let mut doubts = self.doubts();
        let is_due = doubts.latest.is_none_or(|it| it.elapsed() > SILENCE);
        if is_due && self.topology.doubt() {
            *doubts = Doubts { count: doubts.count + 1, latest: Some(Instant::now()) };
        }
    }

    /// Which turn it is of masters and failovers. Read before something is sent that is to be confirmed, and given to [`Lines::check`]
    /// when it is.
    ///
    /// # Errors
    /// [`Fault::FailingOver`].
    pub fn turn(&self) -> Result<u64, Fault> {
        self.topology.turn().ok_or(Fault::FailingOver)
    }

    /// Whether what was sent in a turn went to a master that is one still, and no other was about to take its place.
    ///
    /// # Errors
    /// [`Fault::FailingOver`].
    pub fn check(&self, turn: u64) -> Result<(), Fault> {
        if self.turn()? == turn { Ok(()) } else { Err(Fault::FailingOver) }
    }

    /// How many Sentinels answer, of how many, if those are too few to hear of a failover.
    #[must_use]
    pub fn too_few_sentinels(&self) -> Option<(usize, usize)> {
        self.topology.too_few_sentinels()
    }

    /// What a connection must not be older than.
    fn all_doubts(&self) -> u64 {
        self.doubts().count + self.topology.moves()
    }

    /// Nothing panics while it is held.
    fn doubts(&self) -> MutexGuard<'_, Doubts> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection is of no use any more.
    pub fn lost(self: &Arc<Self>, connected: &Connected) {
        self.give_up(connected.at, connected.turn);
    }

    /// Makes another of a thread's connection: at once, or to a Cluster beside the one that is used until then.
    fn give_up(self: &Arc<Self>, at: (u64, u8), turn: u64) {
        if !self.topology.is_cluster() {
            return self.replace(at, turn, false);
        }
        LINES.with_borrow_mut(|it| {
            let Some(line) = it.get_mut(&at).filter(|it| it.turn == turn && it.next.is_none()) else { return };
            let next = self.line(turn + 1, 0).connecting;
            line.next = Some(next.clone());
            // Whoever asks does not wait for it.
            let mut renewing = self.renewing.lock().unwrap_or_else(PoisonError::into_inner);
            while renewing.try_join_next().is_some() {}
            renewing.spawn(next.map(drop));
        });
    }

    fn begin(self: &Arc<Self>, at: (u64, u8)) -> (Connecting, u64) {
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
            next: None,
            turn,
            failures,
            silent_since: None,
            doubts: self.all_doubts(),
        }
    }
}

impl Line {
    /// Puts the next connection in the place of this one, if it is there; forgets it if it could not be had.
    fn turn_over(&mut self) {
        let Some(next) = self.next.take_if(|it| it.peek().is_some()) else { return };
        if next.peek().is_some_and(Result::is_ok) {
            (self.connecting, self.turn, self.silent_since) = (next, self.turn + 1, None);
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
