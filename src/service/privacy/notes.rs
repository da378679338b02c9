//! Notes on logins.

use std::{collections::HashSet, sync::Arc};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::LoginId,
        keyring::Keyring,
        privacy::note::{MAX_NOTES, Note},
    },
    ports::{Clock, NoteStore, Unavailable},
};

/// The result of writing a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// There was none like it.
    New(Note),
    /// The same author had written the same about this login before.
    Before(Note),
    /// The login has as many notes as it may have.
    TooMany,
}

/// The notes of all tenants.
#[derive(Clone)]
pub struct Notes {
    store: Arc<dyn NoteStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Notes {
    /// Uses these ports.
    #[must_use]
    pub fn new(store: Arc<dyn NoteStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { store, clock, keyring }
    }

    /// The notes and verdicts on a login, the earliest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(&self, login: &LoginRecord) -> Result<Vec<Note>, Unavailable> {
        let user = self.keyring.tenant(&login.tenant).user(&login.user);
        let mut notes = self.store.notes_of_login(&user, login.id).await?;
        notes.sort_by_key(|note| (note.created_at, note.id));
        Ok(notes)
    }

    /// Those of some logins of one tenant on which somebody has given a verdict.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn judged<'a>(
        &self,
        logins: impl Iterator<Item = &'a LoginRecord>,
    ) -> Result<HashSet<LoginId>, Unavailable> {
        let asked: Vec<_> = logins.map(|it| (self.keyring.tenant(&it.tenant).user(&it.user), it.id)).collect();
        let notes = self.store.notes_of_logins(&asked).await?;
        Ok(notes.into_iter().filter(|it| it.verdict.is_some()).map(|it| it.login).collect())
    }

    /// Writes a note on a login. The text was [checked](crate::domain::privacy::note::checked_text).
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn write(&self, login: &LoginRecord, author: &str, text: String) -> Result<Written, Unavailable> {
        let keys = self.keyring.tenant(&login.tenant);
        let id = keys.note_id(login.id, author, &text);
        let known = self.of(login).await?;
        if let Some(before) = known.iter().find(|note| note.id == id) {
            return Ok(Written::Before(before.clone()));
        }
        if known.len() >= MAX_NOTES {
            return Ok(Written::TooMany);
        }
        let note = Note {
            id,
            tenant: login.tenant.clone(),
            login: login.id,
            created_at: self.clock.now(),
            author: author.to_owned(),
            user: login.user.clone(),
            verdict: None,
            text,
        };
        self.store.put_note(&keys.user(&login.user), &note, None).await?;
        Ok(Written::New(note))
    }
}
