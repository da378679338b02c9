//! Verdicts on logins, by those who look into them.

use std::sync::Arc;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        keyring::Keyring,
        privacy::note::{MAX_NOTES, Note, Verdict, latest_verdict},
        tenant::webhook::{EventKind, TenantEvent},
    },
    ports::{Clock, NoteStore, Unavailable},
    service::{privacy::notes::Written, user::devices::Devices},
};

/// The verdicts of all tenants. They are kept as notes are.
#[derive(Clone)]
pub struct Verdicts {
    notes: Arc<dyn NoteStore>,
    devices: Devices,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Verdicts {
    /// Uses these ports, and denies devices.
    #[must_use]
    pub fn new(notes: Arc<dyn NoteStore>, devices: Devices, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { notes, devices, clock, keyring }
    }

    /// Gives a verdict on a login, and tells the tenant with it. The same verdict of the same author for the same reason is
    /// one, as long as it is the latest. `Compromised` denies the login's device, and answers the alerts about it; the other
    /// verdicts change nothing but what is written. Returns also whether a device is denied by it.
    ///
    /// # Errors
    /// When the store does not answer. Whoever tries again completes what was begun.
    pub async fn judge(
        &self,
        login: &LoginRecord,
        author: &str,
        verdict: Verdict,
        reason: String,
    ) -> Result<(Written, bool), Unavailable> {
        let keys = self.keyring.tenant(&login.tenant);
        let user = keys.user(&login.user);
        let known = self.notes.notes_of_login(&user, login.id).await?;
        if let Some(before) = latest_verdict(&known).filter(|it| is_same(it, author, verdict, &reason)) {
            // What was cut off between the two steps below is made up for.
            let is_denied = self.deny(login, verdict).await?;
            return Ok((Written::Before(before.clone()), is_denied));
        }
        if known.len() >= MAX_NOTES {
            return Ok((Written::TooMany, false));
        }
        let number = known.iter().filter(|note| note.verdict.is_some()).count();
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let note = Note {
            id: keys.verdict_id(login.id, author, verdict.as_str(), number),
            tenant: login.tenant.clone(),
            login: login.id,
            created_at: self.clock.now(),
            author: author.to_owned(),
            user: login.user.clone(),
            verdict: Some(verdict),
            text: reason,
        };
        let is_denied = self.deny(login, verdict).await?;
        let event = TenantEvent::new(note.created_at, EventKind::Judged, &keys, note.id);
        if self.notes.put_note(&user, &note, Some(event)).await? {
            return Ok((Written::New(note), is_denied));
        }
        // The same request came twice at the same time.
        let first = self.notes.note(note.id).await?.unwrap_or(note);
        Ok((Written::Before(first), is_denied))
    }

    /// Whether the verdict denies a device that the user has; then it is denied.
    async fn deny(&self, login: &LoginRecord, verdict: Verdict) -> Result<bool, Unavailable> {
        if verdict == Verdict::Compromised { self.devices.deny_of_login(login).await } else { Ok(false) }
    }
}

fn is_same(note: &Note, author: &str, verdict: Verdict, reason: &str) -> bool {
    note.author == author && note.verdict == Some(verdict) && note.text == reason
}
