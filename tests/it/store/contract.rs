//! What `ports::Store` promises, asked of every store there is.

use std::{any::Any, sync::Arc};

use watchlight::{
    adapters::store::open::open,
    domain::{
        alert::{
            alert::{Answer, Delivery, State, Suppressed},
            delivery::Settlement,
        },
        history::login_record::LoginIndex,
        ids::{AlertId, LoginId, PrefixKey, TenantId},
        time::{DAY_MS, MINUTE_MS, Timestamp},
        user::profile::Profile,
    },
    ports::{Commit, CommitError, Store},
};

use crate::{
    store::samples::{self, acme, at, commit, commit_with_alert, once, user},
    support::{redis::RedisServer, services::deliveries},
};

/// How long the stores of these tests keep logins.
pub const RETENTION_MS: i64 = 180 * DAY_MS;

/// A fresh store, and what must live as long as it does.
pub struct Fresh(pub Arc<dyn Store>, #[expect(dead_code, reason = "kept for its Drop")] Box<dyn Any>);

pub async fn memory() -> Fresh {
    Fresh(open("memory:", RETENTION_MS).await.unwrap(), Box::new(()))
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/new/watchlight.db", folder.path().display());
    Fresh(open(&url, RETENTION_MS).await.unwrap(), Box::new(folder))
}

pub async fn redis() -> Fresh {
    let server = RedisServer::start(&[]);
    Fresh(open(&server.url(), RETENTION_MS).await.unwrap(), Box::new(server))
}

/// Asks the tests that are named of every store.
macro_rules! contract {
    ($($test:ident)+) => { contract!(@over memory sqlite redis; [$($test)+]); };
    (@over $($store:ident)+; $tests:tt) => { $(contract!(@one $store $tests);)+ };
    (@one $store:ident [$($test:ident)+]) => {
        mod $store {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let fresh = crate::store::contract::$store().await;
                super::$test(&fresh.0).await;
            })+
        }
    };
}
pub(crate) use contract;

contract! {
    an_unknown_user_has_an_empty_profile
    a_commit_is_stored_whole
    a_commit_of_another_version_is_stale
    an_idempotency_key_is_taken_once_by_anybody
    a_refused_commit_leaves_nothing
    only_one_of_many_wins_a_version
    logins_are_found_by_every_index
    pages_of_logins_join_without_gaps
    tenants_do_not_see_each_other
    a_lease_counts_fences_and_runs_out
    what_is_sent_or_dead_forgets_its_recipient
    the_longest_due_is_leased_first
    what_is_suppressed_is_never_leased
    one_alert_is_leased_to_one_of_many
    answers_are_kept
    trimming_forgets_what_is_old_and_settled
    api_keys_are_kept_in_order
}

async fn put(store: &Arc<dyn Store>, commit: Commit) {
    store.commit(commit).await.unwrap();
}

fn is_stale(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Stale))
}

fn is_duplicate(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Duplicate))
}

async fn ids(store: &Arc<dyn Store>, index: LoginIndex, from: Timestamp, to: Timestamp) -> Vec<LoginId> {
    let range = LoginId::first_at(from)..LoginId::first_at(to);
    let found = store.logins(&acme(), &index, range, 100).await.unwrap();
    found.into_iter().map(|it| it.id).collect()
}

async fn delivery(store: &Arc<dyn Store>, id: AlertId, now: Timestamp) -> Delivery {
    store.alert(id, now).await.unwrap().unwrap().1
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

async fn logins_are_found_by_every_index(store: &Arc<dyn Store>) {
    // The number is the fingerprint and the prefix: users 1 and 2 share number 7.
    for (number, version, time, login) in [(1, 0, 10, 7), (1, 1, 20, 8), (2, 0, 30, 7)] {
        put(store, commit(&user(number), version, at(time), login)).await;
    }
    let id = |number, time, login| LoginId(samples::id(&user(number), at(time), login));
    let (first, second, third) = (id(1, 10, 7), id(1, 20, 8), id(2, 30, 7));
    let all = |index| ids(store, index, at(0), at(DAY_MS));
    assert_eq!(all(LoginIndex::Time).await, [third, second, first]);
    assert_eq!(all(LoginIndex::User(user(1))).await, [second, first]);
    assert_eq!(all(LoginIndex::Prefix(PrefixKey([7; 16]))).await, [third, first]);
    assert_eq!(all(LoginIndex::Fingerprint([8; 16])).await, [second]);
    assert_eq!(all(LoginIndex::Fingerprint([1; 16])).await, []);
    assert_eq!(ids(store, LoginIndex::Time, at(10), at(30)).await, [second, first], "the end is not in the range");
    assert_eq!(ids(store, LoginIndex::Time, at(11), at(30)).await, [second]);
    assert_eq!(ids(store, LoginIndex::Time, at(30), at(10)).await, [], "an empty range");
}

async fn pages_of_logins_join_without_gaps(store: &Arc<dyn Store>) {
    for it in 0..40_u8 {
        put(store, commit(&user(it), 0, at(i64::from(it % 10)), it)).await;
    }
    let mut pages = Vec::new();
    let mut end = LoginId::first_at(at(DAY_MS));
    loop {
        let range = LoginId::first_at(at(0))..end;
        let page = store.logins(&acme(), &LoginIndex::Time, range, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        end = last.id;
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [7, 7, 7, 7, 7, 5]);
    let seen: Vec<LoginId> = pages.into_iter().flatten().map(|it| it.id).collect();
    assert!(seen.is_sorted_by(|a, b| a > b));
}

async fn tenants_do_not_see_each_other(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let other = TenantId::parse("other").unwrap();
    let (id, range) = (LoginId(samples::id(&user(1), at(0), 1)), LoginId([0; 16])..LoginId([0xFF; 16]));
    assert_eq!(store.login(&other, id).await.unwrap(), None);
    for index in [LoginIndex::Time, LoginIndex::User(user(1)), LoginIndex::Fingerprint([1; 16])] {
        assert_eq!(store.logins(&other, &index, range.clone(), 9).await.unwrap(), [], "{index:?}");
        assert_eq!(store.logins(&acme(), &index, range.clone(), 9).await.unwrap().len(), 1, "{index:?}");
    }
    assert_eq!(store.alerts(&other, None, 9, at(0)).await.unwrap(), []);
    assert_eq!(store.alerts(&acme(), None, 9, at(0)).await.unwrap().len(), 1);
}

async fn a_lease_counts_fences_and_runs_out(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let id = AlertId(samples::id(&user(1), at(0), 1));
    assert!(store.lease(at(-1), at(100), 9).await.unwrap().is_empty(), "not due yet");
    let first = store.lease(at(0), at(100), 9).await.unwrap().remove(0);
    assert_eq!((first.alert.id, first.recipient.as_str(), first.attempt), (id, "ana@example.com", 1));
    assert_eq!(delivery(store, id, at(99)).await.state, State::Sending);
    assert_eq!(delivery(store, id, at(100)).await.state, State::Queued, "the lease has run out");
    assert!(store.lease(at(99), at(199), 9).await.unwrap().is_empty(), "under a lease");
    assert_eq!(store.next_due().await.unwrap(), Some(at(100)));

    let second = store.lease(at(100), at(200), 9).await.unwrap().remove(0);
    assert!(second.fence > first.fence && second.attempt == 2);
    assert!(
        !deliveries(store).settle(&first, at(101), Settlement::Sent, None).await.unwrap(),
        "a later lease was given"
    );
    assert_eq!(delivery(store, id, at(101)).await.state, State::Sending);

    let again = Settlement::RetryAt(at(500), "451 greylisted".to_owned());
    assert!(deliveries(store).settle(&second, at(102), again.clone(), None).await.unwrap());
    assert!(
        deliveries(store).settle(&second, at(103), again, None).await.unwrap(),
        "said again, as after a lost answer"
    );
    let waiting = delivery(store, id, at(103)).await;
    assert_eq!((waiting.state, waiting.due_at, waiting.attempts), (State::Queued, Some(at(500)), 2));
    assert_eq!(waiting.last_error.as_deref(), Some("451 greylisted"));
    assert_eq!(waiting.recipient.as_deref(), Some("ana@example.com"));
    assert!(store.lease(at(499), at(600), 9).await.unwrap().is_empty());
    assert_eq!(store.lease(at(500), at(600), 9).await.unwrap()[0].attempt, 3);
}

async fn what_is_sent_or_dead_forgets_its_recipient(store: &Arc<dyn Store>) {
    for (number, settlement, state) in
        [(1, Settlement::Sent, State::Sent), (2, Settlement::Dead("550 no such user".to_owned()), State::Failed)]
    {
        put(store, commit_with_alert(&user(number), 0, at(0), number)).await;
        let leased = store.lease(at(0), at(100), 9).await.unwrap().remove(0);
        assert!(deliveries(store).settle(&leased, at(50), settlement.clone(), None).await.unwrap());
        let after = delivery(store, leased.alert.id, at(1_000)).await;
        assert_eq!((after.state, after.recipient, after.due_at), (state, None, None));
        assert_eq!((after.settled_at, after.last_error.is_some()), (Some(at(50)), state == State::Failed));
        assert!(deliveries(store).settle(&leased, at(60), settlement, None).await.unwrap(), "said again");
        assert_eq!(delivery(store, leased.alert.id, at(1_000)).await.settled_at, Some(at(50)));
        assert!(store.lease(at(DAY_MS), at(2 * DAY_MS), 9).await.unwrap().is_empty());
        assert_eq!(store.next_due().await.unwrap(), None);
    }
}

async fn the_longest_due_is_leased_first(store: &Arc<dyn Store>) {
    for (number, due) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        put(store, commit_with_alert(&user(number), 0, at(due), number)).await;
    }
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    let order = |leased: Vec<watchlight::ports::LeasedAlert>| -> Vec<i64> {
        leased.iter().map(|it| it.alert.created_at.ms_since(at(0))).collect()
    };
    assert_eq!(order(store.lease(at(35), at(100), 2).await.unwrap()), [10, 20]);
    assert_eq!(order(store.lease(at(35), at(100), 9).await.unwrap()), [30]);
    assert_eq!(order(store.lease(at(100), at(200), 0).await.unwrap()), [0_i64; 0]);
    let newest_first = store.alerts(&acme(), None, 3, at(100)).await.unwrap();
    let times: Vec<i64> = newest_first.iter().map(|(it, _)| it.created_at.ms_since(at(0))).collect();
    assert_eq!(times, [40, 30, 20]);
    let below = store.alerts(&acme(), Some(newest_first[2].0.id), 3, at(100)).await.unwrap();
    assert_eq!(below.iter().map(|(it, _)| it.created_at).collect::<Vec<_>>(), [at(10)]);
}

async fn what_is_suppressed_is_never_leased(store: &Arc<dyn Store>) {
    let mut muted = commit_with_alert(&user(1), 0, at(0), 1);
    let alert = muted.logins[0].alert.as_mut().unwrap();
    alert.1 = Delivery::suppressed(at(0), Suppressed::RateLimited);
    let id = alert.0.id;
    put(store, muted).await;
    assert!(store.lease(at(DAY_MS), at(2 * DAY_MS), 9).await.unwrap().is_empty());
    let suppressed = Delivery::suppressed(at(0), Suppressed::RateLimited);
    let [leased, sent] = [State::Sending, State::Sent].map(|state| Delivery { state, ..suppressed.clone() });
    assert!(!store.replace(id, &leased, &sent, None).await.unwrap(), "there never was a lease");
    let after = delivery(store, id, at(1)).await;
    assert_eq!(after, Delivery::suppressed(at(0), Suppressed::RateLimited));
}

async fn one_alert_is_leased_to_one_of_many(store: &Arc<dyn Store>) {
    for it in 0..20 {
        put(store, commit_with_alert(&user(it), 0, at(0), it)).await;
    }
    let workers = (0..8).map(|_| {
        let store = Arc::clone(store);
        async move { store.lease(at(0), at(MINUTE_MS), 20).await.unwrap() }
    });
    let leased = futures_util::future::join_all(workers).await.concat();
    let mut names: Vec<AlertId> = leased.iter().map(|it| it.alert.id).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((leased.len(), names.len()), (20, 20));
}

async fn answers_are_kept(store: &Arc<dyn Store>) {
    put(store, commit_with_alert(&user(1), 0, at(0), 1)).await;
    let id = AlertId(samples::id(&user(1), at(0), 1));
    let unknown = AlertId(samples::id(&user(1), at(77), 77));
    let elsewhere = AlertId(samples::id(&user(2), at(0), 1));
    let answers = vec![(unknown, Answer::Denied), (elsewhere, Answer::Denied), (id, Answer::Denied)];
    put(store, Commit { logins: Vec::new(), answers, ..commit(&user(1), 1, at(9), 2) }).await;
    assert_eq!(delivery(store, id, at(9)).await.answer, Answer::Denied);
    assert_eq!(store.alert(unknown, at(9)).await.unwrap(), None, "an answer makes no alert");
    assert_eq!(store.load(&user(1), None, at(9)).await.unwrap().version, 2);
    let late = Commit { answers: vec![(id, Answer::Confirmed)], ..commit(&user(1), 1, at(9), 3) };
    assert!(is_stale(&store.commit(late).await));
    assert_eq!(delivery(store, id, at(9)).await.answer, Answer::Denied);
}

async fn trimming_forgets_what_is_old_and_settled(store: &Arc<dyn Store>) {
    for (number, day) in [(1, 0), (2, 1), (3, 2)] {
        let mut commit = commit_with_alert(&user(number), 0, at(day * DAY_MS), number);
        commit.logins[0].idempotency = Some(once(number, at(day * DAY_MS)));
        put(store, commit).await;
    }
    let sent = store.lease(at(0), at(1), 1).await.unwrap().remove(0);
    assert!(deliveries(store).settle(&sent, at(1), Settlement::Sent, None).await.unwrap());
    let (now, cutoff) = (at(2 * DAY_MS), at(2 * DAY_MS));
    let mut trimmed = 0;
    loop {
        let step = store.trim(now, cutoff).await.unwrap();
        trimmed += step.logins;
        if !step.more {
            break;
        }
    }
    assert_eq!(trimmed, 2);
    let kept = LoginId(samples::id(&user(3), at(2 * DAY_MS), 3));
    assert_eq!(ids(store, LoginIndex::Time, at(0), at(9 * DAY_MS)).await, [kept]);
    assert_eq!(ids(store, LoginIndex::User(user(1)), at(0), at(9 * DAY_MS)).await, []);
    assert_eq!(store.login(&acme(), LoginId(samples::id(&user(1), at(0), 1))).await.unwrap(), None);
    let alerts = store.alerts(&acme(), None, 9, now).await.unwrap();
    let times: Vec<Timestamp> = alerts.iter().map(|(it, _)| it.created_at).collect();
    assert_eq!(times, [at(2 * DAY_MS), at(DAY_MS)], "one that waits is not forgotten, however old");
    assert_eq!(store.load(&user(1), None, now).await.unwrap().version, 1, "profiles stay");
    assert!(store.load(&user(3), Some([3; 16]), now).await.unwrap().earlier.is_some());
}

async fn api_keys_are_kept_in_order(store: &Arc<dyn Store>) {
    for (id, time) in [("b", 2), ("c", 1), ("a", 3)] {
        store.put_api_key(samples::api_key(id, at(time))).await.unwrap();
    }
    let mut changed = samples::api_key("b", at(2));
    changed.revoked_at = None;
    store.put_api_key(changed.clone()).await.unwrap();
    assert_eq!(store.api_key("b").await.unwrap(), Some(changed));
    assert_eq!(store.api_key("d").await.unwrap(), None);
    let order: Vec<String> = store.api_keys().await.unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(order, ["c", "b", "a"]);
}
