//! What leads to logins and people.

use std::ops::Range;

use rusqlite::{Connection, params};

use crate::{
    adapters::store::{
        backend::{ClueBytes, ClueTrace, CluesAsked, Reply},
        prepared::PreparedClue,
        sqlite::{
            days::{day_of, days_of, newest_first},
            engine::{
                group::deferred::{IndexRows, LoginClue, OtherClue},
                rows::limit_of,
            },
            store::Sqlite,
        },
    },
    domain::{
        history::clue::Stretch,
        ids::{ClueKey, LoginId, UserKey},
        time::Timestamp,
    },
};

impl ClueBytes for Sqlite {
    async fn clues(&self, asked: CluesAsked<'_>) -> Reply<Vec<(ClueKey, Vec<u8>)>> {
        let CluesAsked { keys, from, below, limit, now: _ } = asked;
        let (keys, from, below) = (keys.to_vec(), from.to_vec(), below.to_vec());
        self.readers
            .read(move |connection| {
                let mut found = of_stretches(connection, &keys, &[&from, &below], limit)?;
                if let (Some(from), Some(below)) = (login_in(&from), login_in(&below)) {
                    found.extend(of_days(connection, &keys, &(from..below), limit)?);
                }
                Ok(found)
            })
            .await
    }

    async fn forget_clues(&self, _: &UserKey, _: Timestamp, traces: Vec<ClueTrace>) -> Reply<()> {
        if traces.is_empty() {
            return Ok(());
        }
        self.write(move |connection| Ok(forget_clues(connection, &traces)?)).await
    }

    async fn forget_clues_to(&self, user: &UserKey, _: Timestamp) -> Reply<()> {
        let hash = user.hash;
        // Behind what it has of a browser, a lead ends with the hash of its user.
        self.write(move |connection| {
            connection.execute("DELETE FROM clue WHERE length(lead) > 16 AND substr(lead, -16) = ?", [hash])?;
            Ok(())
        })
        .await
    }
}

/// The login that a lead of 16 bytes leads to.
fn login_in(lead: &[u8]) -> Option<LoginId> {
    lead.try_into().ok().map(LoginId)
}

fn of_stretches(
    connection: &Connection,
    keys: &[ClueKey],
    [from, below]: &[&[u8]; 2],
    limit: usize,
) -> rusqlite::Result<Vec<(ClueKey, Vec<u8>)>> {
    const FIND: &str = "SELECT lead FROM clue WHERE stretch = ? AND key = ? AND lead >= ? AND lead < ?
        ORDER BY lead DESC LIMIT ?";
    let mut find = connection.prepare_cached(FIND)?;
    let mut found = Vec::new();
    for stretch in stretches(connection)? {
        for key in keys {
            let rows = find.query_map(params![stretch, key.0, from, below, limit_of(limit)], |row| row.get(0))?;
            for lead in rows {
                found.push((*key, lead?));
            }
        }
    }
    Ok(found)
}

/// Of each key the highest.
fn of_days(
    connection: &Connection,
    keys: &[ClueKey],
    ids: &Range<LoginId>,
    limit: usize,
) -> rusqlite::Result<Vec<(ClueKey, Vec<u8>)>> {
    const DAYS: &str = days_of!("login_clue", "key = ?3");
    const FIND: &str = "SELECT login FROM login_clue WHERE day = ? AND key = ? AND login >= ? AND login < ?
        ORDER BY login DESC LIMIT ?";
    let mut find = connection.prepare_cached(FIND)?;
    let mut found = Vec::new();
    for key in keys {
        let mut left = limit;
        newest_first(connection, DAYS, params![day_of(ids.start), day_of(ids.end), key.0], |day| {
            let values = params![day, key.0, ids.start.0, ids.end.0, limit_of(left)];
            for lead in find.query_map(values, |row| row.get(0))? {
                found.push((*key, lead?));
                left -= 1;
            }
            Ok(left == 0)
        })?;
    }
    Ok(found)
}

/// Stores a clue at the end of its group of commits, unless it is there: one that leads to a login by its day, so that the clues of a
/// day lie together.
pub fn add_clue(rows: &mut IndexRows, clue: &PreparedClue) {
    let PreparedClue { stretch, key, lead } = clue;
    match login_in(lead) {
        Some(login) => rows.login_clues.push(LoginClue { day: day_of(login), key: *key, login }),
        None => rows.other_clues.push(OtherClue { stretch: stretch.0, key: *key, lead: lead.clone() }),
    }
}

/// Deletes clues.
///
/// # Errors
/// Those of SQLite.
pub fn forget_clues(connection: &Connection, traces: &[ClueTrace]) -> rusqlite::Result<()> {
    let all = stretches(connection)?;
    let mut one = connection.prepare_cached("DELETE FROM clue WHERE stretch = ? AND key = ? AND lead = ?")?;
    let mut any = connection.prepare_cached("DELETE FROM clue WHERE stretch = ? AND lead = ?")?;
    for ClueTrace { stretch, key, lead } in traces {
        let only = stretch.map(|it| vec![it.0]);
        for stretch in only.as_ref().unwrap_or(&all) {
            match key {
                Some(key) => one.execute(params![stretch, key.0, lead])?,
                None => any.execute(params![stretch, lead])?,
            };
        }
        if let Some(login) = login_in(lead) {
            forget_of_day(connection, *key, login)?;
        }
    }
    Ok(())
}

fn forget_of_day(connection: &Connection, key: Option<ClueKey>, login: LoginId) -> rusqlite::Result<()> {
    let mut one = connection.prepare_cached("DELETE FROM login_clue WHERE day = ? AND key = ? AND login = ?")?;
    let mut any = connection.prepare_cached("DELETE FROM login_clue WHERE day = ? AND login = ?")?;
    match key {
        Some(key) => one.execute(params![day_of(login), key.0, login.0])?,
        None => any.execute(params![day_of(login), login.0])?,
    };
    Ok(())
}

/// Deletes those of stretches and days before that of the cutoff; how many of either, at most.
///
/// # Errors
/// Those of SQLite.
pub fn trim_clues(connection: &Connection, cutoff: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    const TRIM: &str = "DELETE FROM clue WHERE (stretch, key, lead) IN (
        SELECT stretch, key, lead FROM clue WHERE stretch < ? ORDER BY stretch LIMIT ?)";
    const TRIM_DAYS: &str = "DELETE FROM login_clue WHERE (day, key, login) IN (
        SELECT day, key, login FROM login_clue WHERE day < ? ORDER BY day LIMIT ?)";
    let first_kept = day_of(LoginId::first_at(cutoff));
    let of_stretches = connection.prepare_cached(TRIM)?.execute(params![Stretch::of(cutoff).0, limit_of(limit)])?;
    let of_days = connection.prepare_cached(TRIM_DAYS)?.execute(params![first_kept, limit_of(limit)])?;
    Ok(of_stretches.max(of_days))
}

/// From one stretch to the next, over the rows between; the latest first.
fn stretches(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut next = connection.prepare_cached("SELECT max(stretch) FROM clue WHERE stretch < ?")?;
    let (mut found, mut last) = (Vec::new(), i64::MAX);
    while let Some(stretch) = next.query_row([last], |row| row.get::<_, Option<i64>>(0))? {
        found.push(stretch);
        last = stretch;
    }
    Ok(found)
}
