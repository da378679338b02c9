//! What is left in a backend of a tenant that was removed: nothing, down to the last row and key.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::{
    store::tenant_samples::{fill, remove, tenant},
    support::{redis::RedisServer, stores::open_at},
};

/// How many rows each table has, in the database and in the file of salts.
fn rows(file: &Connection) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for schema in ["main", "salts"] {
        let mut select =
            file.prepare(&format!("SELECT name FROM {schema}.sqlite_schema WHERE type = 'table'")).unwrap();
        let tables: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for table in tables {
            let count = format!("SELECT count(*) FROM {schema}.{table}");
            counts.insert(format!("{schema}.{table}"), file.query_row(&count, [], |row| row.get(0)).unwrap());
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_is_left_of_a_tenant_that_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = open_at(&format!("sqlite:{}", path.display())).await;
    let file = Connection::open(&path).unwrap();
    file.execute("ATTACH ? AS salts", [format!("{}.salts", path.display())]).unwrap();
    fill(&store, &tenant("other"), 5).await;
    let before = rows(&file);
    fill(&store, &tenant("acme"), 1).await;
    let between = rows(&file);
    // Idempotency keys and counters are not a tenant's; nothing is being forgotten, and nobody was.
    let touched = between.iter().filter(|(table, count)| before[*table] != **count).count();
    assert!(touched >= 16, "{between:?}");
    remove(&store, &tenant("acme"), 7).await.unwrap();
    store.remove_api_key("acme").await.unwrap();
    let mut after = rows(&file);
    assert_eq!(after.insert("main.removal".to_owned(), 0), Some(1));
    // A slot stays when its salt is destroyed.
    let salts: u32 =
        file.query_row("SELECT count(*) FROM salts.slot WHERE salt <> zeroblob(16)", [], |row| row.get(0)).unwrap();
    assert!(after.insert("salts.slot".to_owned(), salts).unwrap() > salts);
    assert_eq!(after, before);
}

/// Every key.
fn names(server: &RedisServer) -> BTreeSet<String> {
    server.command(&["KEYS", "*"]).lines().filter(|it| it.starts_with("wl:")).map(str::to_owned).collect()
}

/// How many members the sets that all tenants share have.
fn shared(server: &RedisServer) -> String {
    let script = "local counts = {} for p = 0, 255 do
        for _, set in ipairs({'log', 'alerts', 'outbox', 'events', 'notes', 'browsers', 'request-steps', 'request-answers'}) do
            counts[#counts + 1] = redis.call('ZCARD', string.format('wl:{p%03d}:', p) .. set) end
        counts[#counts + 1] = redis.call('XLEN', string.format('wl:{p%03d}:commits', p))
        counts[#counts + 1] = redis.call('XLEN', string.format('wl:{p%03d}:uncounted', p))
        counts[#counts + 1] = redis.call('HLEN', string.format('wl:{p%03d}:salts', p)) end
        return table.concat(counts, ' ')";
    server.command(&["EVAL", script, "0"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_is_left_of_a_tenant_that_was_removed() {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    fill(&store, &tenant("other"), 5).await;
    assert!(store.is_counted().await.unwrap(), "what was noted is counted");
    let (before, members) = (names(&server), shared(&server));
    fill(&store, &tenant("acme"), 1).await;
    assert!(names(&server).len() >= 2 * before.len() - 12);
    // What an earlier version kept is in no set of versions.
    server.command(&["SREM", "wl:policies:acme", "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}"]);
    remove(&store, &tenant("acme"), 7).await.unwrap();
    store.remove_api_key("acme").await.unwrap();
    let mut after = names(&server);
    assert!(after.remove("wl:{tenants}:removals"));
    // What waits to be counted keeps its place when nothing waits.
    after.retain(|it| before.contains(it) || !it.ends_with(":uncounted"));
    assert_eq!(after, before);
    assert_eq!(shared(&server), members);
}
