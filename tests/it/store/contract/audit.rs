//! What `ports::AuditStore` promises.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        ids::TenantId,
        privacy::{
            audit::{AuditDetail, AuditEvent},
            chain::{AuditBase, AuditEntry, AuditHead},
        },
    },
    ports::{Appended, AuditFound, AuditPage, Store},
};

use crate::{
    privacy::audit_samples::{ana, audit_over, event, events, keys_of},
    store::{
        contract::{erasures::forget, harness::contract},
        samples::{acme, at, commit},
    },
};

contract! {
    entries_are_appended_behind_the_newest_only
    who_is_not_known_is_not_named
    who_was_forgotten_cannot_be_read_any_more
    pages_begin_with_the_newest_and_go_to_the_first
    what_is_old_is_forgotten_and_the_rest_stays
    each_tenant_has_a_chain_of_its_own
}

fn numbers(found: &[AuditFound]) -> Vec<u64> {
    found.iter().map(|it| it.number).collect()
}

/// Appends behind the newest entry, and returns the newest of these.
async fn append(store: &Arc<dyn Store>, tenant: &TenantId, events: &[AuditEvent]) -> AuditHead {
    let head = store.audit_ends(tenant).await.unwrap().head;
    let Appended::Stored(newest) = store.append_audit(&keys_of(tenant), head, events).await.unwrap() else {
        panic!("behind")
    };
    newest
}

async fn entries_are_appended_behind_the_newest_only(store: &Arc<dyn Store>) {
    let nothing = AuditHead::default();
    assert_eq!(store.audit_ends(&acme()).await.unwrap().head, nothing);
    let first = events(3);
    let newest = append(store, &acme(), &first).await;
    assert_eq!(newest.number, 3);
    assert_eq!(store.append_audit(&keys_of(&acme()), nothing, &first).await.unwrap(), Appended::Behind(newest));
    let another = AuditHead { number: 3, hash: [0; 32] };
    assert_eq!(
        store.append_audit(&keys_of(&acme()), another, &events(1)).await.unwrap(),
        Appended::Behind(newest),
        "of the same number, and another one"
    );
    let more = append(store, &acme(), &events(2)).await;
    let ends = store.audit_ends(&acme()).await.unwrap();
    assert_eq!((ends.head, ends.base, more.number), (more, None, 5));
    let found = store.audit_after(&acme(), 0, 100).await.unwrap();
    let read: Vec<AuditEntry> = found.into_iter().filter_map(|it| it.entry).collect();
    assert_eq!(read.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((read[2].head(), read[4].head()), (newest, more));
    let without = |it: &AuditEvent| AuditEvent { detail: None, ..it.clone() };
    let expected = [first, events(2)].concat();
    assert_eq!(
        read.iter().map(|it| without(&it.event)).collect::<Vec<_>>(),
        expected.iter().map(without).collect::<Vec<_>>()
    );
}

async fn who_is_not_known_is_not_named(store: &Arc<dyn Store>) {
    let of_ana = event(&acme(), Some(&ana()), 0);
    append(store, &acme(), &[of_ana.clone(), event(&acme(), None, 1)]).await;
    let found = details(store).await;
    let purpose = Some("Ticket 4711, Frau Müller".to_owned());
    assert_eq!(found[0], Some(AuditDetail { purpose, ..AuditDetail::default() }), "nothing is kept of her");
    assert_eq!(found[1], event(&acme(), None, 1).detail, "about nobody");
}

async fn who_was_forgotten_cannot_be_read_any_more(store: &Arc<dyn Store>) {
    let of_ana = event(&acme(), Some(&ana()), 0);
    let user = of_ana.user.unwrap();
    store.commit(commit(&user, 0, at(0), 1)).await.unwrap();
    append(store, &acme(), std::slice::from_ref(&of_ana)).await;
    assert_eq!(details(store).await, std::slice::from_ref(&of_ana.detail));
    forget(store, user, 1).await;
    assert_eq!(details(store).await, [None]);
    store.commit(commit(&user, 0, at(2), 2)).await.unwrap();
    append(store, &acme(), std::slice::from_ref(&of_ana)).await;
    assert_eq!(details(store).await, [None, of_ana.detail], "and the new one can");
    assert_eq!(
        audit_over(store, &Arc::new(ManualClock::at(at(3)))).verify(&acme(), &[]).await.unwrap(),
        Ok(2),
        "no entry was changed"
    );
}

async fn details(store: &Arc<dyn Store>) -> Vec<Option<AuditDetail>> {
    let found = store.audit_after(&acme(), 0, 100).await.unwrap();
    found.into_iter().map(|it| it.entry.unwrap().event.detail).collect()
}

async fn pages_begin_with_the_newest_and_go_to_the_first(store: &Arc<dyn Store>) {
    append(store, &acme(), &events(10)).await;
    let (tenant, ana) = (acme(), keys_of(&acme()).user(&ana()));
    let page = async |user, before, limit| {
        numbers(&store.audit_page(AuditPage { tenant: &tenant, user, before, limit }).await.unwrap())
    };
    assert_eq!(page(None, None, 4).await, [10, 9, 8, 7]);
    assert_eq!(page(None, Some(7), 100).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(page(None, Some(1), 4).await, [0; 0]);
    assert_eq!(page(None, Some(0), 4).await, [0; 0]);
    assert_eq!(page(Some(&ana), None, 3).await, [9, 7, 5]);
    assert_eq!(page(Some(&ana), Some(5), 3).await, [3, 1]);
    let nobody = crate::store::samples::user(9);
    assert_eq!(page(Some(&nobody), None, 3).await, [0; 0]);
    assert_eq!(numbers(&store.audit_after(&acme(), 8, 100).await.unwrap()), [9, 10]);
    assert_eq!(numbers(&store.audit_after(&acme(), 0, 2).await.unwrap()), [1, 2]);
    assert_eq!(numbers(&store.audit_after(&acme(), 10, 2).await.unwrap()), [0; 0]);
}

async fn what_is_old_is_forgotten_and_the_rest_stays(store: &Arc<dyn Store>) {
    append(store, &acme(), &events(6)).await;
    let found = store.audit_after(&acme(), 0, 100).await.unwrap();
    let all: Vec<AuditEntry> = found.into_iter().filter_map(|it| it.entry).collect();
    let base = |number: usize| AuditBase::new(&keys_of(&acme()), all[number - 1].head());
    store.forget_audit(&acme(), &base(4)).await.unwrap();
    assert_eq!(numbers(&store.audit_after(&acme(), 0, 100).await.unwrap()), [5, 6]);
    store.forget_audit(&acme(), &base(2)).await.unwrap();
    let ends = store.audit_ends(&acme()).await.unwrap();
    assert_eq!((ends.head, ends.base), (all[5].head(), Some(base(4))), "it never begins earlier");
    let (tenant, ana) = (acme(), keys_of(&acme()).user(&ana()));
    let page = AuditPage { tenant: &tenant, user: Some(&ana), before: None, limit: 9 };
    assert_eq!(numbers(&store.audit_page(page).await.unwrap()), [5], "nor do the entries of a user");
    store.forget_audit(&acme(), &base(6)).await.unwrap();
    assert_eq!(store.audit_after(&acme(), 0, 100).await.unwrap(), []);
    assert_eq!(append(store, &acme(), &events(1)).await.number, 7, "it goes on");
    assert_eq!(numbers(&store.audit_after(&acme(), 0, 100).await.unwrap()), [7]);
}

async fn each_tenant_has_a_chain_of_its_own(store: &Arc<dyn Store>) {
    assert_eq!(store.audited_tenants().await.unwrap(), []);
    let other = TenantId::parse("other").unwrap();
    let theirs = append(store, &other, &[event(&other, None, 0)]).await;
    let ours = append(store, &acme(), &events(2)).await;
    assert_eq!(store.audited_tenants().await.unwrap(), [acme(), other.clone()]);
    assert_eq!(store.audit_ends(&other).await.unwrap().head, theirs);
    let found = store.audit_after(&other, 0, 9).await.unwrap();
    assert_eq!(found.iter().map(|it| it.entry.as_ref().unwrap().head()).collect::<Vec<_>>(), [theirs]);
    store.forget_audit(&acme(), &AuditBase::new(&keys_of(&acme()), ours)).await.unwrap();
    assert_eq!(store.audit_after(&other, 0, 9).await.unwrap().len(), 1);
}
