//! What `ports::Upkeep` promises, and what is due later than it can be.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::{alert::Delivery, delivery::Settlement},
        history::{
            cutoffs::Cutoffs,
            login_record::LoginIndex,
            retention::{Stock, Stocks, TrimMemory},
        },
        ids::{AlertId, EventId, LoginId, WebhookId},
        privacy::processing::Mode,
        time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
        turns::Room,
        waiting::{Latest, SKEW_MS},
    },
    ports::{Commit, EventSettlement, Oldest, Store},
};

use crate::{
    store::{
        contract::harness::{contract, cutoffs, ids, put},
        samples::{self, acme, at, commit, commit_with_alert, event, once, trim_memory, user},
    },
    support::services::deliveries,
};

contract! {
    trimming_forgets_what_is_old_and_settled
    alerts_that_outlive_their_logins_are_trimmed_to_the_last
    logins_are_counted_from_a_cutoff
    alerts_are_counted_from_a_cutoff_of_their_own
    the_oldest_of_each_class_is_told
    minimal_logins_are_trimmed_by_a_time_of_their_own
    a_login_from_before_what_was_trimmed_is_found_until_it_is_trimmed
    what_is_remembered_of_a_trim_is_replaced
    an_alert_that_is_due_later_than_it_can_be_is_due_now
    a_message_that_is_due_later_than_it_can_be_is_due_now
}

async fn minimal_logins_are_trimmed_by_a_time_of_their_own(store: &Arc<dyn Store>) {
    let ana = user(1);
    for hour in 0..4_u8 {
        let mut commit = commit(&ana, u64::from(hour), at(i64::from(hour) * HOUR_MS), hour);
        commit.logins[0].record.processing = if hour % 2 == 0 { Mode::Minimal } else { Mode::Full };
        store.commit(commit).await.unwrap();
    }
    let kept = async || {
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let logins = store.logins(&acme(), &LoginIndex::User(ana), everything, 9).await.unwrap();
        logins.iter().map(|it| it.occurred_at.ms_since(at(0)) / HOUR_MS).collect::<Vec<_>>()
    };
    assert_eq!(kept().await, [3, 2, 1, 0]);
    let minimal_before = |hours| Cutoffs { minimal_logins: at(hours * HOUR_MS), ..cutoffs(at(0), at(0)) };
    assert_eq!(store.trim(&minimal_before(2)).await.unwrap().logins, 1);
    assert_eq!(kept().await, [3, 2, 1], "one from the cutoff itself is kept, and so are those of others");
    assert_eq!(store.trim(&cutoffs(at(0), at(9 * HOUR_MS))).await.unwrap().logins, 3);
    assert!(kept().await.is_empty());
}

async fn a_login_from_before_what_was_trimmed_is_found_until_it_is_trimmed(store: &Arc<dyn Store>) {
    let ana = user(1);
    let late = commit(&ana, 1, at(DAY_MS), 2);
    let indexes =
        [LoginIndex::Time, LoginIndex::User(ana), LoginIndex::Fingerprint(late.logins[0].record.fingerprint.short())];
    let found = async |index: &LoginIndex| {
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let logins = store.logins(&acme(), index, everything, 9).await.unwrap();
        logins.iter().map(|it| it.occurred_at.ms_since(at(0)) / DAY_MS).collect::<Vec<_>>()
    };
    store.commit(commit(&ana, 0, at(9 * DAY_MS), 1)).await.unwrap();
    while store.trim(&cutoffs(at(0), at(5 * DAY_MS))).await.unwrap().more {}
    store.commit(late).await.unwrap();
    for index in &indexes {
        assert!(found(index).await.contains(&1), "{index:?}");
    }
    while store.trim(&cutoffs(at(0), at(5 * DAY_MS))).await.unwrap().more {}
    for index in &indexes {
        assert!(!found(index).await.contains(&1), "{index:?}");
    }
}

async fn logins_are_counted_from_a_cutoff(store: &Arc<dyn Store>) {
    assert_eq!(store.stock(&Cutoffs::all(at(0)), 20).await.unwrap(), Stocks::default());
    for hour in 0..10_u8 {
        store.commit(commit(&user(hour), 0, at(i64::from(hour) * HOUR_MS), hour)).await.unwrap();
    }
    let newest = Some(at(9 * HOUR_MS));
    let stock =
        async |hours: i64, enough| store.stock(&Cutoffs::all(at(hours * HOUR_MS)), enough).await.unwrap().logins;
    assert_eq!(stock(0, 20).await.older, 0);
    assert_eq!(stock(1, 20).await, Stock { newest, older: 1, kept: 9 }, "those of the cutoff itself are kept");
    assert_eq!(stock(7, 20).await, Stock { newest, older: 7, kept: 3 });
    assert_eq!(stock(10, 20).await, Stock { newest, older: 10, kept: 0 });
    let bounded = stock(2, 3).await;
    assert!(bounded.older == 2 && (6..=8).contains(&bounded.kept), "{bounded:?}");
    while store.trim(&cutoffs(at(0), at(7 * HOUR_MS))).await.unwrap().more {}
    assert_eq!(stock(8, 20).await, Stock { newest, older: 1, kept: 2 });
}

async fn alerts_are_counted_from_a_cutoff_of_their_own(store: &Arc<dyn Store>) {
    for day in 0..10_u8 {
        put(store, commit_with_alert(&user(day), 0, at(i64::from(day) * DAY_MS), day)).await;
    }
    let cutoffs = Cutoffs { alerts: at(3 * DAY_MS), ..Cutoffs::all(at(DAY_MS)) };
    let Stocks { logins, alerts } = store.stock(&cutoffs, 20).await.unwrap();
    let newest = Some(at(9 * DAY_MS));
    assert_eq!(logins, Stock { newest, older: 1, kept: 9 });
    assert_eq!(alerts, Stock { newest, older: 3, kept: 7 }, "those that wait too");
}

async fn the_oldest_of_each_class_is_told(store: &Arc<dyn Store>) {
    assert_eq!(store.oldest().await.unwrap(), Oldest::default());
    for day in [3, 1, 2] {
        put(store, commit_with_alert(&user(day), 0, at(i64::from(day) * DAY_MS), day)).await;
    }
    put(store, commit(&user(4), 0, at(0), 4)).await;
    let oldest = store.oldest().await.unwrap();
    assert_eq!((oldest.login, oldest.alert), (Some(at(0)), Some(at(DAY_MS))));
    while store.trim(&cutoffs(at(0), at(HOUR_MS))).await.unwrap().more {}
    assert_eq!(store.oldest().await.unwrap().login, Some(at(DAY_MS)));
}

async fn what_is_remembered_of_a_trim_is_replaced(store: &Arc<dyn Store>) {
    assert_eq!(store.trim_memory().await.unwrap(), None);
    for memory in [trim_memory(), TrimMemory::begin(at(DAY_MS)), trim_memory()] {
        store.put_trim_memory(&memory).await.unwrap();
        assert_eq!(store.trim_memory().await.unwrap(), Some(memory));
    }
}

/// Of a store whose leases last a minute, whose retries wait for an hour and whose digests for a day.
fn latest(now_ms: i64) -> Latest {
    Latest::new(at(now_ms), MINUTE_MS, HOUR_MS, DAY_MS)
}

async fn an_alert_that_is_due_later_than_it_can_be_is_due_now(store: &Arc<dyn Store>) {
    let name = |number| AlertId(samples::id(&user(number), at(0), number));
    // 1 is under a lease, 2 waits for its next attempt, 3 was never tried, 4 leads a digest.
    let lease = async |number| {
        store.commit(commit_with_alert(&user(number), 0, at(0), number)).await.unwrap();
        store.lease(at(0), at(MINUTE_MS), 1).await.unwrap().remove(0)
    };
    let called_back = lease(1).await;
    let again = Settlement::RetryAt(at(HOUR_MS), "450".to_owned());
    assert!(deliveries(store).settle(&lease(2).await, at(1), again, None).await.unwrap());
    store.commit(commit_with_alert(&user(3), 0, at(0), 3)).await.unwrap();
    let mut digest = commit_with_alert(&user(4), 0, at(0), 4);
    digest.logins[0].alert.as_mut().unwrap().1 = Delivery::collected(at(DAY_MS), "ana@example.com".to_owned());
    store.commit(digest).await.unwrap();
    let due = async |now: i64| {
        let hastened = store.recall(at(now), &latest(now)).await.unwrap();
        let mut due = Vec::new();
        for number in 1..=4 {
            let delivery = store.alert(name(number), at(now)).await.unwrap().unwrap().1;
            due.extend(delivery.due_at.filter(|it| *it == at(now)).map(|_| number));
        }
        assert_eq!(due.len() as u64, hastened, "{due:?}");
        due
    };
    for now in [1, -SKEW_MS, -1] {
        assert_eq!(due(now).await, [0; 0], "{now}: the clock is right, as far as is known");
    }
    assert_eq!(due(-SKEW_MS - 1).await, [1, 2, 3, 4], "set back by more than clocks differ");
    assert_eq!(store.next_due().await.unwrap(), Some(at(-SKEW_MS - 1)));
    let leased = store.lease(at(-SKEW_MS), at(0), 9).await.unwrap();
    let again = leased.iter().find(|it| it.alert.id == name(1)).unwrap();
    assert_eq!((leased.len(), again.fence), (4, 2), "a lease that was called back is given again, to another");
    let settle = async |leased| deliveries(store).settle(leased, at(0), Settlement::Sent, None).await.unwrap();
    assert!(!settle(&called_back).await, "who held it comes too late");
    assert!(settle(again).await);
}

async fn a_message_that_is_due_later_than_it_can_be_is_due_now(store: &Arc<dyn Store>) {
    for number in 1..=3_u8 {
        let event = event(&user(number), at(0), number);
        store.commit(Commit { events: vec![event], ..commit(&user(number), 0, at(0), number) }).await.unwrap();
        if number < 3 {
            let leased = store.lease_events(at(0), at(MINUTE_MS), &Room::of(1)).await.unwrap().remove(0);
            let taken_up = EventSettlement::TakenUp(vec![WebhookId([number; 16])], b"x".to_vec());
            assert!(store.settle_event(&leased, at(0), taken_up).await.unwrap());
            let leased = store.lease_events(at(0), at(MINUTE_MS), &Room::of(1)).await.unwrap().remove(0);
            if number == 2 {
                assert!(store.settle_event(&leased, at(0), EventSettlement::RetryAt(at(HOUR_MS), 1)).await.unwrap());
            }
        }
    }
    let recalled = async |now: i64| store.recall_events(at(now), &latest(now)).await.unwrap();
    assert_eq!((recalled(0).await, recalled(-SKEW_MS).await), (0, 0));
    assert_eq!(recalled(-SKEW_MS - 1).await, 3);
    assert_eq!(recalled(-SKEW_MS - 1).await, 0);
    let leased = store.lease_events(at(-SKEW_MS - 1), at(0), &Room::of(9)).await.unwrap();
    let mut names: Vec<EventId> = leased.iter().map(|it| it.event.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 3);
}

async fn trimming_forgets_what_is_old_and_settled(store: &Arc<dyn Store>) {
    for (number, day) in [(1, 0), (2, 1), (3, 2)] {
        let mut commit = commit_with_alert(&user(number), 0, at(day * DAY_MS), number);
        commit.logins[0].idempotency = Some(once(number, at(day * DAY_MS)));
        put(store, commit).await;
    }
    let sent = store.lease(at(0), at(1), 1).await.unwrap().remove(0);
    assert!(deliveries(store).settle(&sent, at(1), Settlement::Sent, None).await.unwrap());
    let (now, cutoff) = (at(2 * DAY_MS), at(2 * DAY_MS));
    let mut trimmed = 0;
    loop {
        let step = store.trim(&cutoffs(now, cutoff)).await.unwrap();
        trimmed += step.logins;
        if !step.more {
            break;
        }
    }
    assert_eq!(trimmed, 2);
    let kept = LoginId(samples::id(&user(3), at(2 * DAY_MS), 3));
    assert_eq!(ids(store, LoginIndex::Time, at(0), at(9 * DAY_MS)).await, [kept]);
    assert_eq!(ids(store, LoginIndex::User(user(1)), at(0), at(9 * DAY_MS)).await, []);
    assert_eq!(store.login(&acme(), LoginId(samples::id(&user(1), at(0), 1))).await.unwrap(), None);
    let alerts = store.alerts(&acme(), None, 9, now).await.unwrap();
    let times: Vec<Timestamp> = alerts.iter().map(|(it, _)| it.created_at).collect();
    assert_eq!(times, [at(2 * DAY_MS), at(DAY_MS)], "one that waits is not forgotten, however old");
    assert_eq!(store.load(&user(1), None, now).await.unwrap().version, 1, "profiles stay");
    assert!(store.load(&user(3), Some([3; 16]), now).await.unwrap().earlier.is_some());
}

/// More alerts of one user than any store forgets in one step, after their logins have gone.
async fn alerts_that_outlive_their_logins_are_trimmed_to_the_last(store: &Arc<dyn Store>) {
    const ALERTS: i64 = 1_200;
    let ana = user(1);
    for version in 0..12 {
        let first = ALERTS / 12 * version;
        let mut some = commit_with_alert(&ana, version.cast_unsigned(), at(first), 1);
        for ms in first + 1..first + ALERTS / 12 {
            some.logins.extend(commit_with_alert(&ana, 0, at(ms), 1).logins);
        }
        put(store, some).await;
    }
    while store.trim(&cutoffs(at(HOUR_MS), at(HOUR_MS))).await.unwrap().more {}
    assert_eq!(ids(store, LoginIndex::User(ana), at(0), at(HOUR_MS)).await, [], "the logins go");
    assert_eq!(
        store.alerts_of(&ana, None, 2_000, at(0)).await.unwrap().len(),
        1_200,
        "and what waits to be mailed stays"
    );
    // A store may hand out fewer at once than it is asked for.
    loop {
        let leased = store.lease(at(HOUR_MS), at(2 * HOUR_MS), 500).await.unwrap();
        for leased in &leased {
            assert!(deliveries(store).settle(leased, at(HOUR_MS), Settlement::Sent, None).await.unwrap());
        }
        if leased.is_empty() {
            break;
        }
    }
    while store.trim(&cutoffs(at(HOUR_MS), at(HOUR_MS))).await.unwrap().more {}
    assert_eq!(store.alerts_of(&ana, None, 2_000, at(0)).await.unwrap().len(), 0);
}
