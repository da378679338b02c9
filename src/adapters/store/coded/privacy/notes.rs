//! Notes on logins.

use std::ops::Range;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{Entry, NoteBytes, NoteRow, SaltBytes},
        coded::{people::Opened, sealing::layout, store::Coded, users::commit::prepare_event},
        name::Name,
        record::{parts::tenant_of, privacy::note},
    },
    domain::{
        ids::{LoginId, NoteId, TenantId, UserKey},
        privacy::note::Note,
        tenant::webhook::TenantEvent,
    },
    ports::{NoteStore, Unavailable},
};

/// How many notes are looked at together.
const STEP: usize = 512;

/// Where the notes on a login are: they sort by its time.
fn ids_at(login: LoginId) -> Range<NoteId> {
    NoteId::first_at(login.time())..NoteId::first_at(login.time().plus_ms(1))
}

#[async_trait]
impl<Backend: NoteBytes + SaltBytes> NoteStore for Coded<Backend> {
    async fn put_note(&self, user: &UserKey, note: &Note, event: Option<TenantEvent>) -> Result<bool, Unavailable> {
        let (_, key) = self.key_of(&note.tenant, user).await?;
        let record = layout::seal_thing(&key, &Name::Note(note.id).place(), user, &note::encode(note))?;
        let row = NoteRow {
            id: note.id,
            created_at: note.created_at,
            record,
            event: event.map(|it| prepare_event(&it, Some(user))),
        };
        self.backend.put_note(user, row).await
    }

    async fn note(&self, id: NoteId) -> Result<Option<Note>, Unavailable> {
        let found = self.backend.note(id).await?.map(|record| Entry { id, record });
        Ok(self.readable_notes(found.into_iter().collect()).await?.pop())
    }

    async fn notes_of_login(&self, user: &UserKey, login: LoginId) -> Result<Vec<Note>, Unavailable> {
        let found = self.backend.notes(user, ids_at(login), usize::MAX).await?;
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

    async fn notes_of_tenant(
        &self,
        tenant: &TenantId,
        ids: Range<NoteId>,
        limit: usize,
    ) -> Result<Vec<Note>, Unavailable> {
        let (mut notes, mut rest) = (Vec::new(), ids);
        while notes.len() < limit && !rest.is_empty() {
            let mut found = self.backend.newest_notes(rest.clone(), STEP).await?;
            let is_last = found.len() < STEP;
            rest.end = found.last().map_or(rest.start, |it| it.id);
            // A record tells in the clear whose it is.
            found.retain(|it| tenant_of(&it.record).is_ok_and(|it| it == *tenant));
            notes.extend(self.readable_notes(found).await?);
            if is_last {
                break;
            }
        }
        notes.truncate(limit);
        Ok(notes)
    }

    async fn notes_of_logins(&self, logins: &[(UserKey, LoginId)]) -> Result<Vec<Note>, Unavailable> {
        let ranges: Vec<_> = logins.iter().map(|(user, login)| (*user, ids_at(*login))).collect();
        let found = if ranges.is_empty() { Vec::new() } else { self.backend.notes_in(&ranges).await? };
        let mut notes = self.readable_notes(found).await?;
        notes.retain(|note| logins.iter().any(|(_, login)| *login == note.login));
        Ok(notes)
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
