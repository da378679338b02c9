//! What `ports::EventQueue` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::delivery::Settlement,
        ids::{EventId, WebhookId},
        tenant::webhook::TenantEvent,
        time::{DAY_MS, MINUTE_MS, Timestamp},
        turns::Room,
    },
    ports::{Commit, EventSettlement, LeasedEvent, Store},
};

use crate::store::contract::harness::contract;
use crate::{
    store::samples::{at, commit, commit_with_alert, event, user},
    support::services::deliveries,
};

contract! {
    an_event_is_stored_with_its_commit_or_not_at_all
    an_event_is_stored_with_the_end_of_a_mail
    an_event_becomes_a_message_for_each_webhook
    a_message_waits_counts_and_ends
    one_event_is_leased_to_one_of_many
}

/// Stores an event of a user, with a login, as the user's first.
async fn put(store: &Arc<dyn Store>, number: u8, time: Timestamp) -> TenantEvent {
    let event = event(&user(number), time, number);
    store.commit(Commit { events: vec![event.clone()], ..commit(&user(number), 0, time, number) }).await.unwrap();
    event
}

async fn lease(store: &Arc<dyn Store>, now: i64, until: i64) -> Vec<LeasedEvent> {
    store.lease_events(at(now), at(until), &Room::of(9)).await.unwrap()
}

async fn settle(store: &Arc<dyn Store>, leased: &LeasedEvent, now: i64, it: EventSettlement) -> bool {
    store.settle_event(leased, at(now), it).await.unwrap()
}

async fn an_event_is_stored_with_its_commit_or_not_at_all(store: &Arc<dyn Store>) {
    assert_eq!(store.next_event_due().await.unwrap(), None);
    let elsewhere = event(&user(2), at(0), 2);
    let mut whole = commit_with_alert(&user(1), 0, at(0), 1);
    whole.events = vec![event(&user(1), at(5), 1), elsewhere, event(&user(1), at(7), 2)];
    let expected = [whole.events[0].clone(), whole.events[2].clone()];
    store.commit(whole).await.unwrap();
    let refused = Commit { events: vec![event(&user(1), at(1), 9)], ..commit(&user(1), 0, at(1), 9) };
    assert!(store.commit(refused).await.is_err());
    assert_eq!(store.next_event_due().await.unwrap(), Some(at(5)));
    assert!(lease(store, 4, 100).await.is_empty(), "not due yet");
    let leased = lease(store, 9, 100).await;
    let events: Vec<TenantEvent> = leased.iter().map(|it| it.event.clone()).collect();
    assert_eq!(events, expected, "the longest due first; none of another partition, none of a refused commit");
    assert!(leased.iter().all(|it| it.message.is_none() && it.attempts == 0));
    let again = Commit { events: vec![expected[0].clone()], logins: Vec::new(), ..commit(&user(1), 1, at(9), 3) };
    store.commit(again).await.unwrap();
    assert!(lease(store, 9, 100).await.is_empty(), "named again, it stays one event under its lease");
}

async fn an_event_is_stored_with_the_end_of_a_mail(store: &Arc<dyn Store>) {
    store.commit(commit_with_alert(&user(1), 0, at(0), 1)).await.unwrap();
    let told = event(&user(1), at(50), 1);
    let dead = || Settlement::Dead("550 no such user".to_owned());
    let first = store.lease(at(0), at(10), 9).await.unwrap().remove(0);
    let second = store.lease(at(10), at(90), 9).await.unwrap().remove(0);
    assert!(!deliveries(store).settle(&first, at(50), dead(), Some(told.clone())).await.unwrap());
    assert_eq!(store.next_event_due().await.unwrap(), None, "the lease was another's");
    assert!(deliveries(store).settle(&second, at(50), dead(), Some(told.clone())).await.unwrap());
    let leased = lease(store, 50, 60).await;
    assert_eq!((leased.len(), &leased[0].event), (1, &told));
    assert!(settle(store, &leased[0], 51, EventSettlement::Over).await);
    assert!(deliveries(store).settle(&second, at(52), dead(), Some(told)).await.unwrap(), "said again");
    assert_eq!(store.next_event_due().await.unwrap(), None, "and told once");
}

async fn an_event_becomes_a_message_for_each_webhook(store: &Arc<dyn Store>) {
    let told = put(store, 1, at(0)).await;
    let taken_up = || EventSettlement::TakenUp(vec![WebhookId([3; 16]), WebhookId([7; 16])], b"body\0".to_vec());
    let first = lease(store, 0, 10).await.remove(0);
    let second = lease(store, 10, 20).await.remove(0);
    assert!(second.fence > first.fence);
    assert!(!settle(store, &first, 11, taken_up()).await, "a later lease was given");
    assert!(settle(store, &second, 12, taken_up()).await);
    assert!(!settle(store, &second, 12, taken_up()).await, "it is over");
    assert_eq!(store.next_event_due().await.unwrap(), Some(at(12)));
    let messages = lease(store, 12, 100).await;
    let names: Vec<_> = messages.iter().map(|it| (it.event.clone(), it.message.clone(), it.attempts)).collect();
    let message = |number: u8| (told.clone(), Some((WebhookId([number; 16]), b"body\0".to_vec())), 0);
    assert_eq!(names, [message(3), message(7)]);
    assert!(settle(store, &messages[0], 13, EventSettlement::Over).await, "one ends");
    assert_eq!(store.next_event_due().await.unwrap(), Some(at(100)), "and the other goes on");
    let wanted_by_nobody = put(store, 2, at(0)).await;
    let leased = lease(store, 0, 10).await.remove(0);
    assert_eq!(leased.event, wanted_by_nobody);
    assert!(settle(store, &leased, 1, EventSettlement::TakenUp(Vec::new(), Vec::new())).await);
    assert_eq!(lease(store, 99, 100).await, [], "for nobody is over");
}

async fn a_message_waits_counts_and_ends(store: &Arc<dyn Store>) {
    put(store, 1, at(0)).await;
    let event = lease(store, 0, 10).await.remove(0);
    let id = WebhookId([3; 16]);
    assert!(settle(store, &event, 1, EventSettlement::TakenUp(vec![id], b"x".to_vec())).await);
    let first = lease(store, 1, 10).await.remove(0);
    assert!(settle(store, &first, 2, EventSettlement::RetryAt(at(500), 1)).await);
    assert!(settle(store, &first, 3, EventSettlement::RetryAt(at(500), 1)).await, "said again after a lost answer");
    assert!(lease(store, 499, 600).await.is_empty());
    let second = lease(store, 500, 600).await.remove(0);
    assert_eq!((second.attempts, second.message.clone()), (1, Some((id, b"x".to_vec()))));
    let third = lease(store, 600, 700).await.remove(0);
    assert_eq!(third.attempts, 1, "a lease that runs out counts for nothing");
    assert!(!settle(store, &second, 601, EventSettlement::Over).await, "it came back too late");
    assert!(settle(store, &third, 602, EventSettlement::Over).await);
    assert_eq!(store.next_event_due().await.unwrap(), None);
    assert!(lease(store, DAY_MS, 2 * DAY_MS).await.is_empty());
}

async fn one_event_is_leased_to_one_of_many(store: &Arc<dyn Store>) {
    for it in 0..20 {
        put(store, it, at(0)).await;
    }
    let workers = (0..8).map(|_| {
        let store = Arc::clone(store);
        async move { store.lease_events(at(0), at(MINUTE_MS), &Room::of(20)).await.unwrap() }
    });
    let leased = futures_util::future::join_all(workers).await.concat();
    let mut names: Vec<EventId> = leased.iter().map(|it| it.event.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((leased.len(), names.len()), (20, 20));
}
