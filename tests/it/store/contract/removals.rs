//! What `ports::RemovalStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        ids::AlertId,
        privacy::{
            erasure::{Erased, ErasureBegun},
            removal::{Removal, Removed},
        },
        turns::Room,
    },
    ports::Store,
};

use crate::store::{
    contract::harness::contract,
    samples::{self, at},
    tenant_samples::{PEOPLE, all_of, begun, fill, forget, keys, met, remove, tenant, user},
};

contract! {
    a_tenant_is_removed_wholly_and_no_other
    a_removal_that_was_begun_is_listed_until_it_ends
    an_erasure_counts_once_whoever_finishes_it
    who_had_asked_before_has_a_receipt_of_their_own
    removals_are_entered_in_the_ledger
}

async fn a_tenant_is_removed_wholly_and_no_other(store: &Arc<dyn Store>) {
    let (acme, other) = (tenant("acme"), tenant("other"));
    let (nothing, room) = (all_of(store, &acme).await, Room { in_all: 99, of_tenant: 99, ..Room::default() });
    fill(store, &acme, 1).await;
    fill(store, &other, 5).await;
    assert_eq!(store.tenants().await.unwrap(), [acme.clone(), other.clone()]);
    let (before, theirs) = (all_of(store, &acme).await, all_of(store, &other).await);
    assert!(before != nothing && before.iter().zip(&nothing).filter(|(is, was)| is != was).count() > 20, "{before:?}");
    let mut everybody: Vec<[u8; 16]> = PEOPLE.iter().map(|name| user(&acme, name).hash).collect();
    everybody.sort_unstable();
    assert_eq!(met(store, &acme).await, everybody);

    let removal = remove(store, &acme, 7).await.unwrap();
    let devices = 2 * samples::profile().devices.len() as u64;
    let erased = Erased { logins: 5, alerts: 2, sessions: 3, devices };
    assert_eq!(removal.removed, Removed { people: 5, erased, api_keys: 1, webhooks: 1 });
    assert_eq!((removal.at, &removal.tenant, removal.receipt), (at(7), &acme, keys(&acme).removal_receipt_id(at(7))));
    assert_eq!(all_of(store, &acme).await, nothing);
    assert_eq!(all_of(store, &other).await, theirs);
    assert_eq!(met(store, &acme).await, [[0; 16]; 0]);
    assert_eq!(store.tenants().await.unwrap(), std::slice::from_ref(&other));
    assert_eq!(store.erasures(None, 9).await.unwrap(), [], "the people have no entries of their own");
    for user in PEOPLE.map(|name| user(&acme, name)) {
        assert!(!store.is_known(&user).await.unwrap());
    }
    let told = store.lease_events(at(9), at(99), &room).await.unwrap();
    assert!(told.len() == 2 && told.iter().all(|it| it.event.tenant == other), "{told:?}");
    let mails = store.lease(at(9), at(99), 99).await.unwrap();
    assert!(mails.len() == 2 && mails.iter().all(|it| it.alert.tenant == other), "{mails:?}");
    // API keys are the caller's.
    store.remove_api_key("acme").await.unwrap();
    assert_eq!(store.api_keys().await.unwrap().iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["other"]);
}

async fn a_removal_that_was_begun_is_listed_until_it_ends(store: &Arc<dyn Store>) {
    let acme = tenant("acme");
    fill(store, &acme, 1).await;
    assert_eq!(store.removals_begun().await.unwrap(), []);
    let receipt = begun(&acme, 7).receipt(&keys(&acme));
    assert_eq!(store.end_removal(&begun(&acme, 7), receipt).await.unwrap(), None, "it was not begun");
    assert_eq!(store.begin_removal(&begun(&acme, 7)).await.unwrap(), begun(&acme, 7));
    assert_eq!(store.begin_removal(&begun(&acme, 8)).await.unwrap(), begun(&acme, 7), "that goes on");
    assert_eq!(store.removals_begun().await.unwrap(), [begun(&acme, 7)]);
    let removal = remove(store, &acme, 9).await.unwrap();
    assert_eq!((removal.at, removal.receipt, removal.removed.people), (at(7), receipt, 5));
    assert_eq!(store.removals_begun().await.unwrap(), []);
    assert_eq!(store.end_removal(&begun(&acme, 7), receipt).await.unwrap(), None, "it has ended");
    assert_eq!(store.removals().await.unwrap(), [removal]);
    // Who comes back is removed anew.
    fill(store, &acme, 1).await;
    let again = remove(store, &acme, 20).await.unwrap();
    assert_eq!((again.at, again.removed.people, again.removed.erased.logins), (at(20), 5, 5));
}

async fn an_erasure_counts_once_whoever_finishes_it(store: &Arc<dyn Store>) {
    let (acme, removal) = (tenant("acme"), begun(&tenant("acme"), 7));
    fill(store, &acme, 1).await;
    store.begin_removal(&removal).await.unwrap();
    let ana = user(&acme, "ana");
    let wanted =
        ErasureBegun { tenant: acme.clone(), user: ana, at: at(7), erased: Erased::default(), with_tenant: true };
    store.begin_erasure(&wanted).await.unwrap();
    store.erase_some_with_tenant(&acme, &ana).await.unwrap();
    let under_way = store.erasures_begun().await.unwrap();
    assert_eq!(under_way.len(), 1);
    assert!(under_way[0].with_tenant && under_way[0].erased.logins == 2, "{under_way:?}");
    // Another process goes on, and a third one begins anew when that has ended.
    for _ in 0..3 {
        forget(store, &removal, ana).await;
    }
    assert_eq!(store.erasures_begun().await.unwrap(), []);
    let Removal { removed, .. } = remove(store, &acme, 7).await.unwrap();
    assert_eq!((removed.people, removed.erased.logins, removed.erased.alerts), (5, 5, 2));
    assert!(store.alert(AlertId(samples::id(&ana, at(0), 1)), at(9)).await.unwrap().is_none());
}

async fn who_had_asked_before_has_a_receipt_of_their_own(store: &Arc<dyn Store>) {
    let acme = tenant("acme");
    fill(store, &acme, 1).await;
    let ana = user(&acme, "ana");
    let asked =
        ErasureBegun { tenant: acme.clone(), user: ana, at: at(5), erased: Erased::default(), with_tenant: false };
    store.begin_erasure(&asked).await.unwrap();
    let removal = remove(store, &acme, 7).await.unwrap();
    assert_eq!((removal.removed.people, removal.removed.erased.logins), (4, 3));
    let own = store.erasure_of(&ana).await.unwrap().unwrap();
    assert_eq!((own.at, own.erased.logins), (at(5), 2));
}

async fn removals_are_entered_in_the_ledger(store: &Arc<dyn Store>) {
    let entry = |name: &str, ms, people| Removal {
        receipt: keys(&tenant(name)).removal_receipt_id(at(ms)),
        tenant: tenant(name),
        at: at(ms),
        removed: Removed { people, ..Removed::default() },
    };
    for entered in [entry("acme", 3, 1), entry("acme", 3, 7), entry("other", 2, 1)] {
        store.enter_removal(&entered).await.unwrap();
    }
    assert_eq!(store.removals().await.unwrap(), [entry("other", 2, 1), entry("acme", 3, 7)]);
}
