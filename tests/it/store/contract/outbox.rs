//! What `ports::Outbox` promises of leases.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::{
            alert::{Delivery, State, Suppressed},
            delivery::Settlement,
        },
        ids::AlertId,
        time::{DAY_MS, MINUTE_MS},
    },
    ports::Store,
};

use crate::store::contract::harness::{contract, delivery, put};
use crate::{
    store::samples::{self, acme, at, commit_with_alert, user},
    support::services::deliveries,
};

contract! {
    a_lease_counts_fences_and_runs_out
    what_is_sent_or_dead_forgets_its_recipient
    the_longest_due_is_leased_first
    what_is_suppressed_is_never_leased
    one_alert_is_leased_to_one_of_many
}

async fn a_lease_counts_fences_and_runs_out(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let id = AlertId(samples::id(&user(1), at(0), 1));
    assert!(store.lease(at(-1), at(100), 9).await.unwrap().is_empty(), "not due yet");
    let first = store.lease(at(0), at(100), 9).await.unwrap().remove(0);
    assert_eq!((first.alert.id, first.recipient.as_str(), first.attempt), (id, "ana@example.com", 1));
    assert_eq!(delivery(store, id, at(99)).await.state, State::Sending);
    assert_eq!(delivery(store, id, at(100)).await.state, State::Queued, "the lease has run out");
    assert!(store.lease(at(99), at(199), 9).await.unwrap().is_empty(), "under a lease");
    assert_eq!(store.next_due().await.unwrap(), Some(at(100)));

    let second = store.lease(at(100), at(200), 9).await.unwrap().remove(0);
    assert!(second.fence > first.fence && second.attempt == 2);
    assert!(
        !deliveries(store).settle(&first, at(101), Settlement::Sent, None).await.unwrap(),
        "a later lease was given"
    );
    assert_eq!(delivery(store, id, at(101)).await.state, State::Sending);

    let again = Settlement::RetryAt(at(500), "451 greylisted".to_owned());
    assert!(deliveries(store).settle(&second, at(102), again.clone(), None).await.unwrap());
    assert!(
        deliveries(store).settle(&second, at(103), again, None).await.unwrap(),
        "said again, as after a lost answer"
    );
    let waiting = delivery(store, id, at(103)).await;
    assert_eq!((waiting.state, waiting.due_at, waiting.attempts), (State::Queued, Some(at(500)), 2));
    assert_eq!(waiting.last_error.as_deref(), Some("451 greylisted"));
    assert_eq!(waiting.recipient.as_deref(), Some("ana@example.com"));
    assert!(store.lease(at(499), at(600), 9).await.unwrap().is_empty());
    assert_eq!(store.lease(at(500), at(600), 9).await.unwrap()[0].attempt, 3);
}

async fn what_is_sent_or_dead_forgets_its_recipient(store: &Arc<dyn Store>) {
    for (number, settlement, state) in
        [(1, Settlement::Sent, State::Sent), (2, Settlement::Dead("550 no such user".to_owned()), State::Failed)]
    {
        put(store, commit_with_alert(&user(number), 0, at(0), number)).await;
        let leased = store.lease(at(0), at(100), 9).await.unwrap().remove(0);
        assert!(deliveries(store).settle(&leased, at(50), settlement.clone(), None).await.unwrap());
        let after = delivery(store, leased.alert.id, at(1_000)).await;
        assert_eq!((after.state, after.recipient, after.due_at), (state, None, None));
        assert_eq!((after.settled_at, after.last_error.is_some()), (Some(at(50)), state == State::Failed));
        assert!(deliveries(store).settle(&leased, at(60), settlement, None).await.unwrap(), "said again");
        assert_eq!(delivery(store, leased.alert.id, at(1_000)).await.settled_at, Some(at(50)));
        assert!(store.lease(at(DAY_MS), at(2 * DAY_MS), 9).await.unwrap().is_empty());
        assert_eq!(store.next_due().await.unwrap(), None);
    }
}

async fn the_longest_due_is_leased_first(store: &Arc<dyn Store>) {
    for (number, due) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        put(store, commit_with_alert(&user(number), 0, at(due), number)).await;
    }
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    let order = |leased: Vec<watchlight::ports::LeasedAlert>| -> Vec<i64> {
        leased.iter().map(|it| it.alert.created_at.ms_since(at(0))).collect()
    };
    assert_eq!(order(store.lease(at(35), at(100), 2).await.unwrap()), [10, 20]);
    assert_eq!(order(store.lease(at(35), at(100), 9).await.unwrap()), [30]);
    assert_eq!(order(store.lease(at(100), at(200), 0).await.unwrap()), [0_i64; 0]);
    let newest_first = store.alerts(&acme(), None, 3, at(100)).await.unwrap();
    let times: Vec<i64> = newest_first.iter().map(|(it, _)| it.created_at.ms_since(at(0))).collect();
    assert_eq!(times, [40, 30, 20]);
    let below = store.alerts(&acme(), Some(newest_first[2].0.id), 3, at(100)).await.unwrap();
    assert_eq!(below.iter().map(|(it, _)| it.created_at).collect::<Vec<_>>(), [at(10)]);
}

async fn what_is_suppressed_is_never_leased(store: &Arc<dyn Store>) {
    let mut muted = commit_with_alert(&user(1), 0, at(0), 1);
    let alert = muted.logins[0].alert.as_mut().unwrap();
    alert.1 = Delivery::suppressed(at(0), Suppressed::RateLimited);
    let id = alert.0.id;
    put(store, muted).await;
    assert!(store.lease(at(DAY_MS), at(2 * DAY_MS), 9).await.unwrap().is_empty());
    let suppressed = Delivery::suppressed(at(0), Suppressed::RateLimited);
    let [leased, sent] = [State::Sending, State::Sent].map(|state| Delivery { state, ..suppressed.clone() });
    assert!(!store.replace(id, &leased, &sent, None).await.unwrap(), "there never was a lease");
    let after = delivery(store, id, at(1)).await;
    assert_eq!(after, Delivery::suppressed(at(0), Suppressed::RateLimited));
}

async fn one_alert_is_leased_to_one_of_many(store: &Arc<dyn Store>) {
    for it in 0..20 {
        put(store, commit_with_alert(&user(it), 0, at(0), it)).await;
    }
    let workers = (0..8).map(|_| {
        let store = Arc::clone(store);
        async move { store.lease(at(0), at(MINUTE_MS), 20).await.unwrap() }
    });
    let leased = futures_util::future::join_all(workers).await.concat();
    let mut names: Vec<AlertId> = leased.iter().map(|it| it.alert.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((leased.len(), names.len()), (20, 20));
}
