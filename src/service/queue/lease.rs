//! The one loop that leases work and does it: mails, and messages to webhooks.

use std::collections::VecDeque;

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::watch;
use tracing::warn;

use crate::ports::Unavailable;

/// Pieces of work that were leased together.
#[derive(Debug)]
pub struct Leased<Work> {
    /// The pieces, in the order in which they are started.
    pub work: Vec<Work>,
    /// How many of them may run at the same time.
    pub at_once: usize,
}

impl<Work> Leased<Work> {
    /// For when nothing is due, or nothing may be done.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { work: Vec::new(), at_once: 1 }
    }
}

/// A queue whose work is leased. Any number of workers in any number of processes may share it.
///
/// Invariant: a leased piece is either finished, or its lease runs out and it becomes due again. So work that is cut
/// off is done later, by any worker.
///
/// To add a queue: implement this trait, give [`run`] a task of its own in `app/serve.rs`, and say in the contract of
/// its port who ends a lease.
pub trait Queue: Sync {
    /// One piece of work.
    type Work: Send;

    /// Leases what is due. `open` pieces that were leased before are not finished yet.
    ///
    /// # Errors
    /// When the store does not answer.
    fn lease(&self, open: usize) -> impl Future<Output = Result<Leased<Self::Work>, Unavailable>> + Send;

    /// Does one piece and ends its lease.
    ///
    /// # Errors
    /// When the store does not answer. The piece is done again later.
    fn work(&self, work: Self::Work) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// How many of `leased` pieces must be finished before more are leased. It costs as much to ask the store for one
    /// piece as for many.
    fn done_before_more(&self, leased: usize) -> usize;

    /// Waits until there may be more to lease although no piece was finished. `open` pieces are not finished yet.
    fn news(&self, open: usize) -> impl Future<Output = ()> + Send;
}

/// Works until `stop` turns true, and then finishes what is leased.
pub async fn run<Q: Queue>(queue: &Q, mut stop: watch::Receiver<bool>) {
    let mut open = Open { queue, waiting: VecDeque::new(), under_way: FuturesUnordered::new(), at_once: 1 };
    while !*stop.borrow() {
        let leased = open.lease().await;
        let mut until_more = queue.done_before_more(leased).max(1);
        let news = queue.news(open.len());
        tokio::pin!(news);
        while until_more > 0 {
            tokio::select! {
                // Ends when enough pieces are finished to make room, when there may be more, or when `stop` turns
                // true.
                true = open.next() => until_more -= 1,
                () = &mut news => break,
                _ = stop.changed() => break,
            }
        }
    }
    while open.next().await {}
}

/// The pieces that are leased and not finished.
struct Open<'a, Q: Queue> {
    queue: &'a Q,
    waiting: VecDeque<Q::Work>,
    under_way: FuturesUnordered<BoxFuture<'a, Result<(), Unavailable>>>,
    at_once: usize,
}

impl<Q: Queue> Open<'_, Q> {
    fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    /// Leases more and returns how many pieces that were. The pieces that are running go on meanwhile: if they stood
    /// still, they would keep the readers of the store that they hold, and this lease and every login would wait for
    /// those for ever.
    async fn lease(&mut self) -> usize {
        let queue = self.queue;
        let lease = queue.lease(self.len());
        tokio::pin!(lease);
        let leased = loop {
            tokio::select! {
                leased = &mut lease => break leased,
                true = self.next() => {}
            }
        };
        let Leased { work, at_once } = leased.unwrap_or_else(|fault| {
            warn!(%fault, "what waits to be sent cannot be read");
            Leased::nothing()
        });
        let count = work.len();
        if count > 0 {
            self.at_once = at_once;
            self.waiting.extend(work);
        }
        count
    }

    /// Waits until one more piece is finished; `false` if there is none. Dropping the future loses nothing.
    async fn next(&mut self) -> bool {
        while self.under_way.len() < self.at_once
            && let Some(work) = self.waiting.pop_front()
        {
            self.under_way.push(self.queue.work(work).boxed());
        }
        let done = self.under_way.next().await;
        if let Some(Err(fault)) = &done {
            warn!(%fault, "how sending ended is not stored: it is sent again");
        }
        done.is_some()
    }
}
