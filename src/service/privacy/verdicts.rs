//! Verdicts on logins, by those who look into them.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    domain::{
        alert::{
            alert::{Answer, Speaker},
            statements::Statement,
        },
        history::login_record::LoginRecord,
        keyring::Keyring,
        privacy::note::{Decision, MAX_NOTES, Note, Verdict},
        tenant::webhook::{EventKind, TenantEvent},
        user::device::Trust,
    },
    ports::{AlertStore, Clock, NoteStore, Unavailable},
    service::user::devices::Devices,
};

/// How often a verdict is tried that others are faster than, each time another one.
const TRIES: u32 = 16;

/// What has become of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is the verdict that holds.
    New(Given),
    /// It was that before: the same author has given it for the same reason.
    Before(Given),
    /// It is not given. Another verdict holds, of which whoever decides does not know: this one.
    Meanwhile(Note),
    /// It is not given: the login has as many notes as it may have.
    TooMany,
}

/// A verdict that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The verdict.
    pub verdict: Note,
    /// The one that held before it.
    pub replaced: Option<Note>,
    /// Whether a device is denied by it.
    pub is_denied: bool,
    /// Whether that was done now. A verdict that is given again denies nothing again.
    pub has_denied: bool,
}

/// The verdicts of all tenants. They are kept as notes are.
#[derive(Clone)]
pub struct Verdicts {
    alerts: Arc<dyn AlertStore>,
    notes: Arc<dyn NoteStore>,
    devices: Devices,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Verdicts {
    /// Uses these ports, and denies devices.
    #[must_use]
    pub fn new(
        alerts: Arc<dyn AlertStore>,
        notes: Arc<dyn NoteStore>,
        devices: Devices,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
    ) -> Self {
        Self { alerts, notes, devices, clock, keyring }
    }

    /// Gives a verdict on a login, and tells the tenant with it, unless another one holds that is not known to whoever decides. The
    /// same verdict of the same author for the same reason is one, as long as it is the latest. `Compromised` denies the login's
    /// device, and answers the alerts about it; the other verdicts change nothing but what is written.
    ///
    /// A device is denied before that is written. So of two who decide in the same moment, the one who is second may have denied
    /// it, too, although that verdict is not given.
    ///
    /// # Errors
    /// When the store does not answer. Whoever tries again completes what was begun.
    pub async fn judge(&self, login: &LoginRecord, author: &str, decision: &Decision) -> Result<Judged, Unavailable> {
        let keys = self.keyring.tenant(&login.tenant);
        let user = keys.user(&login.user);
        let (mut after, mut unread) = (None, 0);
        for _ in 0..TRIES {
            let notes = self.notes.notes_of_login(&user, login.id).await?;
            let (before, latest) = latest_two(&notes);
            if let Some(latest) = latest.filter(|it| is_same(it, author, decision)) {
                let (is_denied, has_denied) = self.deny_again(login, author, decision.verdict).await?;
                let (verdict, replaced) = (latest.clone(), before.cloned());
                return Ok(Judged::Before(Given { verdict, replaced, is_denied, has_denied }));
            }
            if let Some(latest) = latest.filter(|it| !decision.seen.includes(it.id)) {
                return Ok(Judged::Meanwhile(latest.clone()));
            }
            if notes.len() >= MAX_NOTES {
                return Ok(Judged::TooMany);
            }
            unread = if latest.map(|it| it.id) == after { unread } else { 0 };
            after = latest.map(|it| it.id);
            let note = Note {
                id: keys.verdict_id(login.id, after, unread),
                tenant: login.tenant.clone(),
                login: login.id,
                // Of two of one millisecond the second is the later one.
                created_at: latest.map_or(self.clock.now(), |it| self.clock.now().max(it.created_at.plus_ms(1))),
                author: author.to_owned(),
                user: login.user.clone(),
                verdict: Some(decision.verdict),
                text: decision.reason.clone(),
            };
            let is_denied = self.deny(login, author, decision.verdict).await?;
            let event = TenantEvent::new(note.created_at, EventKind::Judged, &keys, note.id);
            if self.notes.put_note(&user, &note, Some(event)).await? {
                let replaced = latest.cloned();
                return Ok(Judged::New(Given { verdict: note, replaced, is_denied, has_denied: is_denied }));
            }
            // Somebody was faster, or has left one that cannot be read.
            unread += 1;
        }
        Err(Unavailable("others judge this login all the time".to_owned()))
    }

    /// The user's own word that it was not them, with which a verdict does not agree: whoever gives it should know of that before.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn denial_against(
        &self,
        verdict: Verdict,
        login: &LoginRecord,
    ) -> Result<Option<Statement>, Unavailable> {
        let Some(alert) = login.alert.filter(|_| verdict != Verdict::Compromised) else { return Ok(None) };
        let mut found = self.alerts.deliveries(&[alert.id], self.clock.now()).await?;
        let own = found.remove(&alert.id).and_then(|it| it.statements.own);
        Ok(own.filter(|it| it.answer == Answer::Denied))
    }

    /// Whether the verdict denies a device that the user has; then it is denied.
    async fn deny(&self, login: &LoginRecord, author: &str, verdict: Verdict) -> Result<bool, Unavailable> {
        let by = Speaker::colleague(author);
        if verdict == Verdict::Compromised { self.devices.deny_of_login(login, by).await } else { Ok(false) }
    }

    /// The same for a verdict that was given before: whether the device is denied, and whether that was done now, because somebody has
    /// let it in since.
    async fn deny_again(
        &self,
        login: &LoginRecord,
        author: &str,
        verdict: Verdict,
    ) -> Result<(bool, bool), Unavailable> {
        let devices = self.devices.list(&login.tenant, &login.user).await?;
        let is_denied = devices.iter().any(|it| it.id == login.device.id && it.trust == Trust::Denied);
        if is_denied && verdict == Verdict::Compromised {
            return Ok((true, false));
        }
        let is_denied = self.deny(login, author, verdict).await?;
        Ok((is_denied, is_denied))
    }
}

/// The verdict that holds, and before it the one that held before.
fn latest_two(notes: &[Note]) -> (Option<&Note>, Option<&Note>) {
    let later =
        |one: &&Note, other: &&Note| -> Ordering { (one.created_at, one.id).cmp(&(other.created_at, other.id)) };
    let mut verdicts: Vec<&Note> = notes.iter().filter(|note| note.verdict.is_some()).collect();
    verdicts.sort_by(later);
    let latest = verdicts.pop();
    (verdicts.pop(), latest)
}

fn is_same(note: &Note, author: &str, decision: &Decision) -> bool {
    note.author == author && note.verdict == Some(decision.verdict) && note.text == decision.reason
}
