//! What `ports::CommitStore` promises.

use std::{collections::BTreeMap, sync::Arc};

use watchlight::{
    domain::{
        ids::{LoginId, TenantId, UserKey},
        time::DAY_MS,
    },
    ports::{COMMITS_KEPT_MS, Commit, CommitPosition, Committed, Store},
};

use crate::store::{
    contract::harness::{contract, cutoffs, is_duplicate, put},
    samples::{self, acme, at, commit, user},
};

contract! {
    logins_are_logged_in_the_order_of_their_commits
    the_log_is_read_in_parts
    whoever_comes_back_misses_nothing
    whoever_has_read_until_a_time_misses_nothing
    what_is_refused_is_not_logged
    logins_of_all_tenants_are_logged
    an_unknown_login_has_no_place
    a_login_that_is_deleted_stays_in_the_log
}

fn login(user: &UserKey, ms: i64, number: u8) -> LoginId {
    LoginId(samples::id(user, at(ms), number))
}

/// Reads to the end of the log.
async fn rest(store: &Arc<dyn Store>, from: &CommitPosition, limit: usize) -> (Vec<Committed>, CommitPosition) {
    let (mut found, mut position) = (Vec::new(), from.clone());
    loop {
        let page = store.commits(&position, limit).await.unwrap().expect("nothing was forgotten");
        found.extend(page.logins);
        position = page.end;
        if !page.more {
            break (found, position);
        }
    }
}

fn ids(found: &[Committed]) -> Vec<LoginId> {
    found.iter().map(|it| it.login).collect()
}

async fn logins_are_logged_in_the_order_of_their_commits(store: &Arc<dyn Store>) {
    put(store, commit(&user(1), 0, at(500), 1)).await;
    let start = store.end_of_commits().await.unwrap();
    // Each happened before the one that was committed before it.
    for (version, ms) in [(1, 400), (2, 300), (3, 200)] {
        put(store, commit(&user(1), version, at(ms), 1)).await;
    }
    let (found, end) = rest(store, &start, 100).await;
    let id = |ms| login(&user(1), ms, 1);
    assert_eq!(found.first(), Some(&Committed { tenant: acme(), login: id(400) }));
    assert_eq!(ids(&found), [id(400), id(300), id(200)]);
    assert_eq!(rest(store, &end, 100).await.0, []);
    assert_eq!(store.end_of_commits().await.unwrap(), end);
}

async fn the_log_is_read_in_parts(store: &Arc<dyn Store>) {
    let start = store.end_of_commits().await.unwrap();
    for round in 0..20_u8 {
        for number in 0..5 {
            put(store, commit(&user(number), u64::from(round), at(i64::from(round)), number)).await;
        }
    }
    let (found, _) = rest(store, &start, 1).await;
    assert_eq!(found.len(), 100);
    let mut of_users: BTreeMap<u8, Vec<LoginId>> = BTreeMap::new();
    for it in ids(&found) {
        let number = (0..5).find(|&number| (0..20).any(|ms| login(&user(number), ms, number) == it)).unwrap();
        of_users.entry(number).or_default().push(it);
    }
    for (number, found) in of_users {
        let committed: Vec<LoginId> = (0..20).map(|ms| login(&user(number), ms, number)).collect();
        assert_eq!(found, committed, "user {number}");
    }
}

async fn whoever_comes_back_misses_nothing(store: &Arc<dyn Store>) {
    let start = store.end_of_commits().await.unwrap();
    for number in 0..60 {
        put(store, commit(&user(number), 0, at(i64::from(number)), number)).await;
    }
    let (all, _) = rest(store, &start, 7).await;
    assert_eq!(all.len(), 60);
    for (seen, last) in all.iter().enumerate() {
        let behind = store.place_behind(&acme(), last.login).await.unwrap().expect("it was committed just now");
        let (rest, _) = rest(store, &behind, 9).await;
        let missing: Vec<_> = all[seen + 1..].iter().filter(|it| !rest.contains(it)).collect();
        assert!(missing.is_empty(), "{missing:?} behind {last:?}");
        assert!(!rest.contains(last), "the login itself was seen");
    }
}

async fn whoever_has_read_until_a_time_misses_nothing(store: &Arc<dyn Store>) {
    put(store, commit(&user(1), 0, at(0), 1)).await;
    let start = store.end_of_commits().await.unwrap();
    let read_at = store.commits(&start, 9).await.unwrap().unwrap().read_at;
    put(store, commit(&user(1), 1, at(1), 1)).await;
    let behind = store.place_at(read_at).await.unwrap().expect("it was read just now");
    assert_eq!(ids(&rest(store, &behind, 9).await.0).last(), Some(&login(&user(1), 1, 1)));
    let long_ago = read_at.plus_ms(-2 * COMMITS_KEPT_MS);
    let later = store.place_at(long_ago).await.unwrap();
    assert!(later.is_none_or(|it| it == CommitPosition(vec![0; 8])), "the store in memory knows that it is new");
}

async fn what_is_refused_is_not_logged(store: &Arc<dyn Store>) {
    put(store, commit(&user(1), 0, at(0), 1)).await;
    let start = store.end_of_commits().await.unwrap();
    assert!(store.commit(commit(&user(1), 7, at(1), 1)).await.is_err(), "stale");
    assert!(is_duplicate(&store.commit(commit(&user(1), 1, at(0), 1)).await));
    put(store, Commit { logins: Vec::new(), ..commit(&user(1), 1, at(2), 1) }).await;
    put(store, commit(&user(1), 2, at(3), 1)).await;
    assert_eq!(ids(&rest(store, &start, 9).await.0), [login(&user(1), 3, 1)]);
}

async fn logins_of_all_tenants_are_logged(store: &Arc<dyn Store>) {
    let start = store.end_of_commits().await.unwrap();
    let other = TenantId::parse("other").unwrap();
    put(store, Commit { tenant: other.clone(), ..commit(&user(2), 0, at(1), 2) }).await;
    let (found, _) = rest(store, &start, 9).await;
    let theirs = login(&user(2), 1, 2);
    assert_eq!(found, [Committed { tenant: other.clone(), login: theirs }]);
    assert!(store.place_behind(&other, theirs).await.unwrap().is_some());
    assert_eq!(store.place_behind(&acme(), theirs).await.unwrap(), None, "another tenant's is as an unknown one");
}

async fn an_unknown_login_has_no_place(store: &Arc<dyn Store>) {
    put(store, commit(&user(1), 0, at(0), 1)).await;
    assert_eq!(store.place_behind(&acme(), login(&user(1), 9, 1)).await.unwrap(), None);
    assert_eq!(store.commits(&CommitPosition(vec![1, 2, 3]), 9).await.unwrap(), None, "no place of any store");
}

async fn a_login_that_is_deleted_stays_in_the_log(store: &Arc<dyn Store>) {
    let start = store.end_of_commits().await.unwrap();
    put(store, commit(&user(1), 0, at(0), 1)).await;
    while store.trim(&cutoffs(at(0), at(DAY_MS))).await.unwrap().more {}
    let found = store.login(&acme(), login(&user(1), 0, 1)).await.unwrap();
    assert_eq!(found, None, "it has gone");
    assert_eq!(ids(&rest(store, &start, 9).await.0), [login(&user(1), 0, 1)]);
}
