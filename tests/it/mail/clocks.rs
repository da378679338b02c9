//! A worker that is killed while it sends, and a clock that is set back: the mail does not wait until the clock has caught up.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        alert::alert::State,
        time::{DAY_MS, HOUR_MS, MINUTE_MS},
    },
    ports::{Clock, MailFault, Store},
    service::alert::dispatch::LEASE_MS,
};

use crate::{
    mail::outbox::{Outbox, memory},
    store::{contract::harness::contract, samples::at},
};

contract! {
    a_lease_of_a_clock_that_was_ahead_is_given_to_the_next
    a_plan_of_a_clock_that_was_ahead_is_made_anew
    a_lease_of_a_clock_that_is_right_is_left_alone
}

/// The next process, whose clock says this.
fn started(store: &Arc<dyn Store>, ms: i64) -> (Outbox, Arc<watchlight::adapters::mail::memory::MemoryMail>) {
    let mail = memory();
    (Outbox::over(store.clone(), Arc::new(ManualClock::at(at(ms))), mail.clone()), mail)
}

async fn a_lease_of_a_clock_that_was_ahead_is_given_to_the_next(store: &Arc<dyn Store>) {
    for (number, back_ms) in (1..).zip([HOUR_MS, 10 * MINUTE_MS, 200 * DAY_MS, 3_650 * DAY_MS]) {
        let (killed, _) = started(store, 0);
        let id = killed.queue(number).await;
        let now = killed.clock.now();
        assert_eq!(store.lease(now, now.plus_ms(LEASE_MS), 9).await.unwrap().len(), 1, "and here it is killed");
        let (next, mail) = started(store, -back_ms);
        next.rounds().await;
        assert_eq!((mail.sent().len(), next.delivery(id).await.state), (1, State::Sent), "{back_ms} ms back");
    }
}

async fn a_plan_of_a_clock_that_was_ahead_is_made_anew(store: &Arc<dyn Store>) {
    let (ahead, refusing) = started(store, 0);
    let id = ahead.queue(1).await;
    refusing.fail_next(MailFault::Transient("450".to_owned()));
    ahead.rounds().await;
    assert_eq!(ahead.delivery(id).await.state, State::Queued);
    let never_tried = ahead.queue(2).await;
    // The clock is set back while it runs.
    ahead.clock.set(at(-3 * HOUR_MS));
    ahead.rounds().await;
    for id in [id, never_tried] {
        assert_eq!(ahead.delivery(id).await.state, State::Sent);
    }
    assert_eq!(refusing.sent().len(), 2);
}

async fn a_lease_of_a_clock_that_is_right_is_left_alone(store: &Arc<dyn Store>) {
    let (working, _) = started(store, 0);
    working.queue(1).await;
    assert_eq!(store.lease(at(0), at(LEASE_MS), 9).await.unwrap().len(), 1);
    for ms in [-4 * MINUTE_MS, 0, LEASE_MS - 1] {
        let (other, mail) = started(store, ms);
        other.rounds().await;
        assert_eq!(mail.sent().len(), 0, "{ms}");
    }
    let (other, mail) = started(store, LEASE_MS);
    other.rounds().await;
    assert_eq!(mail.sent().len(), 1);
}
