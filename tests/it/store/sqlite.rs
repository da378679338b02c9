//! What only the store in a file promises.

use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use watchlight::{
    adapters::store::{
        backend::ErasureBytes,
        fault::OpenError,
        open::open,
        sqlite::{
            engine::salts_file::beside,
            store::{Sqlite, SqliteStore},
        },
    },
    domain::{
        alert::delivery::Settlement,
        history::{login_record::LoginIndex, retention_days::RetentionDays},
        ids::LoginId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        privacy::erasure::{Erased, ErasureBegun},
        turns::Room,
    },
    ports::{Commit, CommitError, KEPT_LONGER_MS, Store},
};

use crate::{
    store::{
        contract::harness::{cutoffs, kept},
        samples::{acme, api_key, at, commit, commit_with_alert, event, user, webhook},
        tenant_samples::{self, begun, fill, forget, remove, tenant},
    },
    support::{services::deliveries, stores::root},
};

fn opened(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::over(Sqlite::open(path).unwrap(), root(), &RetentionDays::default()))
}

#[tokio::test]
async fn what_is_in_the_file_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/watchlight.db");
    let before = opened(&path);
    before.commit(commit_with_alert(&user(1), 0, at(0), 1)).await.unwrap();
    before.put_api_key(api_key("a", at(0))).await.unwrap();
    let leased = before.lease(at(0), at(50), 1).await.unwrap().remove(0);
    drop(before);
    let after = opened(&path);
    assert_eq!(after.load(&user(1), None, at(0)).await.unwrap().version, 1);
    assert_eq!(after.api_keys().await.unwrap().len(), 1);
    assert_eq!(after.next_due().await.unwrap(), Some(at(50)));
    let again = after.lease(at(50), at(90), 1).await.unwrap().remove(0);
    assert!(again.fence > leased.fence, "fences go on rising");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let (service, command_line) = (opened(&path), opened(&path));
    command_line.put_api_key(api_key("a", at(0))).await.unwrap();
    assert!(service.api_key("a").await.unwrap().is_some());
    let both = (0..40_u8).map(|it| {
        let store = if it % 2 == 0 { Arc::clone(&service) } else { Arc::clone(&command_line) };
        async move { store.commit(commit(&user(1), 0, at(i64::from(it)), it)).await }
    });
    let outcomes = futures_util::future::join_all(both).await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|it| matches!(it, Err(CommitError::Stale))).count(), 39);
}

#[tokio::test]
async fn events_that_were_stored_before_turns_are_leased() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let before = opened(&path);
    for number in 1..=3 {
        let event = event(&user(number), at(0), number);
        before.commit(Commit { events: vec![event], ..commit(&user(number), 0, at(0), number) }).await.unwrap();
    }
    drop(before);
    let earlier = rusqlite::Connection::open(&path).unwrap();
    let columns =
        "DROP INDEX event_by_turn; ALTER TABLE event DROP COLUMN tenant; ALTER TABLE event DROP COLUMN leased;
        ALTER TABLE login_of DROP COLUMN hidden_byte;";
    earlier.execute_batch(columns).unwrap();
    earlier.pragma_update(None, "user_version", 1).unwrap();
    drop(earlier);
    let store = opened(&path);
    let leased = store.lease_events(at(1), at(2), &Room::of(9)).await.unwrap();
    assert_eq!(leased.len(), 3);
    assert!(leased.iter().all(|it| it.event.tenant == acme()));
}

#[tokio::test]
async fn a_file_that_was_made_before_webhooks_learns_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let before = opened(&path);
    before.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    drop(before);
    let earlier = rusqlite::Connection::open(&path).unwrap();
    let tables = "DROP TABLE alert_of_user; DROP TABLE event; DROP TABLE webhook; DROP TABLE webhook_attempt;
        ALTER TABLE login_of DROP COLUMN hidden_byte;";
    earlier.execute_batch(tables).unwrap();
    earlier.pragma_update(None, "user_version", 1).unwrap();
    drop(earlier);
    let store = opened(&path);
    let mut commit = commit_with_alert(&user(1), 1, at(1), 2);
    commit.events = vec![event(&user(1), at(1), 2)];
    store.commit(commit).await.unwrap();
    store.put_webhook(webhook(&acme(), 1)).await.unwrap();
    assert_eq!(store.lease_events(at(1), at(2), &Room::of(9)).await.unwrap().len(), 1);
    assert_eq!(store.alerts_of(&user(1), None, 9, at(1)).await.unwrap().len(), 1);
    assert_eq!(store.webhooks(&acme()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    drop(opened(&path));
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute("UPDATE identity SET value = '16' WHERE name = 'partitions'", []).unwrap();
    assert!(matches!(Sqlite::open(&path), Err(OpenError::Foreign(_))));
    newer.pragma_update(None, "user_version", 99).unwrap();
    let refused = Sqlite::open(&path).unwrap_err().to_string();
    assert!(refused.contains("version 99"), "{refused}");
    std::fs::write(folder.path().join("text.db"), "not a database, but long enough to be taken for one".repeat(99))
        .unwrap();
    assert!(matches!(Sqlite::open(&folder.path().join("text.db")), Err(OpenError::File { .. })));
    let below_a_file = format!("sqlite:{}/x.db", path.display());
    assert!(matches!(open(&below_a_file, &kept()).await, Err(OpenError::File { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_stops_writing_for_a_bounded_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = opened(&path);
    store.commit(commit(&user(1), 0, at(0), 1)).await.unwrap();
    let lock = rusqlite::Connection::open(&path).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let outcome = store.commit(commit(&user(1), 1, at(1), 2)).await;
    assert!(matches!(outcome, Err(CommitError::Unavailable(_))), "{outcome:?}");
    assert!(began.elapsed().as_secs() < 10);
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, 1, "reading goes on");
    lock.execute_batch("ROLLBACK").unwrap();
    store.commit(commit(&user(1), 1, at(1), 2)).await.unwrap();
}

/// The limit on the size of files holds for a whole process: so this test is run in one of its own.
#[test]
fn a_full_disk_is_survived() {
    let program = std::env::current_exe().unwrap();
    // A write beyond the limit fails as on a full disk, if its signal is ignored, which a child inherits.
    let script = "trap '' XFSZ; exec \"$0\" --exact store::sqlite::on_a_full_disk --ignored --nocapture";
    let output = Command::new("sh").arg("-c").arg(script).arg(program).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a_full_disk_is_survived runs it in a process of its own"]
async fn on_a_full_disk() {
    let limit = |size: &str| {
        let pid = std::process::id().to_string();
        let arguments = ["--pid", &pid, &format!("--fsize={size}:unlimited")];
        assert!(Command::new("prlimit").args(arguments).status().unwrap().success());
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = opened(&path);
    limit("300000");
    let mut version = 0;
    let fault = loop {
        let time = at(i64::try_from(version).unwrap());
        match store.commit(commit(&user(1), version, time, 1)).await {
            Ok(()) => version += 1,
            Err(fault) => break fault,
        }
        assert!(version < 10_000, "the limit was never reached");
    };
    assert!(matches!(&fault, CommitError::Unavailable(it) if it.0.contains("disk")), "{fault:?}");
    assert_eq!(store.load(&user(1), None, at(0)).await.unwrap().version, version, "what was acknowledged");
    limit("unlimited");
    store.commit(commit(&user(1), version, at(99_999), 2)).await.unwrap();
    drop(store);
    let reopened = opened(&path);
    assert_eq!(reopened.load(&user(1), None, at(0)).await.unwrap().version, version + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_share_their_syncs() {
    const TASKS: u8 = 64;
    const ROUNDS: u64 = 20;
    let folder = tempfile::tempdir().unwrap();
    let store = opened(&folder.path().join("watchlight.db"));
    let run = |tasks: u8| {
        let tasks = (0..tasks).map(|it| {
            let store = Arc::clone(&store);
            async move {
                let base = store.load(&user(it), None, at(0)).await.unwrap().version;
                for version in base..base + ROUNDS {
                    let time = at(i64::try_from(version).unwrap());
                    store.commit(commit(&user(it), version, time, it)).await.unwrap();
                }
            }
        });
        futures_util::future::join_all(tasks)
    };
    let alone = Instant::now();
    run(1).await;
    let alone = alone.elapsed() / u32::try_from(ROUNDS).unwrap();
    let together = Instant::now();
    run(TASKS).await;
    let together = together.elapsed() / (u32::try_from(ROUNDS).unwrap() * u32::from(TASKS));
    println!("one by one {alone:?} a commit; {TASKS} at once {together:?}, {:.0}/s", 1.0 / together.as_secs_f64());
    assert!(together < alone, "alone {alone:?}, together {together:?}");
}

#[tokio::test]
async fn a_policy_is_forgotten_a_day_after_its_logins() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(&folder.path().join("watchlight.db"));
    let version = PolicyVersion([1; 8]);
    store.keep_policy(&acme(), version, &PolicyChange::default(), at(0)).await.unwrap();
    let kept = async |cutoff| {
        store.trim(&cutoffs(at(cutoff), at(cutoff))).await.unwrap();
        store.kept_policy(&acme(), version).await.unwrap().is_some()
    };
    assert!(kept(KEPT_LONGER_MS).await);
    assert!(!kept(KEPT_LONGER_MS + 1).await);
}

/// A copy of the database file alone, opened as a store.
fn copied(path: &Path) -> Arc<dyn Store> {
    let copy = path.with_file_name("copy.db");
    std::fs::copy(path, &copy).unwrap();
    std::fs::copy(beside(path), beside(&copy)).unwrap();
    opened(&copy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_store_is_whole_in_its_two_files() {
    for explicit in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("watchlight.db");
        let store = opened(&path);
        for it in 0..50 {
            store.commit(commit(&user(it), 0, at(i64::from(it)), it)).await.unwrap();
        }
        if explicit {
            store.close().await;
            store.close().await;
            let refused = store.commit(commit(&user(50), 0, at(50), 50)).await;
            assert!(matches!(&refused, Err(CommitError::Unavailable(it)) if it.0.contains("clos")), "{refused:?}");
            assert!(store.api_keys().await.is_err());
        }
        drop(store);
        assert!(!path.with_file_name("watchlight.db-wal").exists());
        assert!(!path.with_file_name("watchlight.db.salts-wal").exists());
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let copy = copied(&path);
        assert_eq!(copy.logins(&acme(), &LoginIndex::Time, everything, 99).await.unwrap().len(), 50, "{explicit}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_when_a_store_is_closed_is_written() {
    // Of so few, `join_all` polls each once before it lets anything else have its turn.
    const WRITES: u8 = 30;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = opened(&path);
    for it in 0..WRITES {
        store.commit(commit(&user(it), 0, at(i64::from(it)), it)).await.unwrap();
    }
    let writes = (0..WRITES).map(|it| {
        let store = &store;
        async move { store.commit(commit(&user(it), 1, at(500 + i64::from(it)), it)).await.is_ok() }
    });
    // Each write is queued when it is first polled, and so before the end.
    let (written, ()) = tokio::join!(futures_util::future::join_all(writes), store.close());
    let acknowledged = written.into_iter().filter(|it| *it).count();
    assert_eq!(acknowledged, usize::from(WRITES));
    let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
    let stored = copied(&path).logins(&acme(), &LoginIndex::Time, everything, 999).await.unwrap().len();
    assert_eq!(stored, 2 * acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_cut_off_between_the_two_files_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let (salts, salts_before) = (beside(&path), folder.path().join("before"));
    let (tenant, removal) = (tenant("acme"), begun(&tenant("acme"), 7));
    let ana = tenant_samples::user(&tenant, "ana");
    let store = opened(&path);
    fill(&store, &tenant, 1).await;
    store.begin_removal(&removal).await.unwrap();
    let wanted = ErasureBegun {
        tenant: tenant.clone(),
        user: ana,
        at: removal.at,
        erased: Erased::default(),
        with_tenant: true,
    };
    store.begin_erasure(&wanted).await.unwrap();
    while store.erase_some_with_tenant(&tenant, &ana).await.unwrap() {}
    drop(store);
    // The file of salts is as it was before the last step, for which the other file has the commit.
    std::fs::copy(&salts, &salts_before).unwrap();
    let backend = Sqlite::open(&path).unwrap();
    assert!(backend.erase_person(&ana, 2).await.unwrap().is_some());
    drop(backend);
    std::fs::copy(&salts_before, &salts).unwrap();

    let store = opened(&path);
    assert!(store.is_known(&ana).await.unwrap(), "by the salt");
    forget(&store, &removal, ana).await;
    assert!(!store.is_known(&ana).await.unwrap());
    let removed = remove(&store, &tenant, 7).await.unwrap().removed;
    assert_eq!((removed.people, removed.erased.sessions), (5, 3));
}

/// How often a text stands in a file; 0 if there is none.
fn occurrences(path: &Path, text: &str) -> usize {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.windows(text.len()).filter(|it| *it == text.as_bytes()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_is_left_behind_once_all_mails_are_sent() {
    const MAILS: u64 = 1_500;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = opened(&path);
    let mut versions = [0; 100];
    for number in 0..MAILS {
        // In no order of time, so that pages are divided in the middle.
        let time = at(i64::try_from(number * 7_919 % MAILS).unwrap());
        let who = u8::try_from(number % 100).unwrap();
        store.commit(commit_with_alert(&user(who), versions[usize::from(who)], time, who)).await.unwrap();
        versions[usize::from(who)] += 1;
        if number % 50 == 49 {
            for it in store.lease(at(9_999), at(99_999), 20).await.unwrap() {
                assert!(deliveries(&store).settle(&it, at(9_999), Settlement::Sent, None).await.unwrap());
            }
        }
    }
    loop {
        let leased = store.lease(at(9_999), at(99_999), 100).await.unwrap();
        if leased.is_empty() {
            break;
        }
        for it in leased {
            assert!(deliveries(&store).settle(&it, at(9_999), Settlement::Sent, None).await.unwrap());
        }
    }
    let log = path.with_file_name("watchlight.db-wal");
    let deadline = Instant::now() + Duration::from_secs(50);
    while occurrences(&log, "ana@example.com") > 0 {
        assert!(Instant::now() < deadline, "the log is not emptied");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(occurrences(&path, "ana@example.com"), 0);
}
