//! What `ports::RequestStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        ids::TenantId,
        privacy::{
            request::{PersonRequest, RequestKind, RequestState},
            request_steps::{RequestEvent, after},
        },
        tenant::webhook::{EventKind, TenantEvent, Topic},
        time::Timestamp,
        turns::Room,
    },
    ports::{RequestDue, RequestIndex, Store},
};

use crate::store::contract::harness::contract;
use crate::store::request_samples::{bare_request, request};
use crate::store::samples::{acme, at, user};

contract! {
    a_request_is_replaced_only_by_who_has_read_it
    one_of_a_kind_is_open
    requests_are_listed_by_tenant_and_by_user
    what_is_due_is_found_the_longest_first
    what_is_told_is_stored_with_it_or_not_at_all
    what_is_removed_is_gone_everywhere
}

async fn put(store: &Arc<dyn Store>, version: u64, request: &PersonRequest) -> bool {
    store.put_request(version, request, None).await.unwrap()
}

fn in_state(request: &PersonRequest, state: RequestState) -> PersonRequest {
    PersonRequest { state, ..request.clone() }
}

async fn a_request_is_replaced_only_by_who_has_read_it(store: &Arc<dyn Store>) {
    let first = bare_request(&user(1), 1);
    assert_eq!(store.request(first.id).await.unwrap(), None);
    assert!(!put(store, 1, &first).await, "there is none to replace");
    assert!(put(store, 0, &first).await);
    assert!(!put(store, 0, &first).await, "there is one by now");
    let leased = after(first.clone(), at(50), RequestEvent::Leased(at(99))).unwrap();
    assert!(put(store, 1, &leased).await);
    assert!(!put(store, 1, &leased).await, "somebody else has leased it");
    assert_eq!(store.request(first.id).await.unwrap(), Some((2, leased)));
    let whole = request(&user(2), 7);
    assert!(put(store, 0, &whole).await);
    assert_eq!(store.request(whole.id).await.unwrap(), Some((1, whole)));
}

async fn one_of_a_kind_is_open(store: &Arc<dyn Store>) {
    let (first, second) = (bare_request(&user(1), 1), bare_request(&user(1), 2));
    assert!(put(store, 0, &first).await);
    assert!(!put(store, 0, &second).await, "one is open");
    assert_eq!(store.request(second.id).await.unwrap(), None);
    let erasure = PersonRequest { kind: RequestKind::Erase, ..bare_request(&user(1), 3) };
    assert!(put(store, 0, &erasure).await, "of another kind");
    assert!(put(store, 0, &bare_request(&user(2), 4)).await, "of another user");
    let declined = in_state(&first, RequestState::Declined);
    assert!(put(store, 1, &declined).await);
    assert!(put(store, 0, &second).await, "the first is over");
    assert!(!put(store, 2, &first).await, "and is not open again beside it");
    assert!(put(store, 2, &declined).await);
    assert!(!put(store, 0, &bare_request(&user(1), 5)).await, "the second is open still");
}

async fn requests_are_listed_by_tenant_and_by_user(store: &Arc<dyn Store>) {
    let others = TenantId::parse("other").unwrap();
    let over = |user_number, number| in_state(&bare_request(&user(user_number), number), RequestState::Answered);
    let theirs = PersonRequest { tenant: others.clone(), ..over(4, 9) };
    let (ours, mine) = ([over(1, 1), over(2, 2), over(1, 3), over(3, 4)], [over(1, 3), over(1, 1)]);
    for it in ours.iter().chain([&theirs]) {
        assert!(put(store, 0, it).await);
    }
    let list = async |index: RequestIndex<'_>, before, limit| {
        let found = store.requests(index, before, limit).await.unwrap();
        found.into_iter().map(|(version, it)| (version == 1).then_some(it).unwrap()).collect::<Vec<_>>()
    };
    let newest_first: Vec<PersonRequest> = ours.iter().rev().cloned().collect();
    assert_eq!(list(RequestIndex::Tenant(&acme()), None, 9).await, newest_first);
    assert_eq!(list(RequestIndex::Tenant(&acme()), None, 2).await, newest_first[..2]);
    assert_eq!(list(RequestIndex::Tenant(&acme()), Some(newest_first[1].id), 9).await, newest_first[2..]);
    assert_eq!(list(RequestIndex::Tenant(&others), None, 9).await, [theirs]);
    assert_eq!(list(RequestIndex::User(&user(1)), None, 9).await, mine);
    assert_eq!(list(RequestIndex::User(&user(1)), Some(mine[0].id), 9).await, mine[1..]);
    assert_eq!(list(RequestIndex::User(&user(9)), None, 9).await, []);
}

async fn what_is_due_is_found_the_longest_first(store: &Arc<dyn Store>) {
    let due_at = |number: u8, ms| {
        let mut request = bare_request(&user(number), number);
        request.step.due_at = at(ms);
        request.answer_by = at(10 * ms);
        request
    };
    let [late, early, far] = [due_at(1, 200), due_at(2, 100), due_at(3, 9_000)];
    let asked = in_state(&due_at(4, 150), RequestState::Asked);
    for it in [&late, &early, &far, &asked] {
        assert!(put(store, 0, it).await);
    }
    let due = async |due, by: Timestamp, limit| {
        let found = store.requests_due(due, by, limit).await.unwrap();
        found.into_iter().map(|(_, it)| it.id).collect::<Vec<_>>()
    };
    assert_eq!(due(RequestDue::Step, at(99), 9).await, []);
    assert_eq!(due(RequestDue::Step, at(200), 9).await, [early.id, asked.id, late.id]);
    assert_eq!(due(RequestDue::Step, at(200), 1).await, [early.id]);
    assert_eq!(due(RequestDue::Answer, at(2_000), 9).await, [early.id, late.id], "who was asked is owed nothing");
    let leased = after(early.clone(), at(200), RequestEvent::Leased(at(500))).unwrap();
    assert!(put(store, 1, &leased).await);
    assert_eq!(due(RequestDue::Step, at(200), 9).await, [asked.id, late.id]);
    assert!(put(store, 2, &in_state(&leased, RequestState::Answered)).await);
    assert_eq!(due(RequestDue::Answer, at(2_000), 9).await, [late.id]);
}

async fn what_is_told_is_stored_with_it_or_not_at_all(store: &Arc<dyn Store>) {
    let first = bare_request(&user(1), 1);
    let keys = watchlight::domain::keyring::Keyring::new([7; 32]).tenant(&acme());
    let event = TenantEvent::new(at(1), EventKind::RequestDue, &keys, first.id);
    let told = async || {
        let room = Room::of(9);
        let leased = store.lease_events(at(10), at(20), &room).await.unwrap();
        leased.into_iter().map(|it| it.event).collect::<Vec<_>>()
    };
    assert!(!store.put_request(5, &first, Some(event.clone())).await.unwrap());
    assert_eq!(told().await, []);
    assert!(store.put_request(0, &first, Some(event.clone())).await.unwrap());
    assert_eq!(told().await, std::slice::from_ref(&event));
    assert_eq!(event.topic, Topic::Request(first.id));
}

async fn what_is_removed_is_gone_everywhere(store: &Arc<dyn Store>) {
    let first = bare_request(&user(1), 1);
    assert!(put(store, 0, &first).await);
    assert!(!store.remove_request(2, &first).await.unwrap(), "of another version");
    assert!(store.remove_request(1, &first).await.unwrap());
    assert!(!store.remove_request(1, &first).await.unwrap(), "gone already");
    assert_eq!(store.request(first.id).await.unwrap(), None);
    for index in [RequestIndex::Tenant(&acme()), RequestIndex::User(&user(1))] {
        assert_eq!(store.requests(index, None, 9).await.unwrap(), []);
    }
    for due in [RequestDue::Step, RequestDue::Answer] {
        assert_eq!(store.requests_due(due, first.answer_by, 9).await.unwrap(), []);
    }
    assert!(put(store, 0, &bare_request(&user(1), 2)).await, "nothing is open any more");
}
