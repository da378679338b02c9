//! Queues by user, and for other things that many ask for at once. Work for one user takes turns within this process,
//! so that its commits do not collide; and jobs that wait for the same user are done together, in one commit.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard},
    time::timeout,
};

/// How long a job waits for its turn.
pub const MAX_WAIT: Duration = Duration::from_secs(2);
/// How many queues there are at least. Users share them, by hash. They take 1.2 MB.
const QUEUES: usize = 16_384;
/// How many there are of what few do at the same time, such as to end a session, or to note what an operator did.
const FEW_QUEUES: usize = 1_024;
/// How many queues there are for each user at work at the same time, so that few wait for another's.
const QUEUES_OF_ONE: usize = 4;
/// How many jobs are done together at most: as many logins as fit well into one commit of any store.
pub const MAX_TOGETHER: usize = 256;

/// One turn at a time for each user.
pub struct UserTurns(Vec<Arc<Turn<()>>>);

impl UserTurns {
    /// For so many users at work at the same time, and some thousands at least.
    #[must_use]
    pub fn for_users(at_once: usize) -> Self {
        Self((0..(QUEUES_OF_ONE * at_once).max(QUEUES)).map(|_| Arc::default()).collect())
    }

    /// Waits until nothing else in this process works on the user. `None` if that takes longer than [`MAX_WAIT`].
    pub async fn of(&self, user: [u8; 16]) -> Option<OwnedMutexGuard<()>> {
        timeout(MAX_WAIT, self.queue(user).lock_owned()).await.ok()
    }

    /// The same, however long it takes: whoever has a turn waits for the store at most.
    pub async fn at_last_of(&self, user: [u8; 16]) -> OwnedMutexGuard<()> {
        self.queue(user).lock_owned().await
    }

    fn queue(&self, user: [u8; 16]) -> Arc<Turn<()>> {
        let [a, b, c, d, ..] = user;
        self.0[u32::from_be_bytes([a, b, c, d]) as usize % self.0.len()].clone()
    }
}

/// For what few do at the same time.
impl Default for UserTurns {
    fn default() -> Self {
        Self((0..FEW_QUEUES).map(|_| Arc::default()).collect())
    }
}

/// Why a job was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It waited longer than [`MAX_WAIT`] and was never started.
    Late,
    /// It panicked, or the work returned no answer for it. How far it got is not known.
    Broken,
}

/// Jobs that wait for users. Each gets an answer of its own.
///
/// The first job for a user opens a batch, which waits for the user's turn. Jobs that come before the turn join the
/// batch; later ones open the next batch. So the more jobs there are for one user, the more are done at once.
///
/// A batch is one future, driven by everyone who waits for it. It goes on as long as one of them is left, so a caller
/// that goes away does not stop the others. When all have gone, it stops where it is, and the next batch has its turn.
pub struct UserQueues<Job, Answer> {
    turns: Arc<UserTurns>,
    open: Arc<OpenBatches<Job, Answer>>,
}

/// The batch of each user that may still be joined.
type OpenBatches<Job, Answer> = Mutex<HashMap<[u8; 16], OpenBatch<Job, Answer>>>;
/// The jobs of a batch; `None` once it has started.
type Jobs<Job> = Arc<Mutex<Option<Vec<Job>>>>;
/// The answers of a batch, in the order of its jobs.
type Answers<Answer> = Arc<[Result<Answer, Undone>]>;
/// The future of a batch, which everyone who waits for it drives.
type Running<Answer> = Shared<BoxFuture<'static, Answers<Answer>>>;

struct OpenBatch<Job, Answer> {
    jobs: Jobs<Job>,
    /// Weak: a strong one would keep a batch that nobody drives in the queue for ever.
    running: WeakShared<BoxFuture<'static, Answers<Answer>>>,
}

/// For what few do at the same time.
impl<Job, Answer> Default for UserQueues<Job, Answer> {
    fn default() -> Self {
        Self { turns: Arc::default(), open: Arc::default() }
    }
}

impl<Job, Answer> UserQueues<Job, Answer>
where
    Job: Clone + Send + Sync + 'static,
    Answer: Clone + Send + Sync + 'static,
{
    /// For so many users at work at the same time, and some thousands at least.
    #[must_use]
    pub fn for_users(at_once: usize) -> Self {
        Self { turns: Arc::new(UserTurns::for_users(at_once)), open: Arc::default() }
    }

    /// Takes the user's turn, for work that cannot be done together with other work and that nobody waits for who is in a hurry.
    pub async fn turn(&self, user: [u8; 16]) -> OwnedMutexGuard<()> {
        self.turns.at_last_of(user).await
    }

    /// Does a job together with those that wait for the same user. `work` gets the jobs in the order in which they came
    /// and returns an answer for each; the `work` of the job that opened the batch is the one that runs. If it panics,
    /// each job is done alone, so that a bad one does not fail the others: `work` must be safe to run again.
    ///
    /// # Errors
    /// See [`Undone`].
    pub async fn together<Work, Worked>(&self, user: [u8; 16], job: Job, work: Work) -> Result<Answer, Undone>
    where
        Work: Fn(Vec<Job>) -> Worked + Send + Sync + 'static,
        Worked: Future<Output = Vec<Answer>> + Send + 'static,
    {
        let (at, running) = self.join(user, job, work);
        running.await.get(at).cloned().unwrap_or(Err(Undone::Broken))
    }

    /// Joins or opens a batch. Returns the job's index in the batch, and the batch.
    fn join<Work, Worked>(&self, user: [u8; 16], job: Job, work: Work) -> (usize, Running<Answer>)
    where
        Work: Fn(Vec<Job>) -> Worked + Send + Sync + 'static,
        Worked: Future<Output = Vec<Answer>> + Send + 'static,
    {
        let mut open = lock(&self.open);
        if let Some(batch) = open.get(&user)
            && let Some(waiting) = lock(&batch.jobs).as_mut().filter(|it| it.len() < MAX_TOGETHER)
            && let Some(running) = batch.running.upgrade()
        {
            waiting.push(job);
            return (waiting.len() - 1, running);
        }
        let jobs = Jobs::new(Mutex::new(Some(vec![job])));
        let entry = Entry { user, open: self.open.clone(), jobs: jobs.clone() };
        let turns = self.turns.clone();
        let running = async move {
            let turn = turns.of(user).await;
            let jobs = entry.close();
            match turn {
                Some(_turn) => done(&work, jobs).await,
                None => jobs.iter().map(|_| Err(Undone::Late)).collect(),
            }
        };
        let running = running.boxed().shared();
        if let Some(weak) = running.downgrade() {
            open.insert(user, OpenBatch { jobs, running: weak });
        }
        (0, running)
    }
}

/// A batch's entry among those that may be joined. It is removed when the batch starts, and also if it never does.
struct Entry<Job, Answer> {
    user: [u8; 16],
    open: Arc<OpenBatches<Job, Answer>>,
    jobs: Jobs<Job>,
}

impl<Job, Answer> Entry<Job, Answer> {
    /// Takes the jobs. After that, no job can join.
    fn close(&self) -> Vec<Job> {
        let mut open = lock(&self.open);
        // A full batch has already been replaced by the next one.
        if open.get(&self.user).is_some_and(|it| Arc::ptr_eq(&it.jobs, &self.jobs)) {
            open.remove(&self.user);
        }
        lock(&self.jobs).take().unwrap_or_default()
    }
}

impl<Job, Answer> Drop for Entry<Job, Answer> {
    fn drop(&mut self) {
        self.close();
    }
}

/// Does jobs together, or one by one if that panics.
async fn done<Job, Answer, Work, Worked>(work: &Work, jobs: Vec<Job>) -> Answers<Answer>
where
    Job: Clone,
    Work: Fn(Vec<Job>) -> Worked,
    Worked: Future<Output = Vec<Answer>>,
{
    if let Some(answers) = tried(work, jobs.clone()).await {
        return answers.into_iter().map(Ok).collect();
    }
    if jobs.len() == 1 {
        return Arc::new([Err(Undone::Broken)]);
    }
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        let alone = tried(work, vec![job]).await.and_then(|it| it.into_iter().next());
        answers.push(alone.ok_or(Undone::Broken));
    }
    answers.into()
}

/// `None` if the work panics. The store commits everything or nothing, so what it did before that is no half change.
async fn tried<Job, Answer, Work, Worked>(work: &Work, jobs: Vec<Job>) -> Option<Vec<Answer>>
where
    Work: Fn(Vec<Job>) -> Worked,
    Worked: Future<Output = Vec<Answer>>,
{
    AssertUnwindSafe(async { work(jobs).await }).catch_unwind().await.ok()
}

/// Ignores poisoning: nothing panics between two changes that belong together.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
