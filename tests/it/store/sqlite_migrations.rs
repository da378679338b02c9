//! Databases of every earlier kind are opened, and get the tables of today.

use std::path::Path;

use rusqlite::Connection;
use watchlight::{
    adapters::store::{
        record,
        sqlite::{
            engine::migrations::MIGRATIONS,
            store::{Sqlite, SqliteStore},
        },
    },
    domain::{
        history::{login_record::LoginIndex, retention_days::RetentionDays},
        ids::{AlertId, LoginId, PrefixKey},
        policy::{change::PolicyChange, policy::PolicyVersion},
        turns::Room,
    },
    ports::{Commit, Count, SessionChange, Store},
};

use crate::{
    store::samples::{
        self, acme, api_key, at, commit, commit_with_alert, event, profile, session, trim_memory, user, webhook,
    },
    support::stores::root,
};

/// The statements by which every table was made before changes had numbers, each kind of file having those up to some part.
const VERSION_1: &str = include_str!("../../data/sqlite/version-1.sql");

/// What makes each kind of file of version 1, the first kind first.
fn kinds_of_version_1() -> Vec<String> {
    let starts: Vec<usize> = VERSION_1.match_indices("-- ").map(|(start, _)| start).collect();
    let ends = starts[1..].iter().copied().chain([VERSION_1.len()]);
    ends.map(|end| VERSION_1[..end].to_owned()).collect()
}

/// A database that has these tables, with what a store of today puts in them.
async fn file_with(path: &Path, tables: &str, version: usize) {
    let now = path.with_file_name("now.db");
    if !now.exists() {
        let store: Box<dyn Store> =
            Box::new(SqliteStore::over(Sqlite::open(&now).unwrap(), root(), &RetentionDays::default()));
        let first = commit_with_alert(&user(1), 0, at(0), 1);
        store.commit(Commit { events: vec![event(&user(1), at(0), 1)], ..first }).await.unwrap();
        store.put_api_key(api_key("a", at(0))).await.unwrap();
        store.put_webhook(webhook(&acme(), 1)).await.unwrap();
        store.close().await;
        as_it_was_before_sealing(&now);
    }
    let file = Connection::open(path).unwrap();
    file.execute_batch(tables).unwrap();
    file.execute("INSERT OR IGNORE INTO identity VALUES ('partitions', '256')", []).unwrap();
    file.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
    file.execute("ATTACH ? AS now", [now.to_str().unwrap()]).unwrap();
    for table in names(&file, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name <> 'identity'") {
        let columns = names(&file, &format!("SELECT name FROM main.pragma_table_info('{table}')")).join(", ");
        file.execute(&format!("INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM now.{table}"), [])
            .unwrap();
    }
}

/// Puts plain records in the place of sealed ones, and the event in the form of then.
fn as_it_was_before_sealing(path: &Path) {
    let stored = commit_with_alert(&user(1), 0, at(0), 1);
    let login = &stored.logins[0];
    let (alert, delivery) = login.alert.as_ref().unwrap();
    let file = Connection::open(path).unwrap();
    let set = |statement: &str, record: &[u8]| assert_eq!(file.execute(statement, [record]).unwrap(), 1, "{statement}");
    set("UPDATE profile SET record = ?", &record::user::profile::encode(stored.profile.as_ref().unwrap()));
    set("UPDATE login SET record = ?", &record::login::encode(&login.record));
    set("UPDATE alert SET record = ?", &record::alert::encode(alert));
    set("UPDATE alert SET recipient = CAST(? AS TEXT)", delivery.recipient.as_ref().unwrap().as_bytes());
    set("UPDATE event SET record = ?", &event_of_form_1());
    file.execute("DELETE FROM upkeep WHERE name = 'counted'", []).unwrap();
}

fn event_of_form_1() -> Vec<u8> {
    let digits: String = include_str!("golden/event-1.hex").split_whitespace().collect();
    data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap()
}

fn names(file: &Connection, query: &str) -> Vec<String> {
    let mut select = file.prepare(query).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Tables with their columns, and indexes.
fn tables_of(path: &Path) -> Vec<String> {
    let file = Connection::open(path).unwrap();
    let mut found = names(&file, "SELECT coalesce(sql, name) FROM sqlite_schema WHERE type <> 'table'");
    for table in names(&file, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
        let columns =
            "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || coalesce(dflt_value, '') || ' ' || pk";
        let columns = names(&file, &format!("{columns} FROM pragma_table_info('{table}')")).join(", ");
        found.push(format!("{table}: {columns}"));
    }
    let mut found: Vec<String> = found.into_iter().map(|it| it.replace("IF NOT EXISTS ", "")).collect();
    found.sort();
    found
}

async fn ids(store: &dyn Store, index: &LoginIndex) -> Vec<LoginId> {
    let all = LoginId([0; 16])..LoginId([0xFF; 16]);
    store.logins(&acme(), index, all, 9).await.unwrap().iter().map(|it| it.id).collect()
}

/// Opens the file, and sees that what was in it is there, and that whatever came later works.
async fn is_a_store_of_today(path: &Path, kind: &str) {
    let has = |table: &str| !tables_of(path).iter().all(|it| !it.starts_with(&format!("{table}:")));
    let (has_events, has_alerts_of_users) = (has("event"), has("alert_of_user"));
    let store: Box<dyn Store> =
        Box::new(SqliteStore::over(Sqlite::open(path).unwrap(), root(), &RetentionDays::default()));
    let loaded = store.load(&user(1), None, at(1)).await.unwrap();
    assert_eq!((loaded.version, loaded.profile.devices), (1, profile().devices), "{kind}");
    let id = samples::id(&user(1), at(0), 1);
    assert!(store.login(&acme(), LoginId(id)).await.unwrap().is_some(), "{kind}");
    for index in [LoginIndex::User(user(1)), LoginIndex::Prefix(PrefixKey([1; 16])), LoginIndex::Fingerprint([1; 16])] {
        let found = ids(store.as_ref(), &index).await;
        assert_eq!(found, [LoginId(id)], "{kind}: {index:?}");
    }
    assert!(store.api_key("a").await.unwrap().is_some(), "{kind}");
    assert_eq!(store.lease(at(1), at(2), 9).await.unwrap()[0].alert.id, AlertId(id), "{kind}");
    assert_eq!(store.alerts_of(&user(1), None, 9, at(1)).await.unwrap().len(), usize::from(has_alerts_of_users));
    let waits = store.lease_events(at(1), at(2), &Room::of(9)).await.unwrap();
    assert_eq!((waits.len(), store.webhooks(&acme()).await.unwrap().len()), (usize::from(has_events), waits.len()));
    let more = Commit { events: vec![event(&user(2), at(1), 2)], ..commit(&user(2), 0, at(1), 2) };
    store.commit(more).await.unwrap();
    assert!(
        store
            .put_session(
                &user(1),
                [1; 16],
                SessionChange { tenant: &acme(), version: 0, session: &session(), now: at(0), life_ms: 9 }
            )
            .await
            .unwrap(),
        "{kind}"
    );
    assert!(store.put_policy(&acme(), 0, &PolicyChange::default()).await.unwrap(), "{kind}");
    store.keep_policy(&acme(), PolicyVersion([1; 8]), &PolicyChange::default(), at(0)).await.unwrap();
    store.put_trim_memory(&trim_memory()).await.unwrap();
    let count = Count { key: [1; 16], add: 2, expires_at: at(9) };
    assert_eq!(store.count(&[count], at(0)).await.unwrap(), [2], "{kind}");
    store.close().await;
    assert_eq!(tables_of(path), tables_of(&path.with_file_name("now.db")), "{kind}");
}

#[tokio::test]
async fn every_kind_of_file_without_numbers_becomes_a_store_of_today() {
    let folder = tempfile::tempdir().unwrap();
    let kinds = kinds_of_version_1();
    assert_eq!(kinds.len(), 8);
    for (number, tables) in kinds.iter().enumerate() {
        let path = folder.path().join(format!("kind-{number}.db"));
        file_with(&path, tables, 1).await;
        is_a_store_of_today(&path, &format!("kind {number}")).await;
    }
}

#[tokio::test]
async fn a_migration_that_was_cut_off_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for made in 1..=MIGRATIONS.len() {
        let path = folder.path().join(format!("version-{made}.db"));
        let tables: String = MIGRATIONS[..made].iter().map(|it| it.statements).collect();
        file_with(&path, &tables, made).await;
        is_a_store_of_today(&path, &format!("version {made}")).await;
    }
}

#[test]
fn many_who_open_one_old_file_at_once_all_find_a_store_of_today() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let file = Connection::open(&path).unwrap();
    file.execute_batch(&kinds_of_version_1()[2]).unwrap();
    file.execute_batch("INSERT INTO identity VALUES ('partitions', '256'); PRAGMA user_version = 1").unwrap();
    drop(file);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| drop(Sqlite::open(&path).unwrap()));
        }
    });
    let new = folder.path().join("new.db");
    drop(Sqlite::open(&new).unwrap());
    assert_eq!(tables_of(&path), tables_of(&new));
}
