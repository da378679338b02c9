//! Connections that read, each used by one blocking thread at a time.
//!
//! Reads wait in a queue, and a thread that has read takes the next one from it. A thread for each read would be woken for each, which
//! takes longer than most reads do.

use std::{
    collections::VecDeque,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::{Notify, oneshot};

use crate::{
    adapters::store::sqlite::engine::{
        faults::{Refused, unavailable},
        files::OpenFiles,
        schema,
    },
    ports::{CommitError, Unavailable},
};

/// How many reads may run at the same time.
const MAX_READERS: usize = 8;
/// How long closing waits for reads that have started.
const READS_END_WITHIN: Duration = Duration::from_secs(1);

/// How a pool shares its reads among threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Each read for itself: one that takes long holds up no other.
    Each,
    /// Short ones, many at once: a thread takes those that wait together, in one view of the file, and another thread is woken only if
    /// more wait than it takes.
    Together,
}

impl Share {
    /// How many reads a thread takes at once.
    const fn at_once(self) -> usize {
        match self {
            Self::Each => 1,
            Self::Together => 16,
        }
    }

    /// How many have to wait for each thread before another one is woken.
    const fn waits_for_each(self) -> usize {
        match self {
            Self::Each => 0,
            Self::Together => 4,
        }
    }
}

/// A pool of connections that only read. A read that begins after a commit was acknowledged sees it.
#[derive(Debug)]
pub struct Readers(Arc<Pool>);

/// A read that waits.
type Read = Box<dyn FnOnce(Result<&Connection, Refused>) -> Done + Send>;

/// A read that was done, and whose caller is still to be answered: not before the connection is where it can be closed.
struct Done {
    is_well: bool,
    answer: Box<dyn FnOnce() + Send>,
}

#[derive(Debug)]
struct Pool {
    path: PathBuf,
    files: OpenFiles,
    share: Share,
    queue: Mutex<Queue>,
    /// Told when a thread ends.
    ended: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Read>,
    /// How many threads read.
    threads: usize,
    /// Connections that no thread uses. They are opened when they are needed.
    idle: Vec<Connection>,
    is_closed: bool,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waiting.len())
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl Readers {
    /// A pool for the database at `path`, of which the writer has these files open.
    #[must_use]
    pub fn new(path: PathBuf, files: OpenFiles, share: Share) -> Self {
        Self(Arc::new(Pool { path, files, share, queue: Mutex::default(), ended: Notify::new() }))
    }

    /// Runs `read` on a connection of its own, on a thread that may wait for the disk.
    ///
    /// # Errors
    /// The error of `read`, or that there is no connection.
    pub async fn read<T, R>(&self, read: R) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        R: FnOnce(&Connection) -> Result<T, Refused> + Send + 'static,
    {
        let gone = || Unavailable("the store is closing".to_owned());
        let (sender, answer) = oneshot::channel();
        let waiting = move |connection: Result<&Connection, Refused>| {
            let outcome = connection.and_then(read);
            let is_well = outcome.is_ok();
            // Whoever asked may have gone away.
            Done { is_well, answer: Box::new(move || drop(sender.send(outcome))) }
        };
        if !self.enter(Box::new(waiting)) {
            return Err(gone());
        }
        answer.await.map_err(|_| gone())?.map_err(unavailable_for)
    }

    /// Lets reads that have started finish, for a second at most, and closes the connections. After that there are no
    /// more reads.
    pub async fn close(&self) {
        let all_ended = async {
            while self.0.queue().threads > 0 {
                self.0.ended.notified().await;
            }
        };
        // Those that still read then close theirs when they end.
        let _ = tokio::time::timeout(READS_END_WITHIN, all_ended).await;
        self.end();
    }

    /// Closes the connections that nobody uses. From then on there are no more reads.
    fn end(&self) {
        let mut queue = self.0.queue();
        queue.is_closed = true;
        let (waiting, idle) = (std::mem::take(&mut queue.waiting), std::mem::take(&mut queue.idle));
        drop(queue);
        drop((waiting, idle));
    }

    /// Queues a read, and starts a thread for it if there may be one more; `false` if there are no more reads.
    fn enter(&self, read: Read) -> bool {
        let mut queue = self.0.queue();
        if queue.is_closed {
            return false;
        }
        queue.waiting.push_back(read);
        if queue.threads < MAX_READERS && queue.waiting.len() > self.0.share.waits_for_each() * queue.threads {
            queue.threads += 1;
            drop(queue);
            let thread = Thread { pool: self.0.clone(), has_started: false };
            drop(tokio::task::spawn_blocking(move || thread.work()));
        }
        true
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // A thread that has just answered may not have ended yet.
        self.end();
    }
}

/// A thread that is to read. One that is never started, because the program ends, leaves nobody waiting.
struct Thread {
    pool: Arc<Pool>,
    has_started: bool,
}

impl Thread {
    /// Reads until nobody waits.
    fn work(mut self) {
        self.has_started = true;
        let mut connection = None;
        let mut next = self.pool.next(&mut connection);
        while !next.is_empty() {
            let done = match connection.take().map_or_else(|| self.pool.connect(), Ok) {
                Ok(it) => {
                    let done = try_out_all(next, &it);
                    // A connection that failed may be broken, and a new one is cheap.
                    let is_well = done.iter().all(|it| it.as_ref().is_some_and(|it| it.is_well));
                    connection = Some(it).filter(|_| is_well);
                    done
                }
                Err(refused) => {
                    let fault = unavailable_for(refused);
                    next.into_iter().map(|it| try_out(it, Err(fault.clone().into()))).collect()
                }
            };
            next = self.pool.next(&mut connection);
            for Done { answer, .. } in done.into_iter().flatten() {
                answer();
            }
        }
        self.pool.ended.notify_one();
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if !self.has_started {
            let mut queue = self.pool.queue();
            queue.threads -= 1;
            if queue.threads == 0 {
                queue.waiting.clear();
            }
        }
    }
}

/// Does reads, more than one in one view of the file.
fn try_out_all(reads: Vec<Read>, connection: &Connection) -> Vec<Option<Done>> {
    let statement = |text| connection.prepare_cached(text)?.execute([]);
    let has_view = reads.len() > 1 && statement("BEGIN").is_ok();
    let mut done: Vec<_> = reads.into_iter().map(|it| try_out(it, Ok(connection))).collect();
    if has_view && statement("COMMIT").is_err() {
        // Whoever reads next needs a new view.
        done.iter_mut().flatten().for_each(|it| it.is_well = false);
    }
    done
}

/// Does a read. `None` if it panics: that answers nobody, and ends no thread on which others wait.
fn try_out(read: Read, connection: Result<&Connection, Refused>) -> Option<Done> {
    catch_unwind(AssertUnwindSafe(|| read(connection))).ok()
}

fn unavailable_for(refused: Refused) -> Unavailable {
    match refused {
        Refused::Sqlite(it) => unavailable(&it),
        Refused::Commit(CommitError::Unavailable(it)) => it,
        Refused::Commit(it) => Unavailable(it.to_string()),
    }
}

impl Pool {
    /// The next reads, and a connection if the thread has none and one is idle. If nobody waits, the thread has ended, and its
    /// connection is idle.
    fn next(&self, connection: &mut Option<Connection>) -> Vec<Read> {
        let mut queue = self.queue();
        let most = queue.waiting.len().min(self.share.at_once());
        let reads: Vec<Read> = queue.waiting.drain(..most).collect();
        if reads.is_empty() {
            queue.threads -= 1;
            let unused = connection.take().filter(|_| !queue.is_closed);
            queue.idle.extend(unused);
        } else {
            *connection = connection.take().or_else(|| queue.idle.pop());
        }
        reads
    }

    /// A connection to the file that the writer writes. What has taken its place is not read as if it were that: it may
    /// be older, and to open it can undo the locks that this process holds on the log.
    fn connect(&self) -> Result<Connection, Refused> {
        match self.files.astray() {
            None => Ok(schema::connect_reader(&self.path)?),
            Some(astray) => Err(Unavailable(astray.words().to_owned()).into()),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    fn one(connection: &Connection) -> Result<i64, Refused> {
        Ok(connection.query_row("SELECT 1", [], |row| row.get(0))?)
    }

    #[tokio::test]
    async fn more_reads_than_threads_are_answered_each_also_where_one_panics_and_none_after_closing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (_writes, files) = schema::create(&path).unwrap();
        for share in [Share::Each, Share::Together] {
            answers_each(Readers::new(path.clone(), files.clone(), share)).await;
        }
    }

    async fn answers_each(readers: Readers) {
        let panics = |_: &Connection| -> Result<i64, Refused> { panic!("as planted") };
        for _ in 0..=MAX_READERS {
            assert!(readers.read(panics).await.is_err());
        }
        let reads = join_all((0..20 * MAX_READERS).map(|_| readers.read(one))).await;
        assert!(reads.iter().all(|it| it.as_ref().is_ok_and(|it| *it == 1)));
        assert!(readers.0.queue().idle.len() <= MAX_READERS);
        readers.close().await;
        assert!(readers.0.queue().idle.is_empty());
        assert!(readers.read(one).await.is_err());
    }
}
