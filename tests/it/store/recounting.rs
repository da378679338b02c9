//! Stores of an earlier version are counted by a recount, and nothing is counted twice or lost on the way.

use std::{path::Path, sync::Arc};

use futures_util::future::join_all;
use rusqlite::Connection;
use watchlight::{
    adapters::store::sqlite::store::{Sqlite, SqliteStore},
    domain::{
        history::retention_days::RetentionDays,
        ids::{LoginId, Partitions},
    },
    ports::Store,
};

use crate::{
    store::{
        contract::tallies::{are_right, fill, login_of, recount},
        samples::{acme, at, user},
    },
    support::{
        redis::RedisServer,
        stores::{open_at, root},
    },
};

fn opened(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::over(Sqlite::open(path).unwrap(), root(), &RetentionDays::default()))
}

/// How many logins are listed of which nothing stands in the clear.
async fn unknown(store: &Arc<dyn Store>) -> usize {
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let page = store.clear_logins(&acme(), everything, &Partitions::ALL, 1_000).await.unwrap();
    page.logins.iter().filter(|it| it.facets.is_none()).count()
}

async fn is_counted_by_a_recount(store: &Arc<dyn Store>) {
    assert!(!store.is_counted().await.unwrap());
    assert_eq!(unknown(store).await, 100);
    // One that is cut off says nothing.
    let first = store.recount_next(None).await.unwrap();
    store.recount_next(first.next.as_ref()).await.unwrap();
    assert!(!store.is_counted().await.unwrap());
    recount(store, async |_| {}).await;
    assert_eq!(unknown(store).await, 0);
    are_right(store).await;
    store.commit(login_of(&user(150), 0, at(7), 150)).await.unwrap();
    are_right(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_an_earlier_version_is_counted_by_a_recount() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = opened(&path);
    fill(&store).await;
    store.close().await;
    drop(store);
    let as_it_was =
        "UPDATE login_by_time SET facets = NULL; DELETE FROM tally; DELETE FROM upkeep WHERE name = 'counted'";
    Connection::open(&path).unwrap().execute_batch(as_it_was).unwrap();
    is_counted_by_a_recount(&opened(&path)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_an_earlier_version_is_counted_by_a_recount() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    fill(&store).await;
    let as_it_was = "for p = 0, 255 do
        local time = string.format('wl:{p%03d}:time:acme', p)
        for _, entry in ipairs(redis.call('ZRANGE', time, 0, -1)) do
            redis.call('ZREM', time, entry) redis.call('ZADD', time, 0, string.sub(entry, 1, 16)) end
        redis.call('DEL', string.format('wl:{p%03d}:uncounted', p)) end
        for _, key in ipairs(redis.call('KEYS', 'wl:{tallies}*')) do redis.call('DEL', key) end";
    server.command(&["EVAL", as_it_was, "0"]);
    is_counted_by_a_recount(&store).await;
}

/// As if whoever counts had been killed before it forgot what it has counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_counted_and_still_noted_is_not_counted_again() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    fill(&store).await;
    let each =
        |what: &str| format!("for p = 0, 255 do local key = string.format('wl:{{p%03d}}:uncounted', p) {what} end");
    server.command(&["EVAL", &each("redis.call('COPY', key, key .. '-copy')"), "0"]);
    are_right(&store).await;
    server.command(&["EVAL", &each("redis.call('COPY', key .. '-copy', key, 'REPLACE')"), "0"]);
    are_right(&store).await;
    store.commit(login_of(&user(150), 0, at(7), 150)).await.unwrap();
    are_right(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_count_each_login_once() {
    let server = RedisServer::start(&[]);
    let stores = [open_at(&server.url()).await, open_at(&server.url()).await, open_at(&server.url()).await];
    let work = stores.iter().zip(0_u8..).map(|(store, process)| async move {
        for number in 0..40_u8 {
            let whose = user(process * 50 + number);
            store.commit(login_of(&whose, 0, at(i64::from(number)), number)).await.unwrap();
            assert!(store.is_counted().await.unwrap());
        }
    });
    join_all(work).await;
    are_right(&stores[0]).await;
}
