//! What leads to logins and people.

use rusqlite::{Connection, params};

use crate::{
    adapters::store::{
        backend::{ClueBytes, ClueTrace, CluesAsked, Reply},
        prepared::PreparedClue,
        sqlite::{engine::rows::limit_of, store::Sqlite},
    },
    domain::{
        history::clue::Stretch,
        ids::{ClueKey, UserKey},
        time::Timestamp,
    },
};

impl ClueBytes for Sqlite {
    async fn clues(&self, asked: CluesAsked<'_>) -> Reply<Vec<(ClueKey, Vec<u8>)>> {
        const FIND: &str = "SELECT lead FROM clue WHERE stretch = ? AND key = ? AND lead >= ? AND lead < ?
            ORDER BY lead DESC LIMIT ?";
        let CluesAsked { keys, from, below, limit, now: _ } = asked;
        let (keys, from, below) = (keys.to_vec(), from.to_vec(), below.to_vec());
        self.readers
            .read(move |connection| {
                let mut find = connection.prepare_cached(FIND)?;
                let mut found = Vec::new();
                for stretch in stretches(connection)? {
                    for key in &keys {
                        let rows =
                            find.query_map(params![stretch, key.0, from, below, limit_of(limit)], |row| row.get(0))?;
                        for lead in rows {
                            found.push((*key, lead?));
                        }
                    }
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

/// Stores a clue, unless it is there.
///
/// # Errors
/// Those of SQLite.
pub fn add_clue(connection: &Connection, clue: &PreparedClue) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO clue VALUES (?, ?, ?)")?;
    insert.execute(params![clue.stretch.0, clue.key.0, clue.lead]).map(drop)
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
    }
    Ok(())
}

/// Deletes those of stretches before that of the cutoff; how many.
///
/// # Errors
/// Those of SQLite.
pub fn trim_clues(connection: &Connection, cutoff: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    const TRIM: &str = "DELETE FROM clue WHERE (stretch, key, lead) IN (
        SELECT stretch, key, lead FROM clue WHERE stretch < ? ORDER BY stretch LIMIT ?)";
    connection.prepare_cached(TRIM)?.execute(params![Stretch::of(cutoff).0, limit_of(limit)])
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
