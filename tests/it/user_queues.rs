//! Jobs that wait for one user: done together, and none is held up by another that goes away or panics.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use futures_util::{FutureExt, future::join_all};
use tokio::{sync::Semaphore, task::unconstrained};
use watchlight::service::queue::user_queues::{MAX_TOGETHER, Undone, UserQueues};

const CURSED: u32 = 666;
const USER: [u8; 16] = [7; 16];

/// Queues whose work waits for a permit a batch; and the batches that were begun.
#[derive(Clone)]
struct Gated {
    queues: Arc<UserQueues<u32, u32>>,
    permits: Arc<Semaphore>,
    begun: Arc<Mutex<Vec<Vec<u32>>>>,
}

impl Gated {
    fn new() -> Self {
        Self { queues: Arc::default(), permits: Arc::new(Semaphore::new(0)), begun: Arc::default() }
    }

    /// The answer to a job is the job; [`CURSED`] panics.
    async fn job(self, job: u32) -> Result<u32, Undone> {
        let (permits, begun) = (self.permits.clone(), self.begun.clone());
        let work = move |jobs: Vec<u32>| {
            let (permits, begun) = (permits.clone(), begun.clone());
            async move {
                begun.lock().unwrap().push(jobs.clone());
                permits.acquire().await.unwrap().forget();
                assert!(!jobs.contains(&CURSED), "cursed");
                jobs
            }
        };
        self.queues.together(USER, job, work).await
    }

    fn begun(&self) -> Vec<Vec<u32>> {
        self.begun.lock().unwrap().clone()
    }
}

/// Goes on with a future as far as it goes now.
fn poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Poll<T> {
    future.poll_unpin(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn who_comes_while_others_are_at_work_is_done_together_with_the_next() {
    let gated = Gated::new();
    let mut first = pin!(gated.clone().job(0));
    assert!(poll(&mut first).is_pending());
    let others = 1..=u32::try_from(MAX_TOGETHER).unwrap() + 2;
    // All of them come before any goes on: tokio's budget would let some wait outside.
    let mut others = pin!(unconstrained(join_all(others.map(|it| gated.clone().job(it)))));
    assert!(poll(&mut others).is_pending());
    gated.permits.add_permits(3);
    assert_eq!(first.await, Ok(0));
    let answers = others.await;
    assert!(answers.iter().zip(1..).all(|(answer, job)| *answer == Ok(job)), "{answers:?}");
    let sizes: Vec<usize> = gated.begun().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, MAX_TOGETHER, 2]);
}

#[tokio::test]
async fn who_goes_away_holds_up_nobody() {
    let gated = Gated::new();
    let mut first = Box::pin(gated.clone().job(0));
    assert!(poll(&mut first).is_pending());
    let mut second = Box::pin(gated.clone().job(1));
    let mut third = Box::pin(gated.clone().job(2));
    assert!(poll(&mut second).is_pending() && poll(&mut third).is_pending());
    // The only one of its batch, at work; and the one that has opened the next.
    drop((first, second));
    gated.permits.add_permits(2);
    assert_eq!(third.await, Ok(2));
    assert_eq!(gated.begun(), [vec![0], vec![1, 2]], "what was asked for is done");
}

#[tokio::test]
async fn a_batch_that_all_have_left_is_joined_by_nobody() {
    let gated = Gated::new();
    let mut first = Box::pin(gated.clone().job(0));
    let mut second = Box::pin(gated.clone().job(1));
    assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
    drop((first, second));
    gated.permits.add_permits(1);
    assert_eq!(gated.clone().job(3).await, Ok(3));
    assert_eq!(gated.begun(), [vec![0], vec![3]]);
}

#[tokio::test]
async fn a_panic_spoils_its_own_job_only() {
    let gated = Gated::new();
    gated.permits.add_permits(100);
    let mut turn = Some(gated.queues.turn(USER).await);
    let mut jobs = pin!(join_all([12, CURSED, 14].map(|it| gated.clone().job(it))));
    assert!(poll(&mut jobs).is_pending());
    drop(turn.take());
    assert_eq!(jobs.await, [Ok(12), Err(Undone::Broken), Ok(14)]);
    assert_eq!(gated.begun(), [vec![12, CURSED, 14], vec![12], vec![CURSED], vec![14]]);
    assert_eq!(gated.clone().job(15).await, Ok(15), "and the queue goes on");
}

#[tokio::test]
async fn who_waits_too_long_is_told_and_not_done() {
    let gated = Gated::new();
    gated.permits.add_permits(1);
    let turn = gated.queues.turn(USER).await;
    assert_eq!(gated.clone().job(1).await, Err(Undone::Late));
    drop(turn);
    assert_eq!(gated.clone().job(2).await, Ok(2));
    assert_eq!(gated.begun(), [vec![2]]);
}

#[test]
fn few_of_as_many_users_as_were_expected_wait_for_another() {
    const USERS: u32 = 32_768;
    let queues = UserQueues::<u32, u32>::for_users(USERS as usize);
    let users = (0..USERS).map(|number| *blake3::hash(&number.to_be_bytes()).as_bytes().first_chunk().unwrap());
    let turns: Vec<_> = users.filter_map(|user| queues.turn(user).now_or_never()).collect();
    // Of as many that share four times as many queues, an eighth meets another.
    assert!(turns.len() > 27_000, "{} of {USERS} had their turn", turns.len());
}
