//! The browsers that logins came from.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{BrowserBytes, Reply},
        prepared::PreparedBrowser,
        sqlite::{
            engine::{
                group::deferred::{BrowserDue, IndexRows},
                rows::{limit_of, record_of},
            },
            store::Sqlite,
        },
    },
    domain::{
        history::{
            cutoffs::Cutoffs,
            kept_browser::{BrowserKey, MAX_KEPT_BROWSERS},
        },
        ids::UserKey,
        salt::Week,
    },
};

impl BrowserBytes for Sqlite {
    async fn browsers(&self, asked: &[BrowserKey]) -> Reply<Vec<Option<Vec<u8>>>> {
        let asked = asked.to_vec();
        self.readers
            .read(move |connection| {
                let mut select =
                    connection.prepare_cached("SELECT record FROM browser WHERE user = ? AND fingerprint = ?")?;
                let mut record = |key: &BrowserKey| {
                    select.query_row(params![key.user.hash, key.fingerprint], |row| record_of(row, 0)).optional()
                };
                Ok(asked.iter().map(&mut record).collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn browsers_of(&self, user: &UserKey) -> Reply<Vec<([u8; 8], Vec<u8>)>> {
        let user = user.hash;
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT fingerprint, record FROM browser WHERE user = ?")?;
                let found = select.query_map([user], |row| Ok((row.get(0)?, record_of(row, 1)?)))?;
                Ok(found.collect::<Result<_, _>>()?)
            })
            .await
    }
}

/// What is stored of a browser beside its record.
struct Standing {
    week: i64,
    is_brief: bool,
    signed_in: bool,
}

/// Keeps a browser, or that it was seen again. When it is to be looked at next is noted when it is new, and when it is to go sooner or
/// later than it was: most that are seen again change one row.
///
/// # Errors
/// Those of SQLite.
pub fn keep_browser(
    connection: &Connection,
    rows: &mut IndexRows,
    user: &UserKey,
    browser: &PreparedBrowser,
) -> rusqlite::Result<()> {
    const KNOWN: &str = "SELECT week, brief, signed_in FROM browser WHERE user = ? AND fingerprint = ?";
    const KEEP: &str = "INSERT OR REPLACE INTO browser VALUES (?, ?, ?, ?, ?, ?)";
    let PreparedBrowser { fingerprint, week, is_brief, signed_in, record } = browser;
    let known = connection
        .prepare_cached(KNOWN)?
        .query_row(params![user.hash, fingerprint], |row| {
            Ok(Standing { week: row.get(0)?, is_brief: row.get(1)?, signed_in: row.get(2)? })
        })
        .optional()?;
    if known.as_ref().is_some_and(|it| *week <= it.week && *signed_in <= it.signed_in) {
        return Ok(());
    }
    let latest = known.as_ref().map_or(*week, |it| it.week.max(*week));
    let anybody = *signed_in || known.as_ref().is_some_and(|it| it.signed_in);
    let values = params![user.hash, fingerprint, latest, is_brief, anybody, record];
    connection.prepare_cached(KEEP)?.execute(values)?;
    if known.as_ref().is_none_or(|it| it.is_brief != *is_brief) {
        let fingerprint = *fingerprint;
        rows.browsers_due.push(BrowserDue { is_brief: *is_brief, week: latest, user: user.hash, fingerprint });
    }
    if known.is_none() { remove_those_too_many(connection, user) } else { Ok(()) }
}

fn remove_those_too_many(connection: &Connection, user: &UserKey) -> rusqlite::Result<()> {
    const COUNT: &str = "SELECT count(*) FROM browser WHERE user = ?";
    const REMOVE: &str = "DELETE FROM browser WHERE user = ?1 AND fingerprint IN (
        SELECT fingerprint FROM browser WHERE user = ?1 ORDER BY signed_in, week LIMIT ?2)";
    let count: i64 = connection.prepare_cached(COUNT)?.query_row([user.hash], |row| row.get(0))?;
    if count > limit_of(MAX_KEPT_BROWSERS) {
        let too_many = count - limit_of(MAX_KEPT_BROWSERS);
        connection.prepare_cached(REMOVE)?.execute(params![user.hash, too_many])?;
    }
    Ok(())
}

/// Looks at up to `limit` browsers of which it is noted that they are to be looked at by now, and deletes those that were last seen in a
/// week before that of the cutoff: the last login with one has gone by then. Returns at how many it has looked.
///
/// # Errors
/// Those of SQLite.
pub fn trim_browsers(connection: &Connection, cutoffs: &Cutoffs, limit: usize) -> rusqlite::Result<usize> {
    const DUE: &str =
        "SELECT week, user, fingerprint FROM browser_due WHERE brief = ? AND week < ? ORDER BY week LIMIT ?";
    const LOOKED_AT: &str = "DELETE FROM browser_due WHERE brief = ? AND week = ? AND user = ? AND fingerprint = ?";
    const DELETE: &str = "DELETE FROM browser WHERE user = ?1 AND fingerprint = ?2 AND brief = ?3 AND week < ?4";
    // One that is kept for a shorter or longer time by now has a note of its own.
    const AGAIN: &str = "INSERT OR IGNORE INTO browser_due
        SELECT brief, week, user, fingerprint FROM browser WHERE user = ?1 AND fingerprint = ?2 AND brief = ?3";
    let mut most = 0;
    for (is_brief, cutoff) in [(false, cutoffs.logins), (true, cutoffs.minimal_logins)] {
        let first_kept = Week::of(cutoff).0;
        let mut select = connection.prepare_cached(DUE)?;
        let found = select.query_map(params![is_brief, first_kept, limit_of(limit)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let due: Vec<(i64, [u8; 16], [u8; 8])> = found.collect::<rusqlite::Result<_>>()?;
        for (week, user, fingerprint) in &due {
            connection.prepare_cached(LOOKED_AT)?.execute(params![is_brief, week, user, fingerprint])?;
            let gone = connection.prepare_cached(DELETE)?.execute(params![user, fingerprint, is_brief, first_kept])?;
            if gone == 0 {
                connection.prepare_cached(AGAIN)?.execute(params![user, fingerprint, is_brief])?;
            }
        }
        most = most.max(due.len());
    }
    Ok(most)
}
