//! What `ports::ErasureStore` promises.

use std::sync::Arc;

use watchlight::{
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, ReceiptId, UserKey, timed_bytes},
        privacy::erasure::{Erased, Erasure, ErasureBegun},
    },
    ports::{Commit, SessionChange, Store},
};

use crate::store::{
    contract::harness::{contract, ids, is_stale},
    samples::{self, acme, at, commit, commit_with_alert, event, once, user},
};

contract! {
    a_user_is_forgotten_wholly_and_nobody_else
    a_commit_that_was_decided_before_an_erasure_is_stale
    an_erasure_that_was_begun_is_listed_until_it_ends
    a_login_that_comes_in_is_forgotten_too_or_ends_nothing
    the_ledger_is_read_from_the_oldest
    an_entry_of_the_ledger_is_added_and_nothing_else_changes
}

fn receipt(user: &UserKey, ms: i64) -> ReceiptId {
    ReceiptId(timed_bytes(at(ms), user.partition, &[7; 32]))
}

fn begun(user: UserKey, ms: i64) -> ErasureBegun {
    ErasureBegun { tenant: acme(), user, at: at(ms), erased: Erased::default(), with_tenant: false }
}

async fn put_session(store: &Arc<dyn Store>, user: &UserKey, key: u8) {
    let tenant = acme();
    let change =
        SessionChange { tenant: &tenant, version: 0, session: &samples::session(), now: at(0), life_ms: 99_999 };
    assert!(store.put_session(user, [key; 16], change).await.unwrap());
}

/// Two logins, each with an alert, two sessions, an idempotency key and an event.
async fn signs_in(store: &Arc<dyn Store>, user: &UserKey) {
    let mut first = commit_with_alert(user, 0, at(0), 1);
    first.logins[0].idempotency = Some(once(user.hash[0], at(0)));
    first.events = vec![event(user, at(0), 1)];
    store.commit(first).await.unwrap();
    store.commit(commit_with_alert(user, 1, at(1), 2)).await.unwrap();
    put_session(store, user, user.hash[0]).await;
    put_session(store, user, user.hash[0] + 100).await;
}

/// Forgets a user, as if it had been asked for so many milliseconds after the beginning.
pub async fn forget(store: &Arc<dyn Store>, user: UserKey, ms: i64) {
    store.begin_erasure(&begun(user, ms)).await.unwrap();
    while store.erase_some(&acme(), &user).await.unwrap() {}
    assert!(store.end_erasure(&acme(), &user, receipt(&user, ms)).await.unwrap().is_some());
}

async fn a_user_is_forgotten_wholly_and_nobody_else(store: &Arc<dyn Store>) {
    let (ana, ben) = (user(1), user(2));
    assert!(!store.is_known(&ana).await.unwrap());
    for it in [&ana, &ben] {
        signs_in(store, it).await;
        assert!(store.is_known(it).await.unwrap());
    }
    store.begin_erasure(&begun(ana, 5)).await.unwrap();
    while store.erase_some(&acme(), &ana).await.unwrap() {}
    let erasure = store.end_erasure(&acme(), &ana, receipt(&ana, 5)).await.unwrap().unwrap();
    let devices = samples::profile().devices.len() as u64;
    assert_eq!(erasure.erased, Erased { logins: 2, alerts: 2, sessions: 2, devices });
    assert_eq!((erasure.user, erasure.at, erasure.tenant.clone()), (ana, at(5), acme()));
    assert!(!store.is_known(&ana).await.unwrap());
    let loaded = store.load(&ana, Some(once(1, at(0)).key), at(6)).await.unwrap();
    assert_eq!((loaded.version, loaded.earlier), (0, None), "the idempotency key is free");
    assert_eq!(loaded.profile.devices, []);
    for (index, left) in [(LoginIndex::User(ana), 0), (LoginIndex::User(ben), 2), (LoginIndex::Time, 2)] {
        assert_eq!(ids(store, index, at(0), at(9)).await.len(), left, "{index:?}");
    }
    assert!(store.login(&acme(), LoginId(samples::id(&ana, at(0), 1))).await.unwrap().is_none());
    assert_eq!(store.alerts_of(&ana, None, 9, at(6)).await.unwrap().len(), 0);
    assert_eq!(store.alerts(&acme(), None, 9, at(6)).await.unwrap().len(), 2);
    assert!(store.session(&ana, [1; 16]).await.unwrap().is_none());
    assert!(store.session(&ben, [2; 16]).await.unwrap().is_some());
    assert_eq!(store.lease(at(6), at(7), 9).await.unwrap().len(), 2, "ben's mails");
    // Who comes back was never here.
    let again = Commit { logins: commit_with_alert(&ana, 0, at(0), 1).logins, ..commit(&ana, 0, at(9), 3) };
    store.commit(again).await.unwrap();
    assert_eq!(store.load(&ana, None, at(9)).await.unwrap().version, 1);
}

async fn a_commit_that_was_decided_before_an_erasure_is_stale(store: &Arc<dyn Store>) {
    let ana = user(1);
    signs_in(store, &ana).await;
    forget(store, ana, 5).await;
    assert!(is_stale(&store.commit(commit(&ana, 2, at(3), 3)).await));
    // A failed login of a user without a profile, decided before: the salt is another by now.
    let failure = |number| Commit { profile: None, ..commit(&ana, 0, at(i64::from(number)), number) };
    store.commit(failure(4)).await.unwrap();
    forget(store, ana, 6).await;
    assert!(!store.is_known(&ana).await.unwrap());
    store.commit(failure(5)).await.unwrap();
    assert_eq!(ids(store, LoginIndex::User(ana), at(0), at(9)).await.len(), 1);
}

async fn an_erasure_that_was_begun_is_listed_until_it_ends(store: &Arc<dyn Store>) {
    let ana = user(1);
    signs_in(store, &ana).await;
    assert_eq!(store.end_erasure(&acme(), &ana, receipt(&ana, 4)).await.unwrap(), None, "it was not begun");
    assert_eq!(store.begin_erasure(&begun(ana, 5)).await.unwrap(), begun(ana, 5));
    assert_eq!(store.begin_erasure(&begun(ana, 6)).await.unwrap(), begun(ana, 5), "that goes on");
    store.erase_some(&acme(), &ana).await.unwrap();
    let listed = store.erasures_begun().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].user, listed[0].at, listed[0].erased.logins), (ana, at(5), 2));
    while store.erase_some(&acme(), &ana).await.unwrap() {}
    store.end_erasure(&acme(), &ana, receipt(&ana, 5)).await.unwrap().unwrap();
    assert_eq!(store.erasures_begun().await.unwrap(), []);
}

async fn a_login_that_comes_in_is_forgotten_too_or_ends_nothing(store: &Arc<dyn Store>) {
    let ana = user(1);
    signs_in(store, &ana).await;
    store.begin_erasure(&begun(ana, 5)).await.unwrap();
    while store.erase_some(&acme(), &ana).await.unwrap() {}
    store.commit(commit(&ana, 2, at(6), 3)).await.unwrap();
    assert_eq!(store.end_erasure(&acme(), &ana, receipt(&ana, 5)).await.unwrap(), None, "there is a login");
    assert_eq!(ids(store, LoginIndex::User(ana), at(0), at(9)).await.len(), 1);
    while store.erase_some(&acme(), &ana).await.unwrap() {}
    let erasure = store.end_erasure(&acme(), &ana, receipt(&ana, 5)).await.unwrap().unwrap();
    assert_eq!(erasure.erased.logins, 3);
}

async fn the_ledger_is_read_from_the_oldest(store: &Arc<dyn Store>) {
    for number in [2, 1, 3] {
        let user = user(number);
        signs_in(store, &user).await;
        forget(store, user, 10 * i64::from(number)).await;
    }
    let all = store.erasures(None, 9).await.unwrap();
    assert_eq!(all.iter().map(|it| it.at).collect::<Vec<_>>(), [at(10), at(20), at(30)]);
    let behind = store.erasures(Some(all[0].receipt), 1).await.unwrap();
    assert_eq!(behind, all[1..2]);
    assert_eq!(store.erasure(all[2].receipt).await.unwrap().as_ref(), Some(&all[2]));
    assert_eq!(store.erasure(receipt(&user(9), 1)).await.unwrap(), None);
    assert_eq!(store.erasure_of(&user(2)).await.unwrap().as_ref(), Some(&all[1]));
    assert_eq!(store.erasure_of(&user(9)).await.unwrap(), None);
    // Forgotten once more: the latest counts.
    signs_in(store, &user(2)).await;
    forget(store, user(2), 90).await;
    assert_eq!(store.erasure_of(&user(2)).await.unwrap().unwrap().at, at(90));
}

async fn an_entry_of_the_ledger_is_added_and_nothing_else_changes(store: &Arc<dyn Store>) {
    let ana = user(1);
    signs_in(store, &ana).await;
    let under_way = store.begin_erasure(&begun(ana, 5)).await.unwrap();
    let entry = |ms, logins| Erasure {
        receipt: receipt(&ana, ms),
        tenant: acme(),
        user: ana,
        at: at(ms),
        erased: Erased { logins, ..Erased::default() },
    };
    for entered in [entry(3, 1), entry(3, 7), entry(2, 1)] {
        store.enter_erasure(&entered).await.unwrap();
    }
    assert_eq!(store.erasures(None, 9).await.unwrap(), [entry(2, 1), entry(3, 7)]);
    assert_eq!(store.erasure_of(&ana).await.unwrap(), Some(entry(3, 7)), "an older one is not the latest");
    assert_eq!(store.erasures_begun().await.unwrap(), [under_way], "it goes on");
    assert!(store.is_known(&ana).await.unwrap());
}
