//! The order of commits: that of the rows of a table. A place is the number of the last row before it. The log's clock is that of
//! SQLite, which is read when a row is written.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{CommitBytes, Reply},
        sqlite::{
            engine::{faults::Refused, rows::limit_of},
            store::Sqlite,
        },
    },
    domain::{
        ids::{LoginId, TenantId},
        time::{SECOND_MS, Timestamp},
    },
    ports::{COMMITS_KEPT_MS, CommitPosition, Commits, Committed, MAX_COMMITS},
};

/// The time of the log's clock, in Unix milliseconds, as the other statements have it too.
const NOW: &str = "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)";
/// A row may be seen so much later than it was written: longer than any commit takes.
const SEEN_WITHIN_MS: i64 = 10 * SECOND_MS;
/// After so many logins the oldest entries are looked at.
const TRIM_EVERY: i64 = 128;
/// So many entries are looked at: more than are added meanwhile.
const TRIM_ROWS: usize = 512;

impl CommitBytes for Sqlite {
    async fn end_of_commits(&self) -> Reply<CommitPosition> {
        self.readers.read(|connection| Ok(place(last(connection)?))).await
    }

    async fn place_behind(&self, tenant: &TenantId, login: LoginId) -> Reply<Option<CommitPosition>> {
        // From the end: whoever asks has mostly seen it a moment ago.
        const FIND: &str =
            "SELECT number FROM login_commit WHERE login = ? AND tenant = ? ORDER BY number DESC LIMIT 1";
        let tenant = tenant.clone();
        let read = move |connection: &Connection| {
            let values = params![login.0, tenant.as_str()];
            Ok(connection.prepare_cached(FIND)?.query_row(values, |row| row.get(0)).optional()?.map(place))
        };
        self.readers.read(read).await
    }

    async fn place_at(&self, read_at: Timestamp) -> Reply<Option<CommitPosition>> {
        let since = read_at.plus_ms(-SEEN_WITHIN_MS).unix_ms();
        self.readers.read(move |connection| Ok(place_at(connection, since)?.map(place))).await
    }

    async fn commits(&self, after: &CommitPosition, limit: usize) -> Reply<Option<Commits>> {
        let Some(after) = after.0.as_slice().try_into().ok().map(i64::from_be_bytes) else { return Ok(None) };
        self.readers.read(move |connection| commits(connection, after, limit)).await
    }
}

fn place(number: i64) -> CommitPosition {
    CommitPosition(number.to_be_bytes().to_vec())
}

/// The number that was given last, which stays when its row has gone.
fn last(connection: &Connection) -> Result<i64, Refused> {
    let mut select = connection.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'login_commit'")?;
    Ok(select.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// The number before that of the first row which was written at this time or later.
fn place_at(connection: &Connection, since_ms: i64) -> Result<Option<i64>, Refused> {
    const FIND: &str = "SELECT number FROM login_commit WHERE committed_at < ? ORDER BY number DESC LIMIT 1";
    let transaction = connection.unchecked_transaction()?;
    let found: Option<i64> = transaction.prepare_cached(FIND)?.query_row([since_ms], |row| row.get(0)).optional()?;
    if found.is_some() {
        return Ok(found);
    }
    // Nothing so old is left: that is for its age, unless there were too many.
    let now: i64 = transaction.prepare_cached(NOW)?.query_row([], |row| row.get(0))?;
    let mut select = transaction.prepare_cached("SELECT min(number), count(*) FROM login_commit")?;
    let (first, count): (Option<i64>, i64) = select.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let reaches_back = since_ms >= now - COMMITS_KEPT_MS && count.unsigned_abs() < MAX_COMMITS;
    Ok(if reaches_back { Some(first.map_or(last(&transaction)?, |it| it - 1)) } else { None })
}

fn commits(connection: &Connection, after: i64, limit: usize) -> Result<Option<Commits>, Refused> {
    // One view of the file for all three questions.
    let transaction = connection.unchecked_transaction()?;
    let read_at: i64 = transaction.prepare_cached(NOW)?.query_row([], |row| row.get(0))?;
    let last = last(&transaction)?;
    let first: Option<i64> =
        transaction.prepare_cached("SELECT min(number) FROM login_commit")?.query_row([], |row| row.get(0))?;
    if first.unwrap_or(last + 1) > after + 1 || after > last {
        return Ok(None);
    }
    let mut select = transaction
        .prepare_cached("SELECT number, tenant, login FROM login_commit WHERE number > ? ORDER BY number LIMIT ?")?;
    let mut rows = select.query(params![after, limit_of(limit)])?;
    let (mut logins, mut end) = (Vec::new(), after);
    while let Some(row) = rows.next()? {
        end = row.get(0)?;
        // There is no other tenant than one whose name can be read.
        let Some(tenant) = TenantId::parse(&row.get::<_, String>(1)?) else { continue };
        logins.push(Committed { tenant, login: LoginId(row.get(2)?) });
    }
    let more = end < last;
    Ok(Some(Commits { logins, end: place(end), read_at: Timestamp::from_unix_ms(read_at), more }))
}

/// Adds a login to the log, within its commit.
///
/// # Errors
/// Those of SQLite.
pub(crate) fn note(connection: &Connection, tenant: &TenantId, login: LoginId) -> rusqlite::Result<()> {
    const INSERT: &str = "INSERT INTO login_commit (login, tenant, committed_at)
        VALUES (?, ?, CAST(unixepoch('subsec') * 1000 AS INTEGER))";
    let number = connection.prepare_cached(INSERT)?.insert(params![login.0, tenant.as_str()])?;
    if number % TRIM_EVERY == 0 { trim(connection).map(drop) } else { Ok(()) }
}

/// Forgets what is old in the log, if it is among its first entries. Returns how many that was.
///
/// # Errors
/// Those of SQLite.
pub(crate) fn trim(connection: &Connection) -> rusqlite::Result<usize> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM login_commit WHERE number IN (
             SELECT number FROM (SELECT number, committed_at FROM login_commit ORDER BY number LIMIT ?1)
             WHERE committed_at < CAST(unixepoch('subsec') * 1000 AS INTEGER) - ?2
                 OR number <= (SELECT max(number) FROM login_commit) - ?3)",
    )?;
    delete.execute(params![limit_of(TRIM_ROWS), COMMITS_KEPT_MS, MAX_COMMITS.cast_signed()])
}
