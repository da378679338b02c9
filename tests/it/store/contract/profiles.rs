//! What `ports::ProfileStore` promises.

use std::sync::Arc;

use futures_util::future::join_all;
use watchlight::{
    domain::{
        alert::alert::Delivery,
        history::login_record::LoginIndex,
        ids::{AlertId, LoginId},
        time::DAY_MS,
        user::profile::Profile,
    },
    ports::{Commit, Store},
};

use crate::store::contract::harness::{contract, ids, is_duplicate, is_stale, put};
use crate::store::samples::{self, acme, at, commit, commit_with_alert, once, user};

contract! {
    an_unknown_user_has_an_empty_profile
    a_commit_is_stored_whole
    a_commit_of_another_version_is_stale
    an_idempotency_key_is_taken_once_by_anybody
    a_refused_commit_leaves_nothing
    only_one_of_many_wins_a_version
    very_many_commits_are_stored_each
}

async fn an_unknown_user_has_an_empty_profile(store: &Arc<dyn Store>) {
    let loaded = store.load(&user(1), Some([1; 16]), at(0)).await.unwrap();
    assert_eq!((loaded.version, loaded.profile, loaded.earlier), (0, Profile::default(), None));
    assert_eq!(store.login(&acme(), LoginId([1; 16])).await.unwrap(), None);
    assert_eq!(store.alert(AlertId([1; 16]), at(0)).await.unwrap(), None);
    assert_eq!(store.next_due().await.unwrap(), None);
    let delivery = Delivery::queued(at(0), "ana@example.com".to_owned());
    assert!(!store.replace(AlertId([1; 16]), &delivery, &delivery, None).await.unwrap());
    assert!(store.lease(at(0), at(1), 10).await.unwrap().is_empty());
    assert!(store.api_keys().await.unwrap().is_empty());
    store.probe().await.unwrap();
}

async fn a_commit_is_stored_whole(store: &Arc<dyn Store>) {
    let mut commit = commit_with_alert(&user(1), 0, at(0), 1);
    commit.logins[0].idempotency = Some(once(9, at(0)));
    let (record, profile) = (commit.logins[0].record.clone(), commit.profile.clone().unwrap());
    let (alert, queued) = commit.logins[0].alert.clone().unwrap();
    put(store, commit).await;
    let loaded = store.load(&user(1), Some([9; 16]), at(1)).await.unwrap();
    assert_eq!((loaded.version, loaded.profile), (1, profile));
    assert_eq!(loaded.earlier, Some(([9 ^ 0xFF; 16], record.id)));
    assert_eq!(store.login(&acme(), record.id).await.unwrap(), Some(record));
    assert_eq!(store.alert(alert.id, at(0)).await.unwrap(), Some((alert, queued)));
    assert_eq!(store.next_due().await.unwrap(), Some(at(0)));
}

async fn a_commit_of_another_version_is_stale(store: &Arc<dyn Store>) {
    assert!(is_stale(&store.commit(commit(&user(1), 1, at(0), 1)).await), "there is no version 1 yet");
    put(store, commit(&user(1), 0, at(0), 1)).await;
    assert!(is_stale(&store.commit(commit(&user(1), 0, at(1), 2)).await));
    assert!(is_stale(&store.commit(Commit { profile: None, ..commit(&user(1), 0, at(1), 2) }).await));
    put(store, Commit { profile: None, ..commit(&user(1), 1, at(1), 2) }).await;
    let loaded = store.load(&user(1), None, at(2)).await.unwrap();
    assert_eq!((loaded.version, loaded.profile.logins), (1, 1), "a login without a profile leaves the version");
    put(store, commit(&user(1), 1, at(2), 3)).await;
    assert_eq!(store.load(&user(1), None, at(2)).await.unwrap().version, 2);
    assert!(is_stale(&store.commit(Commit { profile: None, ..commit(&user(2), 1, at(1), 2) }).await), "no profile");
    put(store, Commit { profile: None, ..commit(&user(2), 0, at(1), 2) }).await;
}

async fn an_idempotency_key_is_taken_once_by_anybody(store: &Arc<dyn Store>) {
    let with_key = |number: u8, version, time, login| {
        let mut commit = commit(&user(number), version, time, login);
        commit.logins[0].idempotency = Some(once(9, time));
        commit
    };
    put(store, with_key(1, 0, at(0), 1)).await;
    assert!(is_duplicate(&store.commit(with_key(1, 1, at(1), 2)).await));
    assert!(is_duplicate(&store.commit(with_key(1, 7, at(1), 2)).await), "looked at before the version");
    assert!(is_duplicate(&store.commit(with_key(2, 0, at(1), 2)).await), "another user's");
    let earlier = store.load(&user(2), Some([9; 16]), at(DAY_MS - 1)).await.unwrap().earlier;
    assert_eq!(earlier, Some(([9 ^ 0xFF; 16], LoginId(samples::id(&user(1), at(0), 1)))));
    assert_eq!(store.load(&user(1), Some([9; 16]), at(DAY_MS)).await.unwrap().earlier, None, "expired");
    assert!(is_duplicate(&store.commit(commit(&user(1), 1, at(0), 1)).await), "the login's name is taken for good");
    put(store, with_key(2, 0, at(DAY_MS), 2)).await;
    let earlier = store.load(&user(2), Some([9; 16]), at(DAY_MS)).await.unwrap().earlier;
    assert_eq!(earlier.map(|it| it.1), Some(LoginId(samples::id(&user(2), at(DAY_MS), 2))));

    let mut twice = with_key(3, 0, at(0), 4);
    twice.logins[0].idempotency = Some(once(8, at(0)));
    twice.logins.push(twice.logins[0].clone());
    assert!(is_duplicate(&store.commit(twice).await), "twice in one commit");
}

async fn a_refused_commit_leaves_nothing(store: &Arc<dyn Store>) {
    put(store, commit(&user(1), 0, at(0), 1)).await;
    let mut refused = commit_with_alert(&user(1), 0, at(5), 2);
    refused.logins[0].idempotency = Some(once(7, at(5)));
    let (login, alert) = (refused.logins[0].record.id, refused.logins[0].alert.clone().unwrap().0.id);
    assert!(is_stale(&store.commit(refused).await));
    assert_eq!(store.login(&acme(), login).await.unwrap(), None);
    assert_eq!(store.alert(alert, at(5)).await.unwrap(), None);
    assert_eq!(store.next_due().await.unwrap(), None);
    assert_eq!(store.load(&user(1), Some([7; 16]), at(5)).await.unwrap().earlier, None);
    assert_eq!(ids(store, LoginIndex::Time, at(0), at(DAY_MS)).await.len(), 1);
}

async fn only_one_of_many_wins_a_version(store: &Arc<dyn Store>) {
    for version in 0..5 {
        let attempts = (0..50_u8).map(|it| {
            let store = Arc::clone(store);
            let time = at(i64::try_from(version).unwrap() * 1_000 + i64::from(it));
            async move { store.commit(commit(&user(1), version, time, it)).await }
        });
        let outcomes = futures_util::future::join_all(attempts).await;
        assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "version {version}");
        assert_eq!(outcomes.iter().filter(|it| is_stale(it)).count(), 49, "version {version}");
    }
    let loaded = store.load(&user(1), None, at(0)).await.unwrap();
    assert_eq!((loaded.version, loaded.profile.logins), (5, 5));
    assert_eq!(ids(store, LoginIndex::User(user(1)), at(0), at(DAY_MS)).await.len(), 5);
}

async fn very_many_commits_are_stored_each(store: &Arc<dyn Store>) {
    store.expect_many();
    assert!(store.commits_at_once() >= 32);
    for version in 0..3_u8 {
        let time = at(i64::from(version));
        let commits = (0..100).map(|number| store.commit(commit(&user(number), version.into(), time, number)));
        assert!(join_all(commits).await.iter().all(Result::is_ok));
    }
    // One that is refused takes back none of the others.
    let again = |version| (0..100).map(move |number| commit(&user(number), version, at(3), number));
    let mixed = again(3).take(50).chain(again(2).skip(50)).map(|it| store.commit(it));
    let outcomes = join_all(mixed).await;
    assert!(outcomes[..50].iter().all(Result::is_ok) && outcomes[50..].iter().all(is_stale));
    for number in 0..100 {
        let logins = if number < 50 { 4 } else { 3 };
        assert_eq!(store.load(&user(number), None, at(9)).await.unwrap().version, logins as u64);
        assert_eq!(ids(store, LoginIndex::User(user(number)), at(0), at(9)).await.len(), logins);
    }
}
