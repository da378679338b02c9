//! One idempotency key, brought by two users who live in different partitions.

use std::sync::Arc;

use watchlight::{
    adapters::store::redis::server::{
        keys,
        once_keys::{Day, FIRST_SPREAD, claims, field, number_of_day},
    },
    domain::{
        alert::delivery::Settlement,
        history::login_record::LoginIndex,
        ids::LoginId,
        time::{DAY_MS, HOUR_MS},
    },
    ports::{ANOTHER_BODY, Commit, CommitError, Idempotency, Store},
};

use crate::{
    store::samples::{self, acme, at, commit, commit_with_alert, event, once, user},
    support::{redis::RedisServer, services::deliveries, stores::open_at},
};

async fn opened(server: &RedisServer) -> Arc<dyn Store> {
    open_at(&server.url()).await
}

/// A first login of a user under key 9, whose body is the user's.
fn with_key(number: u8, ms: i64) -> Commit {
    let mut commit = commit(&user(number), 0, at(ms), number);
    commit.logins[0].idempotency = Some(Idempotency { body: [number; 16], ..once(9, at(ms)) });
    commit
}

/// What is remembered under key 9, as a user is told.
async fn earlier(store: &Arc<dyn Store>, number: u8, ms: i64) -> Option<([u8; 16], LoginId)> {
    store.load(&user(number), Some([9; 16]), at(ms)).await.unwrap().earlier
}

async fn stored(store: &Arc<dyn Store>) -> usize {
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    store.logins(&acme(), &LoginIndex::Time, everything, 99).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_users_with_one_key_at_once_one_is_stored() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    for round in 0..50_u8 {
        let key = |number: u8| {
            let mut commit = commit(&user(number), u64::from(round), at(i64::from(round)), number);
            commit.logins[0].idempotency = Some(Idempotency { body: [number; 16], ..once(round, at(0)) });
            commit
        };
        let (first, second) = (key(1), key(2));
        let (first, second) = tokio::join!(store.commit(first), store.commit(second));
        let won = match (&first, &second) {
            (Ok(()), Err(CommitError::Duplicate)) => 1,
            (Err(CommitError::Duplicate), Ok(())) => 2,
            outcome => panic!("round {round}: {outcome:?}"),
        };
        for number in [1, 2] {
            let loaded = store.load(&user(number), Some([round; 16]), at(i64::from(round))).await.unwrap();
            let id = LoginId(samples::id(&user(won), at(i64::from(round)), won));
            assert_eq!(loaded.earlier, Some(([won; 16], id)), "round {round}, asked by user {number}");
        }
        // Whoever lost has no login, and goes on with another key.
        let lost = 3 - won;
        store.commit(commit(&user(lost), u64::from(round), at(i64::from(round)), lost)).await.unwrap();
    }
    assert_eq!(stored(&store).await, 99, "a page of a hundred logins");
}

/// Has the first user's commit end between its two steps: the key is claimed, and the user's partition refuses to write.
async fn a_commit_that_ends_between_its_steps(server: &RedisServer, store: &Arc<dyn Store>) {
    let profile = keys::user(&user(1));
    server.command(&["LPUSH", &profile, "in the way"]);
    assert!(matches!(store.commit(with_key(1, 0)).await, Err(CommitError::Unavailable(_))));
    server.command(&["DEL", &profile]);
    let day = Day { number: number_of_day(at(DAY_MS)), spread: FIRST_SPREAD };
    let field = String::from_utf8(field(&[9; 16]).to_vec()).unwrap();
    assert!(server.command(&["HEXISTS", &claims(&[9; 16], day), &field]).contains(":1"), "the first step was done");
    assert_eq!(stored(store).await, 0);
}

#[tokio::test]
async fn a_key_that_is_claimed_with_the_profile_is_one_users() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    let load = async |number: u8, ms: i64| {
        let commit = with_key(number, ms);
        let login = &commit.logins[0];
        let named = login.idempotency.clone().unwrap();
        store.load_to_commit(&commit.user, login.record.id, &named, at(ms)).await.unwrap()
    };
    assert!(load(1, 0).await.claimed);
    let second = load(2, 0).await;
    assert_eq!((second.claimed, second.earlier.map(|(body, _)| body)), (false, Some(ANOTHER_BODY)));
    assert!(matches!(store.commit(with_key(2, 0)).await, Err(CommitError::Duplicate)));
    let again = load(1, 0).await;
    assert_eq!((again.claimed, again.earlier), (true, None), "a second try of the same");
    assert!(!load(1, 5).await.claimed, "a retry that was received later claims it with its commit");
    let claimed = |mut commit: Commit| {
        commit.logins[0].idempotency =
            commit.logins[0].idempotency.take().map(|it| Idempotency { is_claimed: true, ..it });
        commit
    };
    store.commit(claimed(with_key(1, 0))).await.unwrap();
    assert!(matches!(store.commit(claimed(with_key(1, 0))).await, Err(CommitError::Duplicate)));
    let first = Some(([1; 16], LoginId(samples::id(&user(1), at(0), 1))));
    assert_eq!((load(1, 6).await.earlier, load(2, 6).await.earlier), (first, first));
    assert_eq!(stored(&store).await, 1);
}

#[tokio::test]
async fn a_retry_after_a_crash_between_the_steps_is_stored() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    a_commit_that_ends_between_its_steps(&server, &store).await;
    assert_eq!(earlier(&store, 1, 5).await, None, "nothing is stored, so the retry is no repetition");
    // The retry is received later, and so has another id.
    store.commit(with_key(1, 5)).await.unwrap();
    let first = Some(([1; 16], LoginId(samples::id(&user(1), at(5), 1))));
    assert_eq!(earlier(&store, 1, 6).await, first);
    assert_eq!(earlier(&store, 2, 6).await, first, "what is stored, not what was claimed");
    assert!(matches!(store.commit(with_key(1, 6)).await, Err(CommitError::Duplicate)));
    assert!(matches!(store.commit(with_key(2, 6)).await, Err(CommitError::Duplicate)));
    assert_eq!(stored(&store).await, 1);
}

#[tokio::test]
async fn a_key_that_was_claimed_and_given_up_is_anothers_until_it_expires() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    a_commit_that_ends_between_its_steps(&server, &store).await;
    assert!(matches!(store.commit(with_key(2, 5)).await, Err(CommitError::Duplicate)));
    assert_eq!(earlier(&store, 2, 5).await.map(|(body, _)| body), Some(ANOTHER_BODY), "a request with another body");
    assert_eq!(earlier(&store, 2, DAY_MS).await, None);
    store.commit(with_key(2, DAY_MS)).await.unwrap();
    assert!(matches!(store.commit(with_key(1, DAY_MS)).await, Err(CommitError::Duplicate)));
    assert_eq!(stored(&store).await, 1);
}

#[tokio::test]
async fn a_claim_outlasts_the_record_behind_it() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    a_commit_that_ends_between_its_steps(&server, &store).await;
    store.commit(with_key(1, HOUR_MS)).await.unwrap();
    let refused = store.commit(with_key(2, DAY_MS + HOUR_MS - 1)).await;
    assert!(matches!(refused, Err(CommitError::Duplicate)), "{refused:?}");
    store.commit(with_key(2, DAY_MS + HOUR_MS)).await.unwrap();
}

/// A server of a Cluster refuses a script whose keys lie in several slots, also where it has all slots itself.
#[tokio::test]
async fn every_script_touches_one_slot() {
    let server = RedisServer::start(&["--cluster-enabled", "yes"]);
    assert!(server.command(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).contains("+OK"));
    while !server.command(&["CLUSTER", "INFO"]).contains("cluster_state:ok") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let store = opened(&server).await;
    let mut full = commit_with_alert(&user(1), 0, at(0), 1);
    full.logins[0].idempotency = Some(once(9, at(0)));
    full.events = vec![event(&user(1), at(0), 1)];
    store.commit(full).await.unwrap();
    assert!(matches!(store.commit(with_key(2, 0)).await, Err(CommitError::Duplicate)));
    let leased = store.lease(at(1), at(2), 9).await.unwrap().remove(0);
    let told = Some(event(&user(1), at(2), 2));
    let sent = Settlement::Sent;
    assert!(deliveries(&store).settle(&leased, at(1), sent, told).await.unwrap());
    let room = watchlight::domain::turns::Room::of(9);
    let waits = store.lease_events(at(3), at(4), &room).await.unwrap();
    assert_eq!(waits.len(), 2);
    let taken_up = watchlight::ports::EventSettlement::TakenUp(vec![samples::webhook(&acme(), 1).id], b"{}".to_vec());
    assert!(store.settle_event(&waits[0], at(3), taken_up).await.unwrap());
}
