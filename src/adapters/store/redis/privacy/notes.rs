//! Notes on logins.

use std::{ops::Range, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{Entry, NoteBytes, NoteRow, Reply},
        redis::{
            server::{
                alert_keys::{self, Waiting},
                history_keys, keys,
                link::{Batch, QUICK, WIDE},
            },
            store::Redis,
        },
    },
    domain::ids::{NoteId, UserKey},
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_note.lua")));

impl NoteBytes for Redis {
    async fn put_note(&self, user: &UserKey, note: NoteRow) -> Reply<bool> {
        self.link.must_keep(QUICK).await?;
        let mut run = PUT.key(history_keys::note(note.id));
        run.key(history_keys::notes_of_user(user)).key(history_keys::notes(user.partition));
        run.arg(&note.id.0[..]).arg(note.record).arg(member(user, note.id)).arg(note.created_at.unix_ms());
        if let Some(event) = note.event {
            let waiting = Waiting { event: event.id, webhook: None };
            run.key(waiting.key()).key(alert_keys::events(event.id.partition()));
            run.arg(waiting.name()).arg(event.record).arg(event.due_at.unix_ms());
        }
        self.link.run(QUICK, &run).await
    }

    async fn note(&self, id: NoteId) -> Reply<Option<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(history_keys::note(id));
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn notes(&self, user: &UserKey, ids: Range<NoteId>, limit: usize) -> Reply<Vec<Entry<NoteId>>> {
        let mut ask = Batch::new();
        ask.cmd("ZRANGEBYLEX")
            .arg(history_keys::notes_of_user(user))
            .arg(keys::from(&ids.start.0))
            .arg(keys::below(&ids.end.0));
        ask.arg("LIMIT").arg(0).arg(i64::try_from(limit).unwrap_or(i64::MAX));
        let (members,): (Vec<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        self.notes_named(members.into_iter().filter_map(|it| it.try_into().ok().map(NoteId)).collect()).await
    }

    /// What is listed of a partition is sorted by when it was written: all of it is read, 32 bytes a note.
    async fn newest_notes(&self, ids: Range<NoteId>, limit: usize) -> Reply<Vec<Entry<NoteId>>> {
        let mut ask = Batch::new();
        for partition in keys::partitions() {
            ask.cmd("ZRANGE").arg(history_keys::notes(partition)).arg(0).arg(-1);
        }
        let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let found = members.iter().flatten().filter_map(|it| note_of(it)).filter(|id| ids.contains(id));
        let mut found: Vec<NoteId> = found.collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.truncate(limit);
        self.notes_named(found).await
    }

    async fn notes_in(&self, of: &[(UserKey, Range<NoteId>)]) -> Reply<Vec<Entry<NoteId>>> {
        let mut ask = Batch::new();
        for (user, ids) in of {
            let (from, below) = (keys::from(&ids.start.0), keys::below(&ids.end.0));
            ask.cmd("ZRANGEBYLEX").arg(history_keys::notes_of_user(user)).arg(from).arg(below);
        }
        let members: Vec<Vec<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let ids = members.into_iter().flatten().filter_map(|it| it.try_into().ok().map(NoteId));
        self.notes_named(ids.collect()).await
    }

    async fn remove_notes(&self, user: &UserKey) -> Reply<u64> {
        let mut ask = Batch::new();
        ask.cmd("ZRANGE").arg(history_keys::notes_of_user(user)).arg(0).arg(-1);
        let (members,): (Vec<Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        let ids: Vec<NoteId> = members.into_iter().filter_map(|it| it.try_into().ok().map(NoteId)).collect();
        let mut remove = Batch::new();
        // The index goes last: what is left of a deletion that breaks off is found by the next one.
        for id in &ids {
            remove.cmd("UNLINK").arg(history_keys::note(*id)).ignore();
            remove.cmd("ZREM").arg(history_keys::notes(user.partition)).arg(member(user, *id)).ignore();
        }
        remove.cmd("UNLINK").arg(history_keys::notes_of_user(user)).ignore();
        self.link.ask::<()>(WIDE, &remove).await?;
        Ok(ids.len() as u64)
    }
}

impl Redis {
    /// The notes of these ids, without those that are gone.
    async fn notes_named(&self, ids: Vec<NoteId>) -> Reply<Vec<Entry<NoteId>>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut ask = Batch::new();
        for id in &ids {
            ask.cmd("GET").arg(history_keys::note(*id));
        }
        let records: Vec<Option<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        let found = ids.into_iter().zip(records);
        Ok(found.filter_map(|(id, record)| Some(Entry { id, record: record? })).collect())
    }
}

/// The note that is called so among all notes of its partition; `None` if that is no name of one.
#[must_use]
pub fn note_of(member: &[u8]) -> Option<NoteId> {
    Some(NoteId(*member.last_chunk()?)).filter(|_| member.len() == 32)
}

/// What a note is called among all notes of its partition: whose it is, and its id.
fn member(user: &UserKey, id: NoteId) -> Vec<u8> {
    [&user.hash[..], &id.0].concat()
}
