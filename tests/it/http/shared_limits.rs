//! Limits that processes on one store keep together.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use async_trait::async_trait;
use watchlight::{
    adapters::{clock::ManualClock, store::memory::store::MemoryStore},
    domain::{keyring::Keyring, time::Timestamp},
    http::door::limit::{Limits, Rate},
    ports::{Count, Counters, Unavailable},
    service::shared_usage::SharedUsage,
};

use super::server::START;

/// A store's counters, which may go away, and how often they were asked.
struct Counting {
    store: MemoryStore,
    is_away: AtomicBool,
    calls: AtomicUsize,
}

#[async_trait]
impl Counters for Counting {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Unavailable("away".to_owned()));
        }
        self.store.count(counts, now).await
    }
}

/// Two processes, and the store between them.
struct Processes {
    limits: [Limits; 2],
    usage: SharedUsage,
    store: Arc<Counting>,
    clock: Arc<ManualClock>,
    began_at: Instant,
}

/// A burst, and one more a second.
const RATE: Rate = Rate { per_second: 1, burst: 128 };

impl Processes {
    fn start() -> Self {
        let (is_away, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
        let store = Arc::new(Counting { store: MemoryStore::new(), is_away, calls });
        let clock = Arc::new(ManualClock::at(START));
        let usage = SharedUsage::new(store.clone(), clock.clone(), Keyring::new([7; 32]));
        let limits = [(); 2].map(|()| Limits::new(RATE, RATE));
        Self { limits, usage, store, clock, began_at: Instant::now() }
    }

    /// Lets one of them tell and learn; whether the store has answered.
    async fn share(&self, which: usize) -> bool {
        self.limits[which].share(&self.usage).await.is_ok()
    }

    /// How many of so many requests one of them admits.
    fn send(&self, which: usize, requests: usize) -> usize {
        (0..requests).filter(|_| self.limits[which].check_key("key").is_ok()).count()
    }

    /// How many one of them would admit now, of which the question is one.
    fn left(&self, which: usize) -> usize {
        1 + self.limits[which].check_key("key").unwrap().unwrap().left as usize
    }

    /// How many have become free since the start, at most.
    fn freed(&self) -> usize {
        usize::try_from(self.began_at.elapsed().as_secs()).unwrap() + 1
    }
}

#[tokio::test]
async fn two_processes_admit_together_what_one_may_and_what_they_have_not_told() {
    let both = Processes::start();
    let mut admitted = 0;
    for _ in 0..200 {
        for which in [0, 1] {
            admitted += both.send(which, 4);
            assert!(both.share(which).await);
        }
    }
    let most = 128 + 8 + both.freed();
    assert!((128..=most).contains(&admitted), "{admitted}, and {most} at most");
}

#[tokio::test]
async fn whoever_was_admitted_beyond_the_limit_waits_that_much_longer() {
    let both = Processes::start();
    assert_eq!((both.send(0, 10), both.send(1, 10)), (10, 10));
    assert!(both.share(0).await && both.share(1).await && both.share(0).await);
    assert_eq!((both.send(0, 108), both.send(1, 108)), (108, 108), "nobody knows of the other's");
    assert!(both.share(0).await && both.share(1).await && both.share(0).await);
    for limits in &both.limits {
        let refused = format!("{:?}", limits.check_key("key").unwrap_err());
        let wait_s: u64 =
            refused.split("retry_after_s: ").nth(1).unwrap().split([' ', ',']).next().unwrap().parse().unwrap();
        assert!((108 - both.freed() as u64..=109).contains(&wait_s), "{refused}");
    }
}

#[tokio::test]
async fn a_process_that_has_just_started_takes_over_what_the_others_have_admitted() {
    let both = Processes::start();
    both.clock.advance_ms(5_000);
    assert_eq!(both.send(0, 40), 40);
    assert!(both.share(0).await);
    assert_eq!(both.send(1, 2), 2);
    assert!(both.share(1).await);
    let left = both.left(1);
    assert!((86..=86 + both.freed()).contains(&left), "{left}");
}

#[tokio::test]
async fn what_was_told_is_counted_once_also_when_a_stretch_is_over() {
    let both = Processes::start();
    assert_eq!((both.send(0, 2), both.send(1, 2)), (2, 2));
    assert!(both.share(0).await && both.share(1).await && both.share(0).await);
    for _ in 0..5 {
        assert_eq!(both.send(0, 3), 3);
        assert!(both.share(0).await);
        both.clock.advance_ms(100_000);
        assert!(both.share(1).await && both.share(1).await);
    }
    let (here, there) = (both.left(0), both.left(1));
    let expected = 128 - 4 - 5 * 3..=128 - 4 - 5 * 3 + both.freed();
    assert!(expected.contains(&here) && expected.contains(&there), "{here} and {there}, not {expected:?}");
}

#[tokio::test]
async fn while_the_store_is_away_each_process_keeps_the_limit_by_itself() {
    let both = Processes::start();
    assert_eq!((both.send(0, 2), both.send(1, 2)), (2, 2));
    assert!(both.share(0).await && both.share(1).await && both.share(0).await);
    both.store.is_away.store(true, Ordering::SeqCst);
    assert_eq!((both.send(0, 60), both.send(1, 60)), (60, 60));
    assert!(!both.share(0).await && !both.share(1).await);
    both.store.is_away.store(false, Ordering::SeqCst);
    assert!(both.share(0).await && both.share(1).await && both.share(0).await);
    let left = both.left(0);
    assert!((64..=64 + both.freed()).contains(&left), "nothing is taken off twice: {left}");
    assert_eq!(both.send(1, 10), 10);
    assert!(both.share(1).await && both.share(0).await);
    let left = both.left(0);
    assert!((53..=53 + both.freed()).contains(&left), "and what comes then is known again: {left}");
}

#[tokio::test]
async fn who_sends_little_costs_the_store_nothing() {
    let both = Processes::start();
    for number in 0..5_000_u32 {
        let address = IpAddr::from((0x0A00_0000 + number).to_be_bytes());
        assert!(both.limits[0].check_address(address).is_ok());
    }
    assert!(both.share(0).await);
    assert_eq!(both.store.calls.load(Ordering::SeqCst), 0);
    let address = IpAddr::from([10, 0, 0, 7]);
    assert!(both.limits[0].check_address(address).is_ok() && both.share(0).await);
    assert_eq!(both.store.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_guesses_a_password_at_one_process_is_stopped_at_the_other() {
    let both = Processes::start();
    let guess = |which: usize, from: [u8; 4]| both.limits[which].check_sign_in([1; 16], from.into()).is_ok();
    assert!((0..10).all(|_| guess(0, [192, 0, 2, 1])) && !guess(0, [192, 0, 2, 1]));
    assert!(both.share(0).await);
    assert!(guess(1, [192, 0, 2, 1]), "it has not heard of it yet");
    assert!(both.share(1).await);
    assert!(!guess(1, [192, 0, 2, 1]));
    assert!(guess(1, [192, 0, 2, 2]), "from elsewhere the operator still gets in");
}
