//! What is leased in turn by tenant, and no more than there is room for.

use std::sync::Arc;

use watchlight::{
    domain::{
        alert::{alert::Suppressed, delivery::Settlement},
        ids::{TenantId, UserKey, WebhookId},
        time::Timestamp,
        turns::Room,
    },
    ports::{Commit, EventSettlement, LeasedEvent, Store},
};

use crate::{
    store::{
        contract::harness::contract,
        samples::{acme, at, commit, commit_with_alert, event, user},
    },
    support::services::deliveries,
};

contract! {
    alerts_are_leased_in_turn_by_tenant
    what_two_tenants_hold_until_the_same_time_is_leased_together
    events_are_leased_in_turn_by_tenant
    a_tenant_at_their_bound_holds_up_nobody
    a_slow_webhook_holds_up_no_other_of_its_tenant
    a_long_queue_of_one_tenant_hides_nobody
}

fn other() -> TenantId {
    TenantId::parse("other").unwrap()
}

/// Raises an alert of a tenant's user.
async fn alert(store: &Arc<dyn Store>, tenant: &TenantId, number: u8, time: Timestamp) {
    let mut commit = Commit { tenant: tenant.clone(), ..commit_with_alert(&user(number), 0, time, number) };
    commit.logins[0].record.tenant = tenant.clone();
    commit.logins[0].alert.as_mut().unwrap().0.tenant = tenant.clone();
    store.commit(commit).await.unwrap();
}

/// Stores an event of a tenant that nobody has taken up.
async fn tell(
    store: &Arc<dyn Store>,
    tenant: &TenantId,
    (user, version): (&UserKey, u64),
    number: u8,
    time: Timestamp,
) {
    let mut event = event(user, time, number);
    event.tenant = tenant.clone();
    let commit = Commit { tenant: tenant.clone(), logins: Vec::new(), ..commit(user, version, time, number) };
    store.commit(Commit { events: vec![event], ..commit }).await.unwrap();
}

/// Leases events; whose they are.
async fn lease(store: &Arc<dyn Store>, room: &Room) -> Vec<LeasedEvent> {
    store.lease_events(at(1_000), at(60_000), room).await.unwrap()
}

fn whose(leased: &[LeasedEvent]) -> Vec<&str> {
    leased.iter().map(|it| it.event.tenant.as_str()).collect()
}

fn room(in_all: usize, of_tenant: usize, under_way: &[(TenantId, Option<WebhookId>, usize)]) -> Room {
    let under_way = under_way.iter().map(|(tenant, webhook, count)| ((tenant.clone(), *webhook), *count)).collect();
    Room { in_all, of_tenant, of_webhook: 4, under_way }
}

async fn alerts_are_leased_in_turn_by_tenant(store: &Arc<dyn Store>) {
    for number in 0..40 {
        alert(store, &acme(), number, at(i64::from(number))).await;
    }
    for number in [50, 51] {
        alert(store, &other(), number, at(i64::from(number))).await;
    }
    let mut tenants = Vec::new();
    for limit in [3, 4, 40] {
        let leased = store.lease(at(100), at(60_000), limit).await.unwrap();
        tenants.push(leased.iter().map(|it| it.alert.tenant.as_str().to_owned()).collect::<Vec<_>>());
        let of_acme: Vec<Timestamp> =
            leased.iter().filter(|it| it.alert.tenant == acme()).map(|it| it.alert.created_at).collect();
        assert!(of_acme.is_sorted(), "of each the longest due first");
    }
    assert_eq!(tenants[0], ["acme", "other", "acme"]);
    assert_eq!(tenants[1], ["acme", "other", "acme", "acme"]);
    assert_eq!(tenants[2].len(), 35);
}

async fn what_two_tenants_hold_until_the_same_time_is_leased_together(store: &Arc<dyn Store>) {
    for number in 0..6 {
        let tenant = if number % 2 == 0 { acme() } else { other() };
        alert(store, &tenant, number, at(0)).await;
    }
    for it in store.lease(at(0), at(500), 9).await.unwrap() {
        let held = Settlement::Held(at(600), Suppressed::Storm);
        assert!(deliveries(store).settle(&it, at(1), held, None).await.unwrap());
    }
    assert_eq!(
        store.lease(at(600), at(60_000), 2).await.unwrap().len(),
        6,
        "three of each, though there is room for one"
    );
    assert!(store.lease(at(600), at(60_000), 9).await.unwrap().is_empty());
}

async fn events_are_leased_in_turn_by_tenant(store: &Arc<dyn Store>) {
    for number in 0..40 {
        tell(store, &acme(), (&user(number), 0), number, at(i64::from(number))).await;
    }
    for number in [50, 51] {
        tell(store, &other(), (&user(number), 0), number, at(i64::from(number))).await;
    }
    assert_eq!(whose(&lease(store, &room(3, 9, &[])).await), ["acme", "other", "acme"]);
    assert_eq!(whose(&lease(store, &room(3, 9, &[])).await), ["acme", "other", "acme"]);
    assert_eq!(lease(store, &room(99, 9, &[])).await.len(), 9, "so many of one tenant");
}

async fn a_tenant_at_their_bound_holds_up_nobody(store: &Arc<dyn Store>) {
    for number in 0..20 {
        tell(store, &acme(), (&user(number), 0), number, at(i64::from(number))).await;
    }
    tell(store, &other(), (&user(50), 0), 50, at(50)).await;
    let silent = WebhookId([1; 16]);
    let full = [(acme(), Some(silent), 3), (acme(), None, 1)];
    assert_eq!(whose(&lease(store, &room(9, 4, &full)).await), ["other"]);
    assert_eq!(lease(store, &room(9, 4, &full)).await, []);
    assert_eq!(whose(&lease(store, &room(9, 6, &full)).await), ["acme", "acme"]);
    assert_eq!(lease(store, &room(0, 6, &[])).await, []);
}

async fn a_slow_webhook_holds_up_no_other_of_its_tenant(store: &Arc<dyn Store>) {
    let (slow, quick) = (WebhookId([1; 16]), WebhookId([2; 16]));
    for number in 0..12 {
        tell(store, &acme(), (&user(number), 0), number, at(i64::from(number))).await;
    }
    for leased in lease(store, &Room::of(20)).await {
        let webhooks = if leased.event.at == at(11) { vec![slow, quick] } else { vec![slow] };
        assert!(store.settle_event(&leased, at(20), EventSettlement::TakenUp(webhooks, b"x".to_vec())).await.unwrap());
    }
    let for_whom = |leased: &[LeasedEvent]| -> Vec<WebhookId> {
        leased.iter().filter_map(|it| it.message.as_ref().map(|(webhook, _)| *webhook)).collect()
    };
    let first = for_whom(&lease(store, &room(20, 16, &[])).await);
    assert_eq!(first.iter().filter(|it| **it == slow).count(), 4, "no more for one webhook");
    assert!(first.contains(&quick), "{first:?}");
    assert_eq!(for_whom(&lease(store, &room(20, 16, &[(acme(), Some(slow), 3)])).await), [slow]);
    assert_eq!(lease(store, &room(20, 16, &[(acme(), Some(slow), 4)])).await, []);
}

async fn a_long_queue_of_one_tenant_hides_nobody(store: &Arc<dyn Store>) {
    // All in one partition, more than are looked at together.
    let (crowd, lonely) = (user(1), UserKey { hash: [9; 16], ..user(1) });
    for batch in 0..6_u8 {
        let events = (0..100_u8).map(|it| event(&crowd, at(i64::from(batch)), it)).collect();
        let commit = Commit { logins: Vec::new(), ..commit(&crowd, u64::from(batch), at(0), 0) };
        store.commit(Commit { events, ..commit }).await.unwrap();
    }
    tell(store, &other(), (&lonely, 0), 200, at(500)).await;
    assert_eq!(whose(&lease(store, &room(9, 2, &[])).await), ["acme", "other", "acme"]);
    assert_eq!(whose(&lease(store, &room(9, 2, &[(acme(), None, 2)])).await), [""; 0]);
}
