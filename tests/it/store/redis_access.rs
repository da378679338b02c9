//! How Redis is reached: passwords, what replicas confirm, what a server tells of itself, and what is refused.

use std::{num::NonZeroU32, sync::Arc};

use watchlight::{
    adapters::store::{
        fault::OpenError,
        open::open_with,
        redis::access::{Access, Durability},
    },
    domain::{history::login_record::LoginIndex, ids::LoginId},
    ports::{CommitError, Store, Unfit},
};

use crate::{
    store::{
        contract::harness::kept,
        samples::{acme, at, commit, once, user},
    },
    support::{
        ports::Port,
        redis::RedisServer,
        redis_topologies::{Passwords, RedisSentinels},
        stores::{open_at, root},
        waiting::wait_for,
    },
};

async fn open(url: &str, access: &Access) -> Result<Arc<dyn Store>, OpenError> {
    Ok(open_with(url, &kept(), access).await?.unlock(root()))
}

fn confirmed(replicas: u32) -> Access {
    Access { durability: Durability::Replicas(NonZeroU32::new(replicas).unwrap()), ..Access::default() }
}

#[tokio::test]
async fn a_password_of_a_file_lets_in_and_its_user_needs_no_more_than_is_said() {
    let port = Port::claim();
    let listens = port.to_string();
    // The permissions that docs/operations.md names.
    let user = ["--user", "app", "on", ">secret", "~wl:*", "+@all", "-@dangerous", "+info", "+config|get", "+dbsize"];
    let server = RedisServer::start(&[&["--port", &listens, "--bind", "127.0.0.1"], &user[..]].concat());
    let url = format!("redis://app@127.0.0.1:{port}");
    let access = Access { password: Some("secret".into()), ..Access::default() };
    let store = open(&url, &access).await.unwrap();
    store.commit(commit(&crate::store::samples::user(1), 0, at(0), 1)).await.unwrap();
    assert!(store.probe().await.unwrap().contains("no append-only file"));
    let wrong = Access { password: Some("guess".into()), ..Access::default() };
    let refused = open(&url, &wrong).await.err().unwrap().to_string();
    assert!(refused.contains("password") && !refused.contains("guess"), "{refused}");
    drop(server);
}

#[tokio::test]
async fn sentinels_ask_for_another_password_than_their_master() {
    let passwords = Passwords { servers: "kept", sentinels: "guarded", watch: "watched" };
    let mut redis = RedisSentinels::start_locked(passwords);
    let (url, plain) = (redis.url().replace("://", "://:kept@"), Access::default());
    let filed = |password: &str| Access { sentinel_password: Some(password.into()), ..Access::default() };
    for (query, access) in [
        ("?sentinel_password=guarded", &plain),
        ("?sentinel_username=watch&sentinel_password=watched", &plain),
        ("?sentinel_username=watch", &filed("watched")),
    ] {
        let opened = open(&format!("{url}{query}"), access).await;
        assert!(opened.is_ok(), "{query}: {:?}", opened.err());
    }
    for (url, access, whose) in [
        (&url, &plain, "the Sentinels refuse"),
        (&url, &filed("guess"), "the Sentinels refuse"),
        (&redis.url(), &filed("guarded"), "Redis refuses"),
        (&redis.url().replace("://", "://:guess@"), &filed("guarded"), "Redis refuses"),
    ] {
        let refused = open(url, access).await.err().unwrap().to_string();
        assert!(refused.contains(whose) && !refused.contains("guess"), "{refused}");
    }
    // They are asked again after a failover.
    let store = open(&url, &filed("guarded")).await.unwrap();
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    redis.servers[0].kill();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while store.load(&user(1), None, at(0)).await.is_err() {
        assert!(std::time::Instant::now() < deadline, "the new master is not found");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_tells_how_it_keeps_what_it_is_given() {
    for (fsync, told) in [("always", "before it acknowledges"), ("everysec", "up to a second"), ("no", "half a minute")]
    {
        let server = RedisServer::start(&["--appendonly", "yes", "--appendfsync", fsync]);
        let kept = open_at(&server.url()).await.probe().await.unwrap();
        assert!(kept.contains(told), "{fsync}: {kept}");
    }
}

#[tokio::test]
async fn without_a_replica_nothing_is_acknowledged_until_it_has_it() {
    let port = Port::claim();
    let listens = port.to_string();
    let master = RedisServer::start(&["--port", &listens, "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"]);
    let mut replica = RedisServer::start(&["--replicaof", "127.0.0.1", &listens]);
    wait_for("the replica is up to date", || {
        replica.command(&["INFO", "replication"]).contains("master_link_status:up").then_some(())
    });
    let store = open(&master.url(), &confirmed(1)).await.unwrap();
    let mut stored = commit(&user(1), 0, at(0), 1);
    stored.logins[0].idempotency = Some(once(2, at(0)));
    let key = stored.logins[0].idempotency.as_ref().unwrap().key;
    store.commit(stored).await.unwrap();
    replica.kill();
    let refused = store.commit(commit(&user(1), 1, at(1), 2)).await;
    assert!(matches!(&refused, Err(CommitError::Unavailable(_))), "{refused:?}");
    // Nor is what is stored acknowledged again: nobody can tell whether it was confirmed.
    let again = store.load(&user(1), Some(key), at(2)).await;
    assert!(again.is_err(), "{again:?}");
    // What only reads needs nobody's word, be it by a script.
    let all = LoginId::first_at(at(0))..LoginId::first_at(at(9));
    let listed = store.logins(&acme(), &LoginIndex::Time, all, 9).await;
    assert!(listed.as_ref().is_ok_and(|it| !it.is_empty()), "{listed:?}");
    replica.restart();
    wait_for("the replica is up to date", || {
        replica.command(&["INFO", "replication"]).contains("master_link_status:up").then_some(())
    });
    assert!(store.load(&user(1), Some(key), at(2)).await.unwrap().earlier.is_some(), "what was stored then");
}

#[tokio::test]
async fn after_a_silence_a_read_waits_for_less() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    server.signal("STOP");
    let told = |it: Result<Option<_>, _>| it.err().map(|it: watchlight::ports::Unavailable| it.0).unwrap_or_default();
    let (first, second) = (told(store.api_key("none").await), told(store.api_key("none").await));
    assert!(first.contains("within 250 ms") && second.contains("within 100 ms"), "{first}; {second}");
    server.signal("CONT");
    wait_for_answer(&*store).await;
    server.signal("STOP");
    let again = told(store.api_key("none").await);
    assert!(again.contains("within 250 ms"), "it was answered in between: {again}");
    server.signal("CONT");
}

async fn wait_for_answer(store: &dyn Store) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while store.api_key("none").await.is_err() {
        assert!(std::time::Instant::now() < deadline, "nothing is answered");
    }
}

#[tokio::test]
async fn a_replica_is_no_store() {
    let port = Port::claim();
    let listens = port.to_string();
    let master = RedisServer::start(&["--port", &listens, "--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"]);
    let replica = RedisServer::start(&["--replicaof", "127.0.0.1", &listens]);
    let refused = open(&replica.url(), &Access::default()).await.err().unwrap().to_string();
    assert!(refused.contains("replica"), "{refused}");
    drop(master);
}

#[tokio::test]
async fn a_server_that_takes_a_probe_and_no_logins_is_not_ready() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    store.probe().await.unwrap();
    server.command(&["ACL", "SETUSER", "default", "-evalsha"]);
    for number in 2..6 {
        let refused = store.commit(commit(&user(number), 0, at(0), number)).await;
        assert!(
            matches!(&refused, Err(CommitError::Unavailable(it)) if it.0.contains("lacks a permission")),
            "{refused:?}"
        );
    }
    let Err(Unfit::Told(told)) = store.probe().await else { panic!("four of five were refused") };
    assert!(told.contains("most of the latest logins"), "{told}");
    server.command(&["ACL", "SETUSER", "default", "+evalsha"]);
    for number in 2..7 {
        store.commit(commit(&user(number), 0, at(0), number)).await.unwrap();
    }
    store.probe().await.unwrap();
}
