//! Notes on logins, in memory.

use std::{cmp::Reverse, ops::Range};

use crate::{
    adapters::store::{
        backend::{Entry, NoteBytes, NoteRow, Reply},
        memory::store::Memory,
    },
    domain::ids::{NoteId, UserKey},
};

impl NoteBytes for Memory {
    async fn put_note(&self, user: &UserKey, note: NoteRow) -> Reply<bool> {
        let mut tables = self.tables();
        let is_new = !tables.notes.contains_key(&(user.hash, note.id));
        if is_new {
            tables.notes.insert((user.hash, note.id), (note.created_at, note.record));
            if let Some(event) = note.event {
                tables.insert_event(event);
            }
        }
        Ok(is_new)
    }

    async fn note(&self, id: NoteId) -> Reply<Option<Vec<u8>>> {
        let tables = self.tables();
        let found = tables.notes.iter().find(|((_, note), _)| *note == id);
        Ok(found.map(|(_, (_, record))| record.clone()))
    }

    async fn notes(&self, user: &UserKey, ids: Range<NoteId>, limit: usize) -> Reply<Vec<Entry<NoteId>>> {
        let tables = self.tables();
        let found = tables.notes.range((user.hash, ids.start)..(user.hash, ids.end)).take(limit);
        Ok(found.map(|((_, id), (_, record))| Entry { id: *id, record: record.clone() }).collect())
    }

    async fn newest_notes(&self, ids: Range<NoteId>, limit: usize) -> Reply<Vec<Entry<NoteId>>> {
        let tables = self.tables();
        let found = tables.notes.iter().filter(|((_, id), _)| ids.contains(id));
        let mut found: Vec<Entry<NoteId>> =
            found.map(|((_, id), (_, record))| Entry { id: *id, record: record.clone() }).collect();
        found.sort_unstable_by_key(|it| Reverse(it.id));
        found.truncate(limit);
        Ok(found)
    }

    async fn notes_in(&self, of: &[(UserKey, Range<NoteId>)]) -> Reply<Vec<Entry<NoteId>>> {
        let tables = self.tables();
        let of_one = |(user, ids): &(UserKey, Range<NoteId>)| {
            let found = tables.notes.range((user.hash, ids.start)..(user.hash, ids.end));
            found.map(|((_, id), (_, record))| Entry { id: *id, record: record.clone() }).collect::<Vec<_>>()
        };
        Ok(of.iter().flat_map(of_one).collect())
    }

    async fn remove_notes(&self, user: &UserKey) -> Reply<u64> {
        let notes = &mut self.tables().notes;
        let before = notes.len();
        notes.retain(|(of, _), _| *of != user.hash);
        Ok((before - notes.len()) as u64)
    }
}
