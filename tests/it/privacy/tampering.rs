//! Whoever changes the audit behind our back is found out.

use std::{path::PathBuf, sync::Arc};

use watchlight::{
    adapters::{clock::ManualClock, store::redis::server::audit_keys},
    domain::{
        keyring::Keyring,
        privacy::{
            audit::{Action, Subject},
            chain::{Broken, Flaw},
        },
    },
    ports::Store,
    service::privacy::audit::{Audit, AuditFilter, Deed},
};

use crate::{
    privacy::audit_samples::ana,
    store::samples::{acme, at},
    support::{redis::RedisServer, stores::open_at},
};

/// How somebody gets at the audit without us.
enum Behind {
    Sqlite(PathBuf, #[expect(dead_code, reason = "kept for its Drop")] tempfile::TempDir),
    Redis(RedisServer),
}

impl Behind {
    fn sql(&self, statements: &str) {
        if let Self::Sqlite(path, _) = self {
            rusqlite::Connection::open(path).unwrap().execute_batch(statements).unwrap();
        }
    }

    /// Runs a script that is given the keys of the log and of the ends.
    fn lua(&self, script: &str) {
        let Self::Redis(server) = self else { return };
        let answer =
            server.command(&["EVAL", script, "2", &audit_keys::audit_log(&acme()), &audit_keys::audit_ends(&acme())]);
        assert!(!answer.starts_with('-'), "{answer}");
    }

    /// Changes a byte of an entry, by its place from the start; from the end if that is negative.
    fn change(&self, number: u64, place: i64) {
        let start = if place < 0 { format!("length(record) + {}", place + 1) } else { (place + 1).to_string() };
        self.sql(&format!(
            "UPDATE audit SET record = CAST(substr(record, 1, {start} - 1) || x'37' ||
                 substr(record, {start} + 1) AS BLOB) WHERE number = {number}"
        ));
        // A stream has no way to replace an entry: all are taken out, and put in again.
        let start = if place < 0 { format!("#record + {}", place + 1) } else { (place + 1).to_string() };
        self.lua(&format!(
            "local all = redis.call('XRANGE', KEYS[1], '-', '+')
             redis.call('DEL', KEYS[1])
             for _, entry in ipairs(all) do
               local record = entry[2][4]
               if entry[1] == '{number}-0' then
                 local start = {start}
                 record = record:sub(1, start - 1) .. '7' .. record:sub(start + 1)
               end
               redis.call('XADD', KEYS[1], entry[1], 'user', entry[2][2], 'record', record)
             end"
        ));
    }

    fn remove(&self, number: u64) {
        self.sql(&format!("DELETE FROM audit WHERE number = {number}"));
        self.lua(&format!("return redis.call('XDEL', KEYS[1], '{number}-0')"));
    }

    /// Puts the end of the chain where it was after this entry.
    fn set_end(&self, number: u64, hash: &[u8; 32]) {
        let hex = data_encoding::HEXLOWER.encode(hash);
        self.sql(&format!("UPDATE audit_chain SET number = {number}, hash = x'{hex}'"));
        self.lua(&format!(
            "local hash = ('{hex}'):gsub('..', function(it) return string.char(tonumber(it, 16)) end)
             redis.call('HSET', KEYS[2], 'number', '{number}', 'hash', hash)"
        ));
    }
}

async fn sqlite() -> (Audit, Arc<dyn Store>, Behind) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let store = open_at(&format!("sqlite:{}", path.display())).await;
    (audit(store.clone()).await, store, Behind::Sqlite(path, folder))
}

async fn redis() -> (Audit, Arc<dyn Store>, Behind) {
    let server = RedisServer::start(&[]);
    let store = open_at(&server.url()).await;
    (audit(store.clone()).await, store, Behind::Redis(server))
}

/// An audit with six entries.
async fn audit(store: Arc<dyn Store>) -> Audit {
    let clock = Arc::new(ManualClock::at(at(0)));
    let audit = Audit::new(store, clock.clone(), Keyring::new([7; 32]));
    for number in 1..=6 {
        clock.advance_ms(1_000);
        let deed = Deed::on_command_line(Action::Read, Some(Subject::user(ana())));
        audit.note(&acme(), Deed { purpose: Some(format!("Ticket {number}")), ..deed }).await.unwrap();
    }
    assert_eq!(audit.verify(&acme(), &[]).await.unwrap(), Ok(6));
    audit
}

macro_rules! over_both {
    ($($test:ident)+) => { $(mod $test {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn with_sqlite() {
            let (audit, store, behind) = super::sqlite().await;
            super::$test(&audit, &*store, &behind).await;
        }
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn with_redis() {
            let (audit, store, behind) = super::redis().await;
            super::$test(&audit, &*store, &behind).await;
        }
    })+ };
}

over_both! {
    a_changed_byte_is_named
    what_names_nobody_cannot_be_changed_either
    a_removed_entry_is_named
    a_cut_end_is_named
    an_entry_that_cannot_be_read_is_named_and_passed_over_in_lists
}

async fn broken(audit: &Audit) -> Broken {
    audit.verify(&acme(), &[]).await.unwrap().unwrap_err()
}

async fn a_changed_byte_is_named(audit: &Audit, _: &dyn Store, behind: &Behind) {
    // The last byte belongs to what is sealed: it can no longer be opened, and the rest is still told.
    behind.change(4, -1);
    let found = broken(audit).await;
    assert_eq!((found.flaw, found.number), (Flaw::Changed, 4));
    let event = found.entry.unwrap().event;
    assert_eq!((event.at, event.actor.to_string().as_str()), (at(4_000), "cli"));
    assert_eq!(event.detail, None);
}

async fn what_names_nobody_cannot_be_changed_either(audit: &Audit, store: &dyn Store, behind: &Behind) {
    let entry = store.audit_after(&acme(), 1, 1).await.unwrap().remove(0).entry.unwrap();
    let record = watchlight::adapters::store::record::privacy::audit::encode(2, &entry.event, &entry.hash);
    let hash = record.windows(32).position(|it| it == entry.hash).unwrap();
    // A byte of the user's hash, which stands before the hash of the entry.
    behind.change(2, i64::try_from(hash).unwrap() - 4);
    let found = broken(audit).await;
    assert_eq!((found.flaw, found.number), (Flaw::Changed, 2));
    assert_ne!(found.entry.unwrap().event.user, entry.event.user);
}

async fn a_removed_entry_is_named(audit: &Audit, _: &dyn Store, behind: &Behind) {
    behind.remove(3);
    let found = broken(audit).await;
    assert_eq!((found.flaw, found.number, found.entry.unwrap().number), (Flaw::Missing, 3, 4));
    behind.remove(1);
    assert_eq!(broken(audit).await.number, 1, "the first of them");
}

async fn a_cut_end_is_named(audit: &Audit, store: &dyn Store, behind: &Behind) {
    let checkpoints = audit.checkpoints().await.unwrap();
    let fourth = store.audit_after(&acme(), 3, 1).await.unwrap().remove(0).entry.unwrap();
    behind.remove(5);
    behind.remove(6);
    let found = broken(audit).await;
    assert_eq!((found.flaw, found.number), (Flaw::CutOff, 5), "the end is not where the store says");
    behind.set_end(4, &fourth.hash);
    assert_eq!(audit.verify(&acme(), &[]).await.unwrap(), Ok(4), "nothing in the store tells of it any more");
    let found = audit.verify(&acme(), &checkpoints).await.unwrap().unwrap_err();
    assert_eq!((found.flaw, found.number, found.seen_at), (Flaw::CutOff, 5, Some(at(6_000))));
}

async fn an_entry_that_cannot_be_read_is_named_and_passed_over_in_lists(
    audit: &Audit,
    store: &dyn Store,
    behind: &Behind,
) {
    behind.sql("UPDATE audit SET record = 'c' WHERE number = 2");
    behind.lua(
        "local all = redis.call('XRANGE', KEYS[1], '-', '+')
         redis.call('DEL', KEYS[1])
         for _, entry in ipairs(all) do
           local record = entry[1] == '2-0' and 'c' or entry[2][4]
           redis.call('XADD', KEYS[1], entry[1], 'user', entry[2][2], 'record', record)
         end",
    );
    let found = broken(audit).await;
    assert_eq!((found.flaw, found.number, found.entry), (Flaw::Changed, 2, None));
    let listed = audit.page(&acme(), &AuditFilter::default(), None, 9).await.unwrap();
    assert_eq!(listed.entries.iter().map(|it| it.number).collect::<Vec<_>>(), [6, 5, 4, 3, 1]);
    assert_eq!(store.unreadable(), 1);
}
