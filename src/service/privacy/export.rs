//! Everything that is kept about one person, read piece by piece: it is never in memory as a whole.

use std::sync::Arc;

use crate::{
    domain::{
        alert::{
            alert::{Alert, Delivery},
            suppression::Suppression,
        },
        history::{
            login_record::{LoginIndex, LoginRecord},
            session::Session,
        },
        ids::{AlertId, LoginId, NoteId, RequestId, TenantId, UserId, UserKey},
        keyring::Keyring,
        privacy::{chain::AuditEntry, note::Note, request::PersonRequest},
        time::Timestamp,
        user::profile::Profile,
    },
    ports::{
        AlertStore, AuditPage, AuditStore, Clock, LoginStore, NoteStore, ProfileStore, RequestIndex, RequestStore,
        SessionStore, SuppressionStore, Unavailable,
    },
};

/// How many records are read at once.
const PAGE: usize = 64;

/// Where what is kept about a person is read.
#[derive(Clone)]
pub struct ExportPorts {
    /// Profiles.
    pub profiles: Arc<dyn ProfileStore>,
    /// Logins.
    pub logins: Arc<dyn LoginStore>,
    /// Alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Notes.
    pub notes: Arc<dyn NoteStore>,
    /// Requests.
    pub requests: Arc<dyn RequestStore>,
    /// The audit.
    pub audit: Arc<dyn AuditStore>,
    /// Suppressed addresses.
    pub suppressions: Arc<dyn SuppressionStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Whose export it is.
#[derive(Clone, Debug)]
pub struct Whose {
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
}

/// What an export begins with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// When it was begun.
    pub exported_at: Timestamp,
    /// What is known of the person.
    pub profile: Profile,
    /// Why the person's address gets no more mail, if it gets none.
    pub suppression: Option<Suppression>,
}

/// Some records of one kind.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Logins, newest first.
    Logins(Vec<LoginRecord>),
    /// Alerts, newest first, each with the reference that its mail shows.
    Alerts(Vec<(Alert, Delivery, String)>),
    /// Sessions, in no order.
    Sessions(Vec<Session>),
    /// Notes, in the order of their logins.
    Notes(Vec<Note>),
    /// Requests, newest first, each with the reference that its mails show.
    Requests(Vec<(PersonRequest, String)>),
    /// Who has looked, and what for, the newest first.
    Reads(Vec<AuditEntry>),
}

/// How far an export has got: where the next piece begins.
#[derive(Clone, Debug)]
pub enum Mark {
    /// Logins below this id.
    Logins(Option<LoginId>),
    /// Alerts below this id.
    Alerts(Option<AlertId>),
    /// These sessions; `None` before their keys are known.
    Sessions(Option<Vec<[u8; 16]>>),
    /// Notes above this id.
    Notes(Option<NoteId>),
    /// Requests below this id.
    Requests(Option<RequestId>),
    /// Entries of the audit below this number.
    Reads(Option<u64>),
}

impl Mark {
    /// Where every export begins.
    pub const START: Self = Self::Logins(None);
}

/// Reads what is kept about persons.
#[derive(Clone)]
pub struct Exports {
    ports: ExportPorts,
    keyring: Keyring,
}

impl Exports {
    /// Reads these ports.
    #[must_use]
    pub fn new(ports: ExportPorts, keyring: Keyring) -> Self {
        Self { ports, keyring }
    }

    /// What the export of a person begins with; `None` if nothing is known of such a person.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn open(&self, whose: &Whose) -> Result<Option<Opening>, Unavailable> {
        let exported_at = self.ports.clock.now();
        let key = self.key(whose);
        let profile = self.ports.profiles.load(&key, None, exported_at).await?.profile;
        if profile == Profile::default() && !self.has_records(whose, &key).await? {
            return Ok(None);
        }
        let suppression = match &profile.contact.email {
            Some(email) => {
                let asked = [(whose.tenant.clone(), self.keyring.tenant(&whose.tenant).email(email))];
                self.ports.suppressions.suppressions(&asked).await?.into_iter().next().flatten()
            }
            None => None,
        };
        Ok(Some(Opening { exported_at, profile, suppression }))
    }

    /// The piece that begins at a mark, and where the next one begins; `None` after the last one. A piece may be empty.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn piece(&self, whose: &Whose, mark: Mark) -> Result<(Piece, Option<Mark>), Unavailable> {
        let key = self.key(whose);
        match mark {
            Mark::Logins(before) => self.logins(whose, &key, before).await,
            Mark::Alerts(before) => self.alerts(&key, before).await,
            Mark::Sessions(keys) => self.sessions(&key, keys).await,
            Mark::Notes(after) => {
                let found = self.ports.notes.notes_of_user(&key, after, PAGE).await?;
                let next = more_after(&found).then(|| Mark::Notes(found.last().map(|it| it.id)));
                Ok((Piece::Notes(found), next.or(Some(Mark::Requests(None)))))
            }
            Mark::Requests(before) => self.requests(&key, before).await,
            Mark::Reads(before) => self.reads(whose, &key, before).await,
        }
    }

    async fn logins(
        &self,
        whose: &Whose,
        key: &UserKey,
        before: Option<LoginId>,
    ) -> Result<(Piece, Option<Mark>), Unavailable> {
        let ids = LoginId([0; 16])..before.unwrap_or(LoginId([0xFF; 16]));
        let found = self.ports.logins.logins(&whose.tenant, &LoginIndex::User(*key), ids, PAGE).await?;
        let next = more_after(&found).then(|| Mark::Logins(found.last().map(|it| it.id)));
        Ok((Piece::Logins(found), next.or(Some(Mark::Alerts(None)))))
    }

    async fn alerts(&self, key: &UserKey, before: Option<AlertId>) -> Result<(Piece, Option<Mark>), Unavailable> {
        let found = self.ports.alerts.alerts_of(key, before, PAGE, self.ports.clock.now()).await?;
        let next = more_after(&found).then(|| Mark::Alerts(found.last().map(|(alert, _)| alert.id)));
        let referenced = found.into_iter().map(|(alert, delivery)| {
            let reference = self.keyring.reference(alert.id);
            (alert, delivery, reference)
        });
        Ok((Piece::Alerts(referenced.collect()), next.or(Some(Mark::Sessions(None)))))
    }

    async fn sessions(&self, key: &UserKey, keys: Option<Vec<[u8; 16]>>) -> Result<(Piece, Option<Mark>), Unavailable> {
        let mut keys = match keys {
            Some(keys) => keys,
            None => self.ports.sessions.session_keys(key).await?,
        };
        let later = keys.split_off(keys.len().min(PAGE));
        let found = self.ports.sessions.sessions(key, &keys).await?;
        let next = if later.is_empty() { Mark::Notes(None) } else { Mark::Sessions(Some(later)) };
        Ok((Piece::Sessions(found), Some(next)))
    }

    async fn requests(&self, key: &UserKey, before: Option<RequestId>) -> Result<(Piece, Option<Mark>), Unavailable> {
        let found = self.ports.requests.requests(RequestIndex::User(key), before, PAGE).await?;
        let next = more_after(&found).then(|| Mark::Requests(found.last().map(|(_, request)| request.id)));
        let referenced = found.into_iter().map(|(_, request)| {
            let reference = self.keyring.request_reference(request.id);
            (request, reference)
        });
        Ok((Piece::Requests(referenced.collect()), next.or(Some(Mark::Reads(None)))))
    }

    async fn reads(
        &self,
        whose: &Whose,
        key: &UserKey,
        before: Option<u64>,
    ) -> Result<(Piece, Option<Mark>), Unavailable> {
        let page = AuditPage { tenant: &whose.tenant, user: Some(key), before, limit: PAGE };
        let found = self.ports.audit.audit_page(page).await?;
        let next = more_after(&found).then(|| Mark::Reads(found.last().map(|it| it.number)));
        let reads = found.into_iter().filter_map(|it| it.entry).filter(|it| it.event.action.is_read());
        Ok((Piece::Reads(reads.collect()), next))
    }

    /// Whether there is a login or an alert of somebody of whom nothing was learned.
    async fn has_records(&self, whose: &Whose, key: &UserKey) -> Result<bool, Unavailable> {
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let logins = self.ports.logins.logins(&whose.tenant, &LoginIndex::User(*key), everything, 1).await?;
        let alerts = self.ports.alerts.alerts_of(key, None, 1, self.ports.clock.now()).await?;
        Ok(!logins.is_empty() || !alerts.is_empty())
    }

    fn key(&self, whose: &Whose) -> UserKey {
        self.keyring.tenant(&whose.tenant).user(&whose.user)
    }
}

/// Whether more may follow a page: it is not empty. A store leaves out what it cannot read, so that a page may be short
/// without being the last.
const fn more_after<T>(page: &[T]) -> bool {
    !page.is_empty()
}
