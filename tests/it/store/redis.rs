//! What only the store in Redis promises: to notice every fault in time, and to need no restart after it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use watchlight::{
    adapters::store::{fault::OpenError, open::open},
    domain::{
        alert::delivery::Settlement,
        history::login_record::LoginIndex,
        ids::LoginId,
        time::{DAY_MS, HOUR_MS},
    },
    ports::{Commit, CommitError, Store, Unfit},
};

use crate::{
    store::{
        contract::harness::{cutoffs, kept},
        samples::{acme, api_key, at, commit, commit_with_alert, event, once, user, webhook},
    },
    support::{redis::RedisServer, services::deliveries, stores::open_at},
};

/// 250 ms for a command and 100 for everything else, and as much again because the machine runs other tests too.
const UNAVAILABLE_WITHIN: Duration = Duration::from_millis(700);

async fn opened(server: &RedisServer) -> Arc<dyn Store> {
    open_at(&server.url()).await
}

async fn refused(url: &str) -> OpenError {
    open(url, &kept()).await.err().expect("the store must not open")
}

/// Asserts that loading and committing both say so, in time.
async fn is_unavailable(store: &Arc<dyn Store>) {
    let began = Instant::now();
    assert!(store.load(&user(1), None, at(0)).await.is_err());
    assert!(began.elapsed() < UNAVAILABLE_WITHIN, "load took {:?}", began.elapsed());
    let began = Instant::now();
    let outcome = store.commit(commit(&user(9), 0, at(0), 9)).await;
    assert!(matches!(outcome, Err(CommitError::Unavailable(_))), "{outcome:?}");
    assert!(began.elapsed() < UNAVAILABLE_WITHIN, "commit took {:?}", began.elapsed());
}

/// Waits until the store works again, which it must do by itself.
async fn until_it_works(store: &Arc<dyn Store>) {
    let began = Instant::now();
    while let Err(fault) = store.probe().await {
        assert!(began.elapsed() < Duration::from_secs(5), "{fault}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_killed_server_is_noticed_and_found_again() {
    let mut server = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]);
    let store = opened(&server).await;
    store.commit(commit_with_alert(&user(1), 0, at(0), 1)).await.unwrap();
    server.kill();
    is_unavailable(&store).await;
    is_unavailable(&store).await;
    server.restart();
    until_it_works(&store).await;
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 1, "what was acknowledged");
    assert_eq!(store.next_due().await.unwrap(), Some(at(0)));
    store.commit(commit(&user(1), 1, at(1), 2)).await.unwrap();
}

#[tokio::test]
async fn a_server_that_stands_still_is_noticed() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    // A user whose salt is known.
    store.commit(Commit { profile: None, ..commit(&user(9), 0, at(1), 8) }).await.unwrap();
    server.signal("STOP");
    is_unavailable(&store).await;
    server.signal("CONT");
    until_it_works(&store).await;
    // The commit that timed out was carried out nevertheless: committing the same again says so.
    let again = store.commit(commit(&user(9), 0, at(0), 9)).await;
    assert!(matches!(again, Err(CommitError::Duplicate)), "{again:?}");
}

#[tokio::test]
async fn a_server_that_evicts_is_refused() {
    let server = RedisServer::start(&["--maxmemory-policy", "allkeys-lru"]);
    let fault = refused(&server.url()).await;
    assert!(matches!(&fault, OpenError::Evicting(policy) if policy == "allkeys-lru"), "{fault}");
    assert!(fault.to_string().contains("noeviction"), "{fault}");
}

/// Commits until the store refuses one with a word that is looked for, and then a few more, which must be refused too.
async fn until_it_refuses(store: &Arc<dyn Store>, word: &str) {
    let began = Instant::now();
    let mut refused = 0;
    while refused < 20 {
        let profile = store.load(&user(1), None, at(0)).await;
        let version = profile.map_or(0, |it| it.version);
        let time = at(i64::try_from(version).unwrap());
        match store.commit(commit(&user(1), version, time, 1)).await {
            Ok(()) => assert_eq!(refused, 0, "what was refused once is stored"),
            Err(CommitError::Unavailable(it)) if it.0.contains(word) => refused += 1,
            Err(fault) => assert_eq!(refused, 0, "{fault}"),
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it does not refuse");
    }
    let unfit = store.probe().await.unwrap_err();
    assert!(matches!(unfit, Unfit::Told(words) if words.contains("noeviction")), "{unfit}");
}

#[tokio::test]
async fn a_server_that_begins_to_evict_takes_nothing_until_it_ends() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    for policy in ["allkeys-lru", "volatile-ttl", "allkeys-random"] {
        server.command(&["CONFIG", "SET", "maxmemory-policy", policy]);
        until_it_refuses(&store, policy).await;
        assert!(store.put_api_key(api_key("a", at(0))).await.is_err());
        assert!(store.put_webhook(webhook(&acme(), 1)).await.is_err());
        store.api_key("a").await.expect("what is stored is read");
        server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
        until_it_works(&store).await;
        store.put_api_key(api_key("a", at(0))).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_comes_back_evicting_acknowledges_nothing() {
    let mut server = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]);
    let store = opened(&server).await;
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    server.kill();
    is_unavailable(&store).await;
    server.set("--maxmemory-policy", "allkeys-lru");
    server.restart();
    until_it_refuses(&store, "allkeys-lru").await;
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 1, "nothing was stored since");
    server.kill();
    server.set("--maxmemory-policy", "noeviction");
    server.restart();
    until_it_works(&store).await;
    store.commit(commit(&user(1), 1, at(1), 2)).await.unwrap();
}

#[tokio::test]
async fn a_server_that_forbids_config_is_asked_by_info_and_else_believed() {
    let mut server = RedisServer::start(&["--rename-command", "CONFIG", "", "--maxmemory-policy", "allkeys-lru"]);
    assert!(matches!(refused(&server.url()).await, OpenError::Evicting(policy) if policy == "allkeys-lru"));
    server.kill();
    server.set("--maxmemory-policy", "noeviction");
    server.restart();
    let store = opened(&server).await;
    server.kill();
    server.set("--maxmemory-policy", "volatile-lru");
    server.restart();
    until_it_refuses(&store, "volatile-lru").await;
    let silent =
        ["--rename-command", "CONFIG", "", "--rename-command", "INFO", "", "--maxmemory-policy", "allkeys-lru"];
    let server = RedisServer::start(&silent);
    opened(&server).await.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_named_and_never_shown() {
    let mut server = RedisServer::start(&["--requirepass", "right-canary"]);
    let store = opened(&server).await;
    store.probe().await.unwrap();
    for url in [server.url().replace("right-canary", "wrong-canary"), server.url().replace("?pass=right-canary", "")] {
        let fault = refused(&url).await.to_string();
        assert!(fault.contains("password"), "{fault}");
        assert!(!fault.contains("canary"), "{fault}");
    }
    for url in
        ["redis://:secret-canary@[:::", "postgres://u:secret-canary@h", "secret-canary", "redis://x:secret-canary@"]
    {
        let fault = refused(url).await;
        assert!(!format!("{fault} {fault:?}").contains("canary"), "{fault:?}");
    }
    for (password, works) in [("other-canary", false), ("right-canary", true)] {
        server.kill();
        server.change_password(password);
        server.restart();
        if works {
            until_it_works(&store).await;
        } else {
            is_unavailable(&store).await;
        }
    }
}

#[tokio::test]
async fn a_full_server_takes_nothing_and_reads_on() {
    let server = RedisServer::start(&["--maxmemory-policy", "noeviction"]);
    let store = opened(&server).await;
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    server.command(&["CONFIG", "SET", "maxmemory", "1mb"]);
    let outcome = store.commit(commit_with_alert(&user(1), 1, at(1), 2)).await;
    assert!(matches!(&outcome, Err(CommitError::Unavailable(it)) if it.0.contains("maxmemory")), "{outcome:?}");
    assert!(store.probe().await.is_err());
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 1);
    assert_eq!(store.next_due().await.unwrap(), None, "nothing is half done");
    server.command(&["CONFIG", "SET", "maxmemory", "0"]);
    store.commit(commit_with_alert(&user(1), 1, at(1), 2)).await.unwrap();
}

#[tokio::test]
async fn a_replica_is_not_written() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    server.command(&["REPLICAOF", "127.0.0.1", "1"]);
    let outcome = store.commit(commit(&user(1), 0, at(0), 1)).await;
    assert!(matches!(outcome, Err(CommitError::Unavailable(_))), "{outcome:?}");
    server.command(&["REPLICAOF", "NO", "ONE"]);
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
}

#[tokio::test]
async fn another_programs_server_is_refused_and_scripts_come_back() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    server.command(&["SCRIPT", "FLUSH"]);
    store.commit(commit(&user(1), 1, at(1), 2)).await.unwrap();
    server.command(&["SET", "wl:identity", "form 9, partitions 16"]);
    assert!(matches!(refused(&server.url()).await, OpenError::Foreign(_)));
    store.probe().await.unwrap();
}

/// An index is shortened when its life is renewed, twice a day: never by the clock, which may be ahead.
#[tokio::test]
async fn a_login_recorded_while_the_clock_is_ahead_takes_no_other_from_its_indexes() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    for version in 0..3_u8 {
        let time = at(i64::from(version) * HOUR_MS);
        store.commit(commit(&user(1), u64::from(version), time, version)).await.unwrap();
    }
    let all = || LoginId([0; 16])..LoginId([0xFF; 16]);
    let indexed = async |index| store.logins(&acme(), &index, all(), 9).await.unwrap().len();
    for (version, days) in [(3, 200), (4, 400)] {
        for key in server.command(&["KEYS", "wl:{*"]).lines().filter(|it| it.contains("time:") || it.contains("by-")) {
            server.command(&["PEXPIRE", key, "100000"]);
        }
        store.commit(commit(&user(1), version, at(days * DAY_MS), 0)).await.unwrap();
        assert_eq!(indexed(LoginIndex::Time).await, usize::try_from(version).unwrap() + 1);
        assert_eq!(indexed(LoginIndex::User(user(1))).await, usize::try_from(version).unwrap() + 1);
    }
    let entries = server.command(&["ZCARD", "wl:{p037}:time:acme"]);
    assert_eq!(entries.trim(), ":5");
    // What a trim has forgotten the index forgets, too, when the next login comes.
    while store.trim(&cutoffs(at(0), at(2 * HOUR_MS))).await.unwrap().more {}
    server.command(&["PEXPIRE", "wl:{p037}:time:acme", "100000"]);
    store.commit(commit(&user(1), 5, at(3 * HOUR_MS), 0)).await.unwrap();
    assert_eq!(server.command(&["ZCARD", "wl:{p037}:time:acme"]).trim(), ":4");
    // A Redis whose own clock is a year ahead has them all.
    for key in ["wl:{p037}:time:acme", "wl:{p037}:by-user:01010101010101010101010101010101"] {
        let life = server.command(&["PTTL", key]);
        let life_ms: i64 = life.trim().trim_start_matches(':').parse().unwrap();
        assert!(life_ms > (180 + 365) * DAY_MS, "{key} {life}");
    }
}

/// A script may post what happened before what a trim has passed. It is found until the next trim, whichever process uses its indexes
/// meanwhile, so that whoever is forgotten is forgotten whole.
#[tokio::test]
async fn what_comes_behind_a_trim_stays_in_its_indexes_until_the_next_one() {
    let server = RedisServer::start(&[]);
    let (store, other) = (opened(&server).await, opened(&server).await);
    let ana = user(1);
    let before_noon = |hour: i64| commit_with_alert(&ana, u64::try_from(hour).unwrap(), at(hour * HOUR_MS), 1);
    for hour in 0..3 {
        store.commit(before_noon(hour)).await.unwrap();
    }
    let trimmed = cutoffs(at(12 * HOUR_MS), at(12 * HOUR_MS));
    for leased in store.lease(at(DAY_MS), at(2 * DAY_MS), 9).await.unwrap() {
        assert!(deliveries(&store).settle(&leased, at(DAY_MS), Settlement::Sent, None).await.unwrap());
    }
    while store.trim(&trimmed).await.unwrap().more {}
    // The other process has trimmed nothing, and does not know that this is late.
    other.commit(before_noon(3)).await.unwrap();
    let kinds = ["time:", "by-", "alerts-of:"];
    for key in server.command(&["KEYS", "wl:{*"]).lines().filter(|it| kinds.iter().any(|kind| it.contains(kind))) {
        server.command(&["PEXPIRE", key, "100000"]);
    }
    store.commit(commit_with_alert(&ana, 4, at(13 * HOUR_MS), 1)).await.unwrap();
    let all = || LoginId([0; 16])..LoginId([0xFF; 16]);
    let print = before_noon(3).logins[0].record.fingerprint.short();
    for index in [LoginIndex::Time, LoginIndex::User(ana), LoginIndex::Fingerprint(print)] {
        let hours = async || {
            let logins = store.logins(&acme(), &index, all(), 9).await.unwrap();
            logins.iter().map(|it| it.occurred_at.ms_since(at(0)) / HOUR_MS).collect::<Vec<_>>()
        };
        assert_eq!(hours().await, [13, 3], "{index:?}");
    }
    assert_eq!(server.command(&["ZCARD", "wl:{p037}:by-user:01010101010101010101010101010101"]).trim(), ":2");
    assert_eq!(server.command(&["ZCARD", "wl:{p037}:alerts-of:01010101010101010101010101010101"]).trim(), ":2");
}

#[tokio::test]
async fn every_key_of_a_user_is_in_their_partition_and_everything_ends() {
    let server = RedisServer::start(&[]);
    let store = opened(&server).await;
    let mut commit = commit_with_alert(&user(1), 0, at(0), 1);
    commit.logins[0].idempotency = Some(once(9, at(0)));
    commit.events = vec![event(&user(1), at(0), 1)];
    store.commit(commit).await.unwrap();
    let keys = server.command(&["KEYS", "wl:{*"]);
    let keys: Vec<&str> = keys.lines().filter(|it| it.starts_with("wl:") && !it.contains("{tallies}")).collect();
    // How many sets the clues fall into hangs on their hashes.
    let (clues, others): (Vec<&str>, Vec<&str>) = keys.iter().partition(|it| it.contains("clues:"));
    assert_eq!((clues.is_empty(), others.len()), (false, 22), "{keys:?}");
    for key in keys {
        let tag = if key.contains("claims:") { "{p009}" } else { "{p037}" };
        assert!(key.contains(tag), "{key}");
        let ends = [
            "logins:",
            "time:",
            "by-user:",
            "by-prefix:",
            "by-print:",
            "once-of:",
            "claims:",
            "alerts-of:",
            "browsers-of:",
            "clues:",
        ];
        let life = server.command(&["PTTL", key]);
        assert_eq!(life.trim() != ":-1", ends.iter().any(|it| key.contains(it)), "{key} {life}");
    }
}
