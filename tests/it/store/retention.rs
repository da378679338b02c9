//! Forgetting by a clock that may be wrong, asked of every store there is: what a user's history is made of goes only when
//! it is old.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        time::{DAY_MS, HOUR_MS, MINUTE_MS},
    },
    ports::Store,
    service::{alarm::trim_wait::TrimWait, retention::Retention},
};

use crate::{
    privacy::audit_samples::sweeps,
    store::{
        contract::harness::{contract, kept},
        samples::{acme, at, commit, commit_with_alert, once, user},
    },
};

contract! {
    a_start_with_the_clock_ahead_takes_nothing
    what_was_recorded_while_the_clock_was_ahead_bears_nothing_out
    a_clock_that_jumps_while_running_takes_nothing
    what_waits_goes_after_a_day_of_the_same_clock
    what_waits_goes_by_the_operators_word
    an_idle_store_is_trimmed_in_the_end
}

/// A service that forgets, and its clock. Every start has one of its own.
struct Started {
    retention: Retention,
    clock: Arc<ManualClock>,
    wait: Arc<TrimWait>,
}

impl Started {
    fn at(store: &Arc<dyn Store>, ms: i64) -> Self {
        let (clock, wait) = (Arc::new(ManualClock::at(at(ms))), Arc::<TrimWait>::default());
        let retention = Retention::new(store.clone(), clock.clone(), kept(), wait.clone(), sweeps(store, &clock));
        Self { retention, clock, wait }
    }

    /// Trims; how many went, and whether it waits.
    async fn trim(&self) -> (u64, bool) {
        let logins = self.retention.trim().await.unwrap();
        assert_eq!(self.wait.waits(), self.wait.amiss().is_some());
        (logins, self.wait.waits())
    }

    /// Trims every hour from now on; what came of the last time.
    async fn trim_for_hours(&self, hours: usize) -> (u64, bool) {
        let mut last = (0, false);
        for _ in 0..hours {
            self.clock.advance_ms(HOUR_MS);
            last = self.trim().await;
        }
        last
    }
}

/// A hundred logins of the last hundred minutes, one of them with an alert and an idempotency key.
async fn fill(store: &Arc<dyn Store>) {
    for number in 1..100 {
        let time = at(-i64::from(number) * MINUTE_MS);
        store.commit(commit(&user(number), 0, time, number)).await.unwrap();
    }
    let mut last = commit_with_alert(&user(100), 0, at(0), 100);
    last.logins[0].idempotency = Some(once(7, at(0)));
    store.commit(last).await.unwrap();
}

async fn logins(store: &Arc<dyn Store>) -> usize {
    let all = LoginId([0; 16])..LoginId([0xFF; 16]);
    let listed = store.logins(&acme(), &LoginIndex::Time, all.clone(), 500).await.unwrap();
    let of_one = store.logins(&acme(), &LoginIndex::User(user(1)), all, 500).await.unwrap();
    assert!(listed.len() < 100 || !of_one.is_empty(), "found by time and not by user");
    listed.len()
}

/// Whether a repeated request is still known for one, shortly after it was made.
async fn knows_the_key(store: &Arc<dyn Store>) -> bool {
    store.load(&user(100), Some([7; 16]), at(HOUR_MS)).await.unwrap().earlier.is_some()
}

async fn a_start_with_the_clock_ahead_takes_nothing(store: &Arc<dyn Store>) {
    fill(store).await;
    for days in [200, 7, 190, 3_650, 181] {
        let ahead = Started::at(store, days * DAY_MS);
        let (trimmed, waits) = ahead.trim().await;
        assert_eq!((trimmed, logins(store).await), (0, 100), "{days} days ahead");
        assert_eq!(waits, days > 180, "{days} days ahead: it waits if anything is old");
        assert!(knows_the_key(store).await, "{days} days ahead");
    }
    let alerts = store.alerts(&acme(), None, 9, at(0)).await.unwrap();
    assert_eq!(alerts.len(), 1);
    let right_again = Started::at(store, HOUR_MS);
    assert_eq!((right_again.trim().await, logins(store).await), ((0, false), 100));
    assert_eq!(store.trim_memory().await.unwrap().unwrap().waits_since, None);
}

async fn what_was_recorded_while_the_clock_was_ahead_bears_nothing_out(store: &Arc<dyn Store>) {
    fill(store).await;
    let (ahead, ms) = (Started::at(store, 200 * DAY_MS), 200 * DAY_MS);
    assert_eq!(ahead.trim().await, (0, true));
    for (version, minute) in (1..4).zip(0_u8..) {
        let time = at(ms + i64::from(minute) * MINUTE_MS);
        store.commit(commit(&user(1), version, time, 200 + minute)).await.unwrap();
    }
    assert_eq!((ahead.trim_for_hours(3).await, logins(store).await), ((0, true), 103));
    for again_ms in [ms + HOUR_MS, ms, ms + 30 * DAY_MS, HOUR_MS] {
        let (trimmed, _) = Started::at(store, again_ms).trim().await;
        assert_eq!((trimmed, logins(store).await), (0, 103), "after a restart at {again_ms}");
    }
}

async fn a_clock_that_jumps_while_running_takes_nothing(store: &Arc<dyn Store>) {
    fill(store).await;
    let running = Started::at(store, 0);
    assert_eq!((running.trim_for_hours(48).await, logins(store).await), ((0, false), 100));
    for jump_ms in [200 * DAY_MS, -200 * DAY_MS, 10 * DAY_MS, -3_650 * DAY_MS, 4_000 * DAY_MS] {
        running.clock.advance_ms(jump_ms);
        running.trim().await;
        assert_eq!((running.trim_for_hours(3).await.0, logins(store).await), (0, 100), "{jump_ms}");
    }
}

async fn what_waits_goes_after_a_day_of_the_same_clock(store: &Arc<dyn Store>) {
    fill(store).await;
    let ahead = Started::at(store, 200 * DAY_MS);
    assert_eq!(ahead.trim().await, (0, true));
    assert_eq!((ahead.trim_for_hours(12).await, logins(store).await), ((0, true), 100));
    // A restart between two looks changes nothing; an hour that was lost begins the day anew.
    let next = Started::at(store, 200 * DAY_MS + 13 * HOUR_MS);
    assert_eq!((next.trim_for_hours(10).await, logins(store).await), ((0, true), 100));
    assert_eq!((next.trim_for_hours(1).await, logins(store).await), ((100, false), 0));
}

async fn what_waits_goes_by_the_operators_word(store: &Arc<dyn Store>) {
    fill(store).await;
    let running = Started::at(store, 200 * DAY_MS);
    assert_eq!(running.trim().await, (0, true));
    let operator = Started::at(store, 200 * DAY_MS + MINUTE_MS).retention;
    let stock = operator.stock().await.unwrap().logins;
    assert_eq!((stock.older, stock.newest, logins(store).await), (100, Some(at(0)), 100), "looking changes nothing");
    assert_eq!((operator.trim_by_the_clock().await.unwrap(), logins(store).await), (100, 0));
    running.clock.advance_ms(2 * MINUTE_MS);
    assert_eq!(running.trim().await, (0, false), "the service goes on");
}

async fn an_idle_store_is_trimmed_in_the_end(store: &Arc<dyn Store>) {
    fill(store).await;
    let idle = Started::at(store, 178 * DAY_MS);
    assert_eq!(idle.trim_for_hours(46).await, (0, false));
    // From here on what is old goes hour by hour: so many minutes of logins.
    assert_eq!((idle.trim_for_hours(1).await, logins(store).await), ((39, false), 61));
    assert_eq!((idle.trim_for_hours(1).await, logins(store).await), ((60, false), 1));
    assert_eq!((idle.trim_for_hours(1).await, logins(store).await), ((1, false), 0));
}
