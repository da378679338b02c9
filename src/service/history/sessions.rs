//! What happens in sessions after their logins.

use std::sync::Arc;

use crate::{
    domain::{
        history::{
            login_record::{LoginIndex, LoginRecord},
            session::{Activity, Session},
        },
        ids::{LoginId, TenantId, UserId, UserKey},
        keyring::{Keyring, TenantKeys},
        login::login::{Invalid, Login, LoginDraft, Outcome},
        time::Timestamp,
    },
    ports::{LoginStore, SessionChange, SessionStore, Unavailable},
    service::{
        login::observing::{Observer, check_key},
        queue::{tries::retry_stale, user_queues::UserTurns},
    },
};

/// How many of a user's latest logins are searched for the one that started a session.
const SEARCHED_LOGINS: usize = 512;

/// Why nothing was stored about a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// No login of this user has started such a session.
    #[error("no login has begun such a session")]
    Unknown,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The sessions of all tenants.
#[derive(Clone)]
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    logins: Arc<dyn LoginStore>,
    observer: Observer,
    keyring: Keyring,
    retention_ms: i64,
    turns: Arc<UserTurns>,
}

impl Sessions {
    /// Keeps a session for `retention_ms` milliseconds after its last activity or its end.
    #[must_use]
    pub fn new(
        store: Arc<dyn SessionStore>,
        logins: Arc<dyn LoginStore>,
        observer: Observer,
        keyring: Keyring,
        retention_ms: i64,
    ) -> Self {
        Self { store, logins, observer, keyring, retention_ms, turns: Arc::default() }
    }

    /// Records that a session was used. The parts of a login say by whom, when, and with which browser. With an
    /// idempotency key, a retry is not counted again, as long as it is among the session's latest
    /// [`MAX_NAMED`](crate::domain::history::session::MAX_NAMED) activities.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub async fn used(
        &self,
        tenant: &TenantId,
        draft: LoginDraft,
        calls: u64,
        idempotency_key: Option<&str>,
    ) -> Result<Session, SessionError> {
        let now = self.observer.clock.now();
        let keys = self.keyring.tenant(tenant);
        let login = Login::parse(now, draft).map_err(SessionError::Invalid)?;
        let id = login.session_id.clone().unwrap_or_default();
        let whereabouts = self.observer.geo.locate(login.client.ip);
        let agent = self.observer.read_browser(&keys, &login, &whereabouts).agent;
        let origin = whereabouts.origin();
        idempotency_key.map_or(Ok(()), |it| check_key("Idempotency-Key", it)).map_err(SessionError::Invalid)?;
        let name = idempotency_key.map(|it| first_u64(&keys.idempotency_key(it)));
        let activity = Activity { name, at: login.occurred_at, calls, agent, origin };
        let whose = SessionOf { keys: &keys, user: keys.user(&login.user.id), id: &id };
        self.change(whose, now, |session| session.after(&activity)).await
    }

    /// Records that a session has ended. If that is said again, the first time stays.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub async fn ended(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: &str,
        at: Option<Timestamp>,
    ) -> Result<Session, SessionError> {
        let now = self.observer.clock.now();
        let keys = self.keyring.tenant(tenant);
        let at = at.unwrap_or(now);
        let whose = SessionOf { keys: &keys, user: keys.user(user), id };
        self.change(whose, now, |session| session.ended(at)).await
    }

    /// The session that a login started; `None` if the login named no session.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of_login(&self, login: &LoginRecord) -> Result<Option<Session>, Unavailable> {
        let Some(id) = &login.session_id else { return Ok(None) };
        let keys = self.keyring.tenant(&login.tenant);
        let user = keys.user(&login.user);
        let found = self.store.session(&user, keys.session(&user, id)).await?;
        Ok(Some(found.map_or_else(|| Session::begun_by(login), |(_, session)| session)))
    }

    async fn change(
        &self,
        whose: SessionOf<'_>,
        now: Timestamp,
        next: impl Fn(Session) -> Session,
    ) -> Result<Session, SessionError> {
        let SessionOf { keys, user, id } = whose;
        let key = keys.session(&user, id);
        let _turn =
            self.turns.of(user.hash).await.ok_or_else(|| Unavailable("waited too long for a session".to_owned()))?;
        let next = &next;
        let attempt = || async move {
            let (version, session) = match self.store.session(&user, key).await? {
                Some(found) => found,
                None => (0, self.begun(keys.tenant(), &user, id).await?),
            };
            let session = next(session);
            let change = SessionChange {
                tenant: whose.keys.tenant(),
                version,
                session: &session,
                now,
                life_ms: self.retention_ms,
            };
            Ok::<_, SessionError>(self.store.put_session(&user, key, change).await?.then_some(session))
        };
        retry_stale("the session", attempt).await
    }

    /// The session as its login started it.
    async fn begun(&self, tenant: &TenantId, user: &UserKey, id: &str) -> Result<Session, SessionError> {
        let everything = LoginId([0; 16])..LoginId([0xFF; 16]);
        let logins = self.logins.logins(tenant, &LoginIndex::User(*user), everything, SEARCHED_LOGINS).await?;
        // The earliest login with this session id: later ones continue the session.
        let began = logins
            .iter()
            .rev()
            .find(|login| login.outcome == Outcome::Success && login.session_id.as_deref() == Some(id));
        Ok(Session::begun_by(began.ok_or(SessionError::Unknown)?))
    }
}

/// Identifies a session.
#[derive(Clone, Copy)]
struct SessionOf<'a> {
    /// The keys of its tenant.
    keys: &'a TenantKeys,
    /// Its user.
    user: UserKey,
    /// Its id, as the tenant's product names it.
    id: &'a str,
}

fn first_u64(hash: &[u8; 16]) -> u64 {
    let [bytes @ .., _, _, _, _, _, _, _, _] = *hash;
    u64::from_be_bytes(bytes)
}
