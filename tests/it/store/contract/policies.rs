//! What `ports::PolicyStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::DAY_MS,
    },
    ports::Store,
};

use crate::store::contract::harness::{contract, cutoffs};
use crate::store::{
    policy_samples,
    samples::{acme, at},
};

contract! {
    a_policy_is_replaced_only_by_who_has_read_it
    policies_are_kept_as_long_as_the_logins_that_they_judged
}

async fn a_policy_is_replaced_only_by_who_has_read_it(store: &Arc<dyn Store>) {
    let (change, other) = (policy_samples::policy_change(), TenantId::parse("other").unwrap());
    assert_eq!(store.policy(&acme()).await.unwrap(), (0, PolicyChange::default()));
    assert!(!store.put_policy(&acme(), 1, &change).await.unwrap(), "there is none to replace");
    assert!(store.put_policy(&acme(), 0, &change).await.unwrap());
    assert!(!store.put_policy(&acme(), 0, &change).await.unwrap(), "there is one by now");
    assert_eq!(store.policy(&acme()).await.unwrap(), (1, change));
    assert!(store.put_policy(&acme(), 1, &PolicyChange::default()).await.unwrap());
    assert_eq!(store.policy(&acme()).await.unwrap(), (2, PolicyChange::default()));
    assert_eq!(store.policy(&other).await.unwrap(), (0, PolicyChange::default()));
    let nothing = PolicyChange::default();
    let many = futures_util::future::join_all((0..8).map(|_| store.put_policy(&other, 0, &nothing))).await;
    assert_eq!(many.into_iter().filter(|it| *it.as_ref().unwrap()).count(), 1, "of many writers one is first");
}

async fn policies_are_kept_as_long_as_the_logins_that_they_judged(store: &Arc<dyn Store>) {
    let (whole, other) = (policy_samples::policy_change(), TenantId::parse("other").unwrap());
    let version = |it| PolicyVersion([it; 8]);
    let kept = async |it| store.kept_policy(&acme(), version(it)).await.unwrap();
    store.keep_policy(&acme(), version(1), &whole, at(0)).await.unwrap();
    store.keep_policy(&acme(), version(1), &whole, at(DAY_MS)).await.unwrap();
    assert_eq!((kept(1).await, kept(2).await), (Some(whole), None));
    assert_eq!(store.kept_policy(&other, version(1)).await.unwrap(), None);
    store.trim(&cutoffs(at(DAY_MS), at(DAY_MS))).await.unwrap();
    assert!(kept(1).await.is_some(), "it has judged since");
}
