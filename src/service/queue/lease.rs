//! The one loop that works off what is leased: mails and messages to webhooks.

use std::collections::VecDeque;

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::watch;
use tracing::warn;

use crate::ports::Unavailable;

/// Work that was leased together.
#[derive(Debug)]
pub struct Leased<Work> {
    /// The pieces, in the order in which they are begun.
    pub work: Vec<Work>,
    /// How many of them are done at the same time.
    pub at_once: usize,
}

impl<Work> Leased<Work> {
    /// Nothing is due, or nothing may be done.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { work: Vec::new(), at_once: 1 }
    }
}

/// A queue whose work is leased. Any number of workers in any number of processes may work it off.
///
/// Invariant: a piece that is leased is worked on or its lease runs out, and then it is due again; so whatever is cut off is
/// done by somebody else, later.
///
/// To add a queue: implement this, give [`run`] a task of its own in `app/serve.rs`, and tell in the contract of its port who
/// ends a lease.
pub trait Queue: Sync {
    /// What is leased.
    type Work: Send;

    /// Leases what is due, while `open` pieces that were leased before are not done.
    ///
    /// # Errors
    /// When the store does not answer.
    fn lease(&self, open: usize) -> impl Future<Output = Result<Leased<Self::Work>, Unavailable>> + Send;

    /// Does one piece and ends its lease.
    ///
    /// # Errors
    /// When the store does not answer: then the piece is done again later.
    fn work(&self, work: Self::Work) -> impl Future<Output = Result<(), Unavailable>> + Send;

    /// Of so many pieces that were leased together, how many are done before more are leased. To look for more costs as much
    /// for one as for many.
    fn done_before_more(&self, leased: usize) -> usize;

    /// Waits until there may be more to lease although nothing was done in between, while `open` pieces are not done.
    fn news(&self, open: usize) -> impl Future<Output = ()> + Send;
}

/// Works until `stop` turns true. What was leased by then is done to its end.
pub async fn run<Q: Queue>(queue: &Q, mut stop: watch::Receiver<bool>) {
    let mut open = Open { queue, waiting: VecDeque::new(), under_way: FuturesUnordered::new(), at_once: 1 };
    while !*stop.borrow() {
        let leased = open.lease().await;
        let mut until_more = queue.done_before_more(leased).max(1);
        let news = queue.news(open.len());
        tokio::pin!(news);
        while until_more > 0 {
            tokio::select! {
                // Whichever comes first: some are done and make room, there may be more, or the end.
                true = open.next() => until_more -= 1,
                () = &mut news => break,
                _ = stop.changed() => break,
            }
        }
    }
    while open.next().await {}
}

/// What was leased and is not done.
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

    /// Leases more; how many pieces there were. What is under way goes on meanwhile: left alone it would keep the store's
    /// readers that it was given, and the lease, and every login, would wait for them for ever.
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

    /// Waits until one more piece is done; `false` if none is open. Nothing is lost when the wait is given up.
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
