//! Idempotency keys that lie together in Redis: how they are found at midnight, when they go, and beside an earlier version, which
//! knows only those that have a key of their own.

use std::sync::Arc;

use watchlight::{
    adapters::store::redis::server::once_keys::{
        ALWAYS_TOGETHER, FORM, SPREAD, number_of_day, single_claim, single_record,
    },
    domain::{
        history::login_record::LoginIndex,
        ids::LoginId,
        time::{DAY_MS, HOUR_MS, MINUTE_MS},
    },
    ports::{ANOTHER_BODY, Commit, CommitError, Idempotency, Store},
};

use crate::{
    store::{
        contract::erasures::forget,
        samples::{self, acme, at, commit, once, user},
    },
    support::{redis::RedisServer, stores::open_at},
};

/// A login of a user under a key, whose body is the user's, and which is this user's so manyeth.
fn with_key(number: u8, key: u8, version: u64, ms: i64) -> Commit {
    let mut commit = commit(&user(number), version, at(ms), key);
    commit.logins[0].idempotency = Some(Idempotency { body: [number; 16], ..once(key, at(ms)) });
    commit
}

/// The id of that login.
fn id_of(number: u8, key: u8, ms: i64) -> LoginId {
    LoginId(samples::id(&user(number), at(ms), key))
}

/// What is remembered under a key, as a user is told.
async fn earlier(store: &Arc<dyn Store>, number: u8, key: u8, ms: i64) -> Option<([u8; 16], LoginId)> {
    store.load(&user(number), Some([key; 16]), at(ms)).await.unwrap().earlier
}

fn is_duplicate(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Duplicate))
}

async fn stored(store: &Arc<dyn Store>) -> usize {
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    store.logins(&acme(), &LoginIndex::Time, everything, 500).await.unwrap().len()
}

/// How many milliseconds it is from the samples' time to the next midnight.
fn midnight() -> i64 {
    DAY_MS - at(0).unix_ms().rem_euclid(DAY_MS)
}

/// The names of keys of Redis, in order.
fn names(server: &RedisServer, pattern: &str) -> Vec<String> {
    let found = server.command(&["KEYS", pattern]);
    let mut found: Vec<String> = found.lines().filter(|it| it.starts_with("wl:")).map(str::to_owned).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn many_keys_of_a_day_are_one_key_of_redis_that_ends_with_the_day() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    // The first byte of a key names the partition of its claim, and the second a quarter of it.
    let key = |number: u8| [1, 4, number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for number in 0..100 {
        let mut commit = commit(&user(1), number.into(), at(number.into()), number);
        commit.logins[0].idempotency = Some(Idempotency { key: key(number), ..once(number, at(number.into())) });
        store.commit(commit).await.unwrap();
    }
    for kind in ["wl:*:once-of:*", "wl:*:claims:*"] {
        let found = names(&server, kind);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(server.command(&["HLEN", &found[0]]).trim(), ":100");
        assert!(server.command(&["OBJECT", "ENCODING", &found[0]]).contains("listpack"));
        let bytes: i64 = server.command(&["MEMORY", "USAGE", &found[0]]).trim()[1..].parse().unwrap();
        assert!(bytes < if kind.contains("once-of") { 6_500 } else { 3_000 }, "{kind}: {bytes}");
        let life: i64 = server.command(&["PTTL", &found[0]]).trim()[1..].parse().unwrap();
        // The day after ends, and an hour is left for clocks that differ.
        let end = midnight() + DAY_MS + HOUR_MS;
        assert!((end - MINUTE_MS..=end).contains(&life), "{kind}: {life} of {end}");
    }
    assert!(names(&server, "wl:*:once:*").is_empty() && names(&server, "wl:*:claim:*").is_empty());
    for number in 0..100 {
        let found = store.load(&user(1), Some(key(number)), at(200)).await.unwrap().earlier;
        assert_eq!(found.map(|it| it.1), Some(id_of(1, number, number.into())));
    }
}

#[tokio::test]
async fn keys_are_spread_as_those_of_the_last_whole_day_needed() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    store.commit(with_key(1, 9, 0, 0)).await.unwrap();
    let day = number_of_day(at(DAY_MS));
    let spread = |number: i64| server.command(&["HGET", SPREAD, &number.to_string()]);
    assert!([day - 1, day, day + 1].map(spread).iter().all(|it| it.contains('2')) && spread(day + 2).contains("-1"));
    // As sixty thousand keys leave it.
    let fill = "for p = 0, 255 do for n = 1, 60 do
        redis.call('HSET', string.format('wl:{p%03d}:claims:00:%s', p, ARGV[1]), string.format('%08d', n), '.....') end end";
    server.command(&["EVAL", fill, "0", &day.to_string()]);
    store.commit(with_key(1, 8, 1, DAY_MS)).await.unwrap();
    let first_of = |key: u8, number| id_of(1, key, number);
    // Another process, which asks first.
    let other = open_at(&server.url()).await;
    assert!(is_duplicate(&other.commit(with_key(1, 8, 2, DAY_MS + 1)).await));
    assert_eq!(earlier(&other, 1, 9, DAY_MS - 1).await, Some(([1; 16], first_of(9, 0))));
    assert!(spread(day + 2).contains("\r\n4\r\n"), "{}", spread(day + 2));
    other.commit(with_key(1, 0x1F, 2, 2 * DAY_MS)).await.unwrap();
    let found = names(&server, "wl:*:once-of:*");
    assert!(found.iter().any(|it| it.contains(&format!("once-of:0f:{}", day + 2))), "{found:?}");
    for (key, first_ms) in [(8, DAY_MS), (0x1F, 2 * DAY_MS)] {
        for store in [&store, &other] {
            let now = 2 * DAY_MS + 5 - i64::from(key == 8) * 6;
            assert_eq!(earlier(store, 2, key, now).await, Some(([1; 16], first_of(key, first_ms))));
            assert!(is_duplicate(&store.commit(with_key(1, key, 3, now)).await));
            assert!(is_duplicate(&store.commit(with_key(2, key, 0, now)).await));
        }
    }
}

#[tokio::test]
async fn a_key_is_one_login_at_midnight_and_free_a_day_after() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    let midnight = midnight();
    store.commit(with_key(1, 9, 0, midnight - 1)).await.unwrap();
    for ms in [midnight, midnight + HOUR_MS, midnight + DAY_MS - 2] {
        assert!(is_duplicate(&store.commit(with_key(1, 9, 1, ms)).await), "{ms}");
        assert!(is_duplicate(&store.commit(with_key(2, 9, 0, ms)).await), "another user's, {ms}");
        let first = Some(([1; 16], id_of(1, 9, midnight - 1)));
        assert_eq!((earlier(&store, 1, 9, ms).await, earlier(&store, 2, 9, ms).await), (first, first));
    }
    // Of clocks that differ, one says that it is yesterday.
    assert!(is_duplicate(&store.commit(with_key(1, 9, 1, midnight - MINUTE_MS)).await));
    store.commit(with_key(3, 8, 0, midnight)).await.unwrap();
    for number in [3, 4] {
        assert!(is_duplicate(&store.commit(with_key(number, 8, u64::from(number == 3), midnight - MINUTE_MS)).await));
    }
    let free = midnight + DAY_MS - 1;
    assert_eq!(earlier(&store, 1, 9, free).await, None);
    store.commit(with_key(2, 9, 0, free)).await.unwrap();
    assert!(is_duplicate(&store.commit(with_key(1, 9, 1, free)).await));
    assert_eq!(stored(&store).await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_users_with_one_key_on_two_days_one_is_stored() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    let midnight = midnight();
    let mut versions = [0; 3];
    for key in 0..60_u8 {
        // One came just before midnight and one just after it, or their clocks differ.
        let times = if key % 2 == 0 { [midnight - 1, midnight] } else { [midnight, midnight - 1] };
        let (first, second) = (with_key(1, key, versions[1], times[0]), with_key(2, key, versions[2], times[1]));
        let (first, second) = tokio::join!(store.commit(first), store.commit(second));
        let won: Vec<u8> =
            [(1, &first), (2, &second)].into_iter().filter(|(_, it)| it.is_ok()).map(|it| it.0).collect();
        assert!(won.len() <= 1, "{key}: {first:?} {second:?}");
        // Each may have seen the other and given way. Who comes again then is stored.
        for number in won {
            versions[usize::from(number)] += 1;
        }
        let again = [store.commit(with_key(1, key, versions[1], midnight + 1)).await];
        if again[0].is_ok() {
            versions[1] += 1;
        }
    }
    assert_eq!(stored(&store).await, 60, "each key is one login");
    assert_eq!(versions[1] + versions[2], 60);
}

/// A store in which an earlier version has remembered keys, and in which this one writes them together from then on.
async fn opened_beside_an_earlier_version(server: &RedisServer, together_from_ms: i64) -> Arc<dyn Store> {
    // Opened for the first time it is a store of this version.
    drop(open_at(&server.url()).await);
    server.command(&["SET", FORM, &at(together_from_ms).unix_ms().to_string()]);
    open_at(&server.url()).await
}

#[tokio::test]
async fn what_is_remembered_in_the_first_day_is_read_by_an_earlier_version_and_found_later() {
    let server = RedisServer::start(&[]);
    drop(open_at(&server.url()).await);
    server.command(&["DEL", FORM]);
    let store = open_at(&server.url()).await;
    store.commit(with_key(1, 9, 0, 0)).await.unwrap();
    assert!(server.command(&["GET", FORM]).contains(&at(DAY_MS).unix_ms().to_string()), "a day from the first key on");
    assert!(names(&server, "wl:*:once-of:*").is_empty() && names(&server, "wl:*:claims:*").is_empty());
    let expected = [vec![1; 16], id_of(1, 9, 0).0.to_vec(), at(DAY_MS).unix_ms().to_string().into_bytes()].concat();
    let script = "return (string.gsub(redis.call('GET', KEYS[1]), '.', function(it) return string.format('%02x', it:byte()) end))";
    for key in [single_record(user(1).partition, &[9; 16]), single_claim(&[9; 16])] {
        let found = server.command(&["EVAL", script, "1", &key]);
        assert!(found.contains(&data_encoding::HEXLOWER.encode(&expected)), "{key}: {found}");
        let life: i64 = server.command(&["PTTL", &key]).trim()[1..].parse().unwrap();
        assert!((DAY_MS - MINUTE_MS..=DAY_MS).contains(&life), "{life}");
    }
    store.commit(with_key(1, 7, 1, DAY_MS - HOUR_MS)).await.unwrap();
    assert_eq!(names(&server, "wl:*:once:*").len(), 2);
    // A day later keys go together, and what has one of its own is found until it expires.
    for (key, ms, first_ms) in
        [(9, DAY_MS - 1, 0), (7, DAY_MS, DAY_MS - HOUR_MS), (7, 2 * DAY_MS - HOUR_MS - 1, DAY_MS - HOUR_MS)]
    {
        let first = Some(([1; 16], id_of(1, key, first_ms)));
        assert_eq!((earlier(&store, 1, key, ms).await, earlier(&store, 2, key, ms).await), (first, first));
        assert!(is_duplicate(&store.commit(with_key(1, key, 2, ms)).await));
        assert!(is_duplicate(&store.commit(with_key(2, key, 0, ms)).await));
    }
    store.commit(with_key(2, 9, 0, DAY_MS)).await.unwrap();
    assert_eq!((names(&server, "wl:*:once-of:*").len(), names(&server, "wl:*:claims:*").len()), (1, 1));
    assert!(is_duplicate(&store.commit(with_key(1, 9, 2, DAY_MS + 1)).await));
    assert_eq!(stored(&store).await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_whose_clocks_differ_when_the_form_changes_one_stores_a_key() {
    let server = RedisServer::start(&[]);
    let ahead = opened_beside_an_earlier_version(&server, 0).await;
    let behind = open_at(&server.url()).await;
    let mut versions = [0; 3];
    for key in 0..60_u8 {
        let (first, second) = (with_key(1, key, versions[1], 1), with_key(2, key, versions[2], -1));
        let (first, second) = tokio::join!(ahead.commit(first), behind.commit(second));
        assert!(first.is_err() || second.is_err(), "{key}: both are stored");
        versions[1] += u64::from(first.is_ok());
        versions[2] += u64::from(second.is_ok());
        versions[1] += u64::from(ahead.commit(with_key(1, key, versions[1], 2)).await.is_ok());
        for store in [&ahead, &behind] {
            let found = [earlier(store, 1, key, 2).await, earlier(store, 2, key, -2).await];
            assert!(found[0].is_some() && found[0] == found[1], "{key}: {found:?}");
        }
    }
    assert_eq!(stored(&ahead).await, 60);
    // One user's retry that comes to the other process.
    let form = |together| if together { ahead.clone() } else { behind.clone() };
    for (key, together) in [(100, true), (101, false)] {
        let (ms, later) = if together { (1, -1) } else { (-1, 1) };
        form(together).commit(with_key(5, key, u64::from(key == 101), ms)).await.unwrap();
        assert!(is_duplicate(&form(!together).commit(with_key(5, key, 9, later)).await), "{key}");
    }
}

#[tokio::test]
async fn the_key_of_a_user_who_was_forgotten_is_free_in_either_form() {
    for together_from_ms in [-2 * DAY_MS, DAY_MS] {
        let server = RedisServer::start(&[]);
        let store = opened_beside_an_earlier_version(&server, together_from_ms).await;
        store.commit(with_key(1, 9, 0, 0)).await.unwrap();
        assert!(earlier(&store, 1, 9, 1).await.is_some());
        forget(&store, user(1), 2).await;
        assert_eq!(earlier(&store, 1, 9, 3).await, None);
        store.commit(with_key(1, 9, 0, 4)).await.unwrap();
        assert_eq!(earlier(&store, 1, 9, 5).await, Some(([1; 16], id_of(1, 9, 4))));
        assert_eq!(earlier(&store, 2, 9, DAY_MS + 3).await, Some(([1; 16], id_of(1, 9, 4))), "the claim lasts as long");
    }
}

#[tokio::test]
async fn a_record_is_found_whose_claim_was_lost() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    let midnight = midnight();
    for (key, version, first_ms) in [(9, 0, 0), (8, 1, midnight - 1)] {
        store.commit(with_key(1, key, version, first_ms)).await.unwrap();
        // As a Cluster loses it whose servers fail one by one.
        for claims in names(&server, "wl:*:claims:*") {
            server.command(&["DEL", &claims]);
        }
        let mut again = with_key(1, key, version + 1, first_ms + 1);
        let login = again.logins[0].record.id;
        let named = again.logins[0].idempotency.clone().unwrap();
        let loaded = store.load_to_commit(&user(1), login, &named, at(first_ms + 1)).await.unwrap();
        assert_eq!((loaded.claimed, loaded.earlier), (true, None));
        again.logins[0].idempotency = Some(Idempotency { is_claimed: true, ..named });
        assert!(is_duplicate(&store.commit(again).await), "{key}");
    }
    assert_eq!(stored(&store).await, 2);
}

#[tokio::test]
async fn of_another_user_whose_login_is_not_stored_only_that_is_told() {
    let server = RedisServer::start(&[]);
    for (number, together_from_ms) in [(0_u8, ALWAYS_TOGETHER - at(0).unix_ms()), (1, DAY_MS)] {
        let store = opened_beside_an_earlier_version(&server, together_from_ms).await;
        let (key, first) = (20 + number, with_key(1, 20 + number, 0, 0));
        let named = first.logins[0].idempotency.clone().unwrap();
        assert!(store.load_to_commit(&user(1), first.logins[0].record.id, &named, at(0)).await.unwrap().claimed);
        assert_eq!(earlier(&store, 2, key, 1).await, Some((ANOTHER_BODY, LoginId([0; 16]))));
        assert!(is_duplicate(&store.commit(with_key(2, key, 0, 1)).await));
        assert_eq!(earlier(&store, 1, key, 1).await, None, "its own user may come again");
    }
}
