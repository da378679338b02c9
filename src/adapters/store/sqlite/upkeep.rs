//! Forgetting.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Reply, UpkeepBytes},
        sqlite::{
            clues::trim_clues,
            engine::{faults::Refused, files::Astray, rows::limit_of},
            forgetting::{forget_logins, ids},
            store::{Sqlite, unruled},
            users::{browsers::trim_browsers, commits},
        },
        tallying::TallyChanges,
    },
    domain::{
        history::{
            cutoffs::Cutoffs,
            retention::{Stock, Stocks},
        },
        ids::{AlertId, LoginId},
        salt::Week,
        time::Timestamp,
    },
    ports::{KEPT_LONGER_MS, Oldest, Trimmed, Unfit},
};

/// Rows of each kind that one step of a trim removes at most, so that it holds up no commit for long.
const TRIM_ROWS: usize = 1_000;

impl UpkeepBytes for Sqlite {
    async fn stock(&self, cutoffs: Cutoffs, enough: u64) -> Reply<Stocks> {
        let read = move |connection: &Connection| {
            let logins = stock(connection, LOGINS, LoginId::first_at(cutoffs.logins).0, enough)?;
            let alerts = stock(connection, ALERTS, AlertId::first_at(cutoffs.alerts).0, enough)?;
            Ok(Stocks { logins, alerts })
        };
        self.readers.read(read).await
    }

    async fn oldest(&self) -> Reply<Oldest> {
        self.readers.read(oldest).await
    }

    async fn trim(&self, cutoffs: Cutoffs) -> Reply<Trimmed> {
        self.write_counted(move |connection, tallies| trim(connection, tallies, &cutoffs)).await
    }

    async fn trim_memory(&self) -> Reply<Option<Vec<u8>>> {
        let read = |connection: &Connection| {
            let mut select = connection.prepare_cached("SELECT record FROM upkeep WHERE name = 'trim'")?;
            Ok(select.query_row([], |row| row.get::<_, Vec<u8>>(0)).optional()?)
        };
        self.readers.read(read).await
    }

    async fn put_trim_memory(&self, record: Vec<u8>) -> Reply<()> {
        let put = move |connection: &Connection| {
            Ok(connection.prepare_cached("INSERT OR REPLACE INTO upkeep VALUES ('trim', ?)")?.execute([record])?)
        };
        self.write(put).await.map(|_| ())
    }

    async fn close(&self) {
        tokio::join!(self.readers.close(), self.loads.close());
        self.writer.end().await;
    }

    async fn probe(&self) -> Result<String, Unfit> {
        // Rewrites a row with itself: the whole way to the disk, and nothing changes.
        let touch = "UPDATE identity SET value = value WHERE name = 'partitions'";
        let tried = self.writer.try_out(move |connection| Ok(connection.execute(touch, [])?)).await;
        // That needs less than other writes do, and may succeed while those fail.
        let words = self.files.astray().map(Astray::words).or_else(|| self.writer.amiss());
        if let Some(words) = words {
            return Err(Unfit::Told(words));
        }
        tried.map_err(unruled)?;
        let read = |connection: &rusqlite::Connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?);
        self.readers.read(read).await?;
        Ok("a login is on the disk before it is acknowledged".to_owned())
    }
}

/// How the records of a table that sorts by time are counted: the newest, those before an id, and those from it on.
type Counting = [&'static str; 3];

const LOGINS: Counting = [
    "SELECT max(id) FROM login",
    "SELECT count(*) FROM login WHERE id < ?",
    "SELECT count(*) FROM (SELECT 1 FROM login WHERE id >= ? LIMIT ?)",
];
const ALERTS: Counting = [
    "SELECT max(id) FROM alert",
    "SELECT count(*) FROM alert WHERE id < ?",
    "SELECT count(*) FROM (SELECT 1 FROM alert WHERE id >= ? LIMIT ?)",
];

/// Counts along the key, so that the hourly look reads little more than what goes.
fn stock(
    connection: &Connection,
    [newest, before, from]: Counting,
    first_kept: [u8; 16],
    enough: u64,
) -> Result<Stock, Refused> {
    let newest: Option<[u8; 16]> = connection.prepare_cached(newest)?.query_row([], |row| row.get(0))?;
    let older: i64 = connection.prepare_cached(before)?.query_row([first_kept], |row| row.get(0))?;
    let most = i64::try_from(older.unsigned_abs().saturating_mul(enough)).unwrap_or(i64::MAX);
    let kept: i64 = connection.prepare_cached(from)?.query_row(params![first_kept, most], |row| row.get(0))?;
    // Ids of alerts and of logins tell their time alike.
    Ok(Stock { newest: newest.map(|it| LoginId(it).time()), older: older.unsigned_abs(), kept: kept.unsigned_abs() })
}

/// The first along each key or index.
fn oldest(connection: &Connection) -> Result<Oldest, Refused> {
    let id = |statement: &str| -> Result<Option<[u8; 16]>, Refused> {
        Ok(connection.prepare_cached(statement)?.query_row([], |row| row.get(0))?)
    };
    let number = |statement: &str| -> Result<Option<i64>, Refused> {
        Ok(connection.prepare_cached(statement)?.query_row([], |row| row.get(0))?)
    };
    Ok(Oldest {
        login: id("SELECT min(id) FROM login")?.map(|it| LoginId(it).time()),
        minimal_login: id("SELECT min(id) FROM brief_login")?.map(|it| LoginId(it).time()),
        alert: id("SELECT min(id) FROM alert")?.map(|it| AlertId(it).time()),
        note: number("SELECT min(created_at) FROM note")?.map(Timestamp::from_unix_ms),
        full_address: number("SELECT min(week) FROM salts.week")?.map(|it| Week(it).start()),
        session_expires_at: number("SELECT min(expires_at) FROM session")?.map(Timestamp::from_unix_ms),
    })
}

/// Forgets up to 1,000 rows of each kind.
fn trim(connection: &Connection, tallies: &mut TallyChanges, cutoffs: &Cutoffs) -> Result<Trimmed, Refused> {
    let (alerts_before, expired_at) = (AlertId::first_at(cutoffs.alerts).0, cutoffs.expired_at.unix_ms());
    let remove = |statement: &str, before: &dyn rusqlite::ToSql| {
        connection.prepare_cached(statement)?.execute(params![before, limit_of(TRIM_ROWS)])
    };
    let listed = |select: &str, before: LoginId| ids(connection, select, params![before.0, limit_of(TRIM_ROWS)]);
    let logins_before = LoginId::first_at(cutoffs.logins);
    let old = listed("SELECT id FROM login WHERE id < ? ORDER BY id LIMIT ?", logins_before)?;
    let logins = forget_logins(connection, tallies, &old)?;
    let brief_before = LoginId::first_at(cutoffs.minimal_logins);
    let marked = listed("SELECT id FROM brief_login WHERE id < ? ORDER BY id LIMIT ?", brief_before)?;
    let brief = forget_logins(connection, tallies, &marked)?;
    let marks = marked.len();
    let browsers = trim_browsers(connection, cutoffs, TRIM_ROWS)?;
    let clues = trim_clues(connection, cutoffs.logins, TRIM_ROWS)?;
    let notes = remove(
        "DELETE FROM note WHERE (user, id) IN (
             SELECT user, id FROM note WHERE created_at < ? ORDER BY created_at LIMIT ?)",
        &cutoffs.notes.unix_ms(),
    )?;
    let alerts = remove(
        "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE id < ? AND due_at IS NULL ORDER BY id LIMIT ?)",
        &alerts_before,
    )?;
    remove(
        "DELETE FROM alert_of_user WHERE id IN (
             SELECT id FROM alert_of_user AS entry
             WHERE id < ? AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.id = entry.id) ORDER BY id LIMIT ?)",
        &alerts_before,
    )?;
    let keys = remove(
        "DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE expires_at <= ? LIMIT ?)",
        &expired_at,
    )?;
    let counters = remove(
        "DELETE FROM counter WHERE key IN (SELECT key FROM counter WHERE expires_at <= ? LIMIT ?)",
        &expired_at,
    )?;
    let sessions = remove(
        "DELETE FROM session WHERE key IN (SELECT key FROM session WHERE expires_at <= ? LIMIT ?)",
        &expired_at,
    )?;
    // There are few: as many as operators have signed in during a day.
    connection.prepare_cached("DELETE FROM operator_session WHERE expires_at <= ?")?.execute([expired_at])?;
    let commits = commits::trim(connection)?;
    // There are few: as many as tenants have had policies.
    let unused = cutoffs.logins.plus_ms(-KEPT_LONGER_MS).unix_ms();
    connection.prepare_cached("DELETE FROM kept_policy WHERE used_at < ?")?.execute([unused])?;
    let most = [logins, marks, browsers, clues, notes, alerts, keys, counters, sessions].into_iter().max();
    Ok(Trimmed { logins: (logins + brief) as u64, more: most == Some(TRIM_ROWS) || commits > 0 })
}
