//! What `ports::AuditStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        ids::TenantId,
        privacy::chain::{AuditBase, AuditEntry, AuditHead},
    },
    ports::{Appended, AuditFound, AuditPage, Store},
};

use crate::{
    privacy::audit_samples::{ana, entries, event, keys_of},
    store::{contract::harness::contract, samples::acme},
};

contract! {
    entries_are_appended_behind_the_newest_only
    pages_begin_with_the_newest_and_go_to_the_first
    what_is_old_is_forgotten_and_the_rest_stays
    each_tenant_has_a_chain_of_its_own
}

fn numbers(found: &[AuditFound]) -> Vec<u64> {
    found.iter().map(|it| it.number).collect()
}

async fn entries_are_appended_behind_the_newest_only(store: &Arc<dyn Store>) {
    let nothing = AuditHead::default();
    assert_eq!(store.audit_ends(&acme()).await.unwrap().head, nothing);
    let first = entries(nothing, 3);
    let newest = first[2].head();
    assert_eq!(store.append_audit(&acme(), nothing, &first).await.unwrap(), Appended::Stored);
    assert_eq!(store.append_audit(&acme(), nothing, &first).await.unwrap(), Appended::Behind(newest));
    let another = AuditHead { number: 3, hash: [0; 32] };
    assert_eq!(
        store.append_audit(&acme(), another, &entries(another, 1)).await.unwrap(),
        Appended::Behind(newest),
        "of the same number, and another one"
    );
    let more = entries(newest, 2);
    assert_eq!(store.append_audit(&acme(), newest, &more).await.unwrap(), Appended::Stored);
    let found = store.audit_after(&acme(), 0, 100).await.unwrap();
    let read: Vec<AuditEntry> = found.into_iter().filter_map(|it| it.entry).collect();
    assert_eq!(read, [first, more.clone()].concat());
    let ends = store.audit_ends(&acme()).await.unwrap();
    assert_eq!((ends.head, ends.base), (more[1].head(), None));
}

async fn pages_begin_with_the_newest_and_go_to_the_first(store: &Arc<dyn Store>) {
    store.append_audit(&acme(), AuditHead::default(), &entries(AuditHead::default(), 10)).await.unwrap();
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
    let all = entries(AuditHead::default(), 6);
    store.append_audit(&acme(), AuditHead::default(), &all).await.unwrap();
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
    let more = entries(all[5].head(), 1);
    assert_eq!(store.append_audit(&acme(), all[5].head(), &more).await.unwrap(), Appended::Stored, "it goes on");
    assert_eq!(numbers(&store.audit_after(&acme(), 0, 100).await.unwrap()), [7]);
}

async fn each_tenant_has_a_chain_of_its_own(store: &Arc<dyn Store>) {
    assert_eq!(store.audited_tenants().await.unwrap(), []);
    let other = TenantId::parse("other").unwrap();
    let theirs = AuditEntry::after(AuditHead::default(), event(&other, Some(&ana()), 0), &keys_of(&other));
    let ours = entries(AuditHead::default(), 2);
    store.append_audit(&other, AuditHead::default(), std::slice::from_ref(&theirs)).await.unwrap();
    store.append_audit(&acme(), AuditHead::default(), &ours).await.unwrap();
    assert_eq!(store.audited_tenants().await.unwrap(), [acme(), other.clone()]);
    assert_eq!(store.audit_ends(&other).await.unwrap().head, theirs.head());
    let found = store.audit_after(&other, 0, 9).await.unwrap();
    assert_eq!(found, [AuditFound { number: 1, entry: Some(theirs) }]);
    store.forget_audit(&acme(), &AuditBase::new(&keys_of(&acme()), ours[1].head())).await.unwrap();
    assert_eq!(store.audit_after(&other, 0, 9).await.unwrap().len(), 1);
}
