//! Notes on logins.

use std::ops::Range;

use rusqlite::{OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{Entry, NoteBytes, NoteRow, Reply},
        sqlite::{
            engine::rows::{limit_of, record_of},
            store::{Sqlite, insert_event},
        },
    },
    domain::ids::{NoteId, UserKey},
};

impl NoteBytes for Sqlite {
    async fn put_note(&self, user: &UserKey, note: NoteRow) -> Reply<bool> {
        let user = user.hash;
        self.write(move |connection| {
            let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO note VALUES (?, ?, ?, ?)")?;
            let is_new = insert.execute(params![user, note.id.0, note.created_at.unix_ms(), note.record])? > 0;
            if let (true, Some(event)) = (is_new, &note.event) {
                insert_event(connection, event)?;
            }
            Ok(is_new)
        })
        .await
    }

    async fn note(&self, id: NoteId) -> Reply<Option<Vec<u8>>> {
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT record FROM note WHERE id = ?")?;
                Ok(select.query_row([id.0], |row| record_of(row, 0)).optional()?)
            })
            .await
    }

    async fn notes(&self, user: &UserKey, ids: Range<NoteId>, limit: usize) -> Reply<Vec<Entry<NoteId>>> {
        const FIND: &str = "SELECT id, record FROM note WHERE user = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?";
        let user = user.hash;
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(FIND)?;
                let values = params![user, ids.start.0, ids.end.0, limit_of(limit)];
                let found = select.query_map(values, entry)?;
                Ok(found.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn newest_notes(&self, ids: Range<NoteId>, limit: usize) -> Reply<Vec<Entry<NoteId>>> {
        const FIND: &str = "SELECT id, record FROM note WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?";
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(FIND)?;
                let found = select.query_map(params![ids.start.0, ids.end.0, limit_of(limit)], entry)?;
                Ok(found.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn notes_in(&self, of: &[(UserKey, Range<NoteId>)]) -> Reply<Vec<Entry<NoteId>>> {
        const FIND: &str = "SELECT id, record FROM note WHERE user = ? AND id >= ? AND id < ?";
        let of = of.to_vec();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(FIND)?;
                let mut found = Vec::new();
                for (user, ids) in of {
                    let rows = select.query_map(params![user.hash, ids.start.0, ids.end.0], entry)?;
                    found.extend(rows.collect::<Result<Vec<_>, _>>()?);
                }
                Ok(found)
            })
            .await
    }

    async fn remove_notes(&self, user: &UserKey) -> Reply<u64> {
        let user = user.hash;
        self.write(move |connection| {
            Ok(connection.prepare_cached("DELETE FROM note WHERE user = ?")?.execute([user])? as u64)
        })
        .await
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry<NoteId>> {
    Ok(Entry { id: NoteId(row.get(0)?), record: record_of(row, 1)? })
}
