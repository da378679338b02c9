//! The browsers that logins came from.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{BrowserBytes, Reply},
        prepared::PreparedBrowser,
        sqlite::{
            engine::rows::{limit_of, record_of},
            store::Sqlite,
        },
    },
    domain::{
        history::kept_browser::{BrowserKey, MAX_KEPT_BROWSERS},
        ids::UserKey,
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

/// Keeps a browser, or that it was seen again.
///
/// # Errors
/// Those of SQLite.
pub fn keep_browser(connection: &Connection, user: &UserKey, browser: &PreparedBrowser) -> rusqlite::Result<()> {
    const KEEP: &str = "INSERT INTO browser VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET week = max(week, excluded.week), brief = excluded.brief, signed_in = max(signed_in, excluded.signed_in),
            record = excluded.record
        WHERE excluded.week > week OR excluded.signed_in > signed_in";
    const COUNT: &str = "SELECT count(*) FROM browser WHERE user = ?";
    const REMOVE: &str = "DELETE FROM browser WHERE user = ?1 AND fingerprint IN (
        SELECT fingerprint FROM browser WHERE user = ?1 ORDER BY signed_in, week LIMIT ?2)";
    let PreparedBrowser { fingerprint, week, is_brief, signed_in, record } = browser;
    let values = params![user.hash, fingerprint, week, is_brief, signed_in, record];
    if connection.prepare_cached(KEEP)?.execute(values)? == 0 {
        return Ok(());
    }
    let count: i64 = connection.prepare_cached(COUNT)?.query_row([user.hash], |row| row.get(0))?;
    if count > limit_of(MAX_KEPT_BROWSERS) {
        let too_many = count - limit_of(MAX_KEPT_BROWSERS);
        connection.prepare_cached(REMOVE)?.execute(params![user.hash, too_many])?;
    }
    Ok(())
}
