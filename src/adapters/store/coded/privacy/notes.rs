//! Notes on logins.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Entry, NoteBytes, NoteRow, SaltBytes},
        coded::{people::Opened, sealing::layout, store::Coded},
        name::Name,
        record::privacy::note,
    },
    domain::{
        ids::{LoginId, NoteId, UserKey},
        privacy::note::Note,
    },
    ports::{NoteStore, Unavailable},
};

#[async_trait]
impl<Backend: NoteBytes + SaltBytes> NoteStore for Coded<Backend> {
    async fn put_note(&self, user: &UserKey, note: &Note) -> Result<bool, Unavailable> {
        let (_, key) = self.key_of(&note.tenant, user).await?;
        let record = layout::seal_thing(&key, &Name::Note(note.id).place(), user, &note::encode(note))?;
        let row = NoteRow { id: note.id, created_at: note.created_at, record };
        self.backend.put_note(user, row).await
    }

    async fn notes_of_login(&self, user: &UserKey, login: LoginId) -> Result<Vec<Note>, Unavailable> {
        // A note sorts by the time of its login.
        let ids = NoteId::first_at(login.time())..NoteId::first_at(login.time().plus_ms(1));
        let found = self.backend.notes(user, ids, usize::MAX).await?;
        let mut notes = self.readable_notes(found).await?;
        notes.retain(|it| it.login == login);
        Ok(notes)
    }

    async fn notes_of_user(
        &self,
        user: &UserKey,
        after: Option<NoteId>,
        limit: usize,
    ) -> Result<Vec<Note>, Unavailable> {
        let start = after.map_or(NoteId([0; 16]), NoteId::next);
        let found = self.backend.notes(user, start..NoteId([0xFF; 16]), limit).await?;
        self.readable_notes(found).await
    }

    async fn remove_notes(&self, user: &UserKey) -> Result<u64, Unavailable> {
        self.backend.remove_notes(user).await
    }
}

impl<Backend: SaltBytes> Coded<Backend> {
    async fn readable_notes(&self, found: Vec<Entry<NoteId>>) -> Result<Vec<Note>, Unavailable> {
        let (ids, records): (Vec<NoteId>, Vec<Vec<u8>>) = found.into_iter().map(|it| (it.id, it.record)).unzip();
        let opened = self.open_all(ids.iter().map(|id| Name::Note(*id)).zip(records).collect()).await?;
        let read = |(id, opened): (NoteId, Opened)| {
            let read = opened.and_then(|it| it.map(|it| note::decode(&it)).transpose());
            self.noted(Name::Note(id), read).ok()?
        };
        Ok(ids.into_iter().zip(opened).filter_map(read).collect())
    }
}
