//! One login, from top to bottom.

use std::sync::Arc;

use bytes::Bytes;

use crate::{
    domain::{
        history::LoginRecord,
        ids::TenantId,
        keyring::Keyring,
        login::{Invalid, LoginDraft},
        policy::Policy,
    },
    ports::{Agents, Clock, Geo, Store, Unavailable},
};

/// What a login is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is happening: the user may be warned.
    Live,
    /// It is past: it teaches, and nobody is warned.
    Import,
}

/// A login that a caller wants recorded.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// What the caller wrote.
    pub draft: LoginDraft,
    /// The bytes that the caller sent, by which a retry is told from another request under the same key.
    pub body: Bytes,
    /// The `Idempotency-Key` header, which wins over the draft's `event_id`.
    pub idempotency_key: Option<String>,
    /// What names a login that has no key: unique to this request.
    pub request_id: String,
    /// What it is recorded for.
    pub purpose: Purpose,
}

/// A login that is stored.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The login and everything that is said of it.
    pub record: LoginRecord,
    /// The token that names the device again; none for a failed login.
    pub device_token: Option<String>,
    /// Whether it was stored already, under the same idempotency key.
    pub replayed: bool,
}

/// Why a login was not recorded. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IntakeError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// The idempotency key belongs to a request with another body.
    #[error("the idempotency key belongs to a request with another body")]
    KeyReused,
    /// A request with this idempotency key is still being worked on.
    #[error("a request with this idempotency key is still in flight")]
    InFlight,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The way of a login through the layers.
pub struct Intake {
    store: Arc<dyn Store>,
    agents: Arc<dyn Agents>,
    geo: Arc<dyn Geo>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    policy: Policy,
}

impl Intake {
    /// Records one login.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub async fn record(&self, tenant: &TenantId, login: NewLogin) -> Result<Recorded, IntakeError> {
        todo!()
    }

    /// Records many logins of one tenant, those of one user in the order given; the answers are in the order given.
    pub async fn record_all(&self, tenant: &TenantId, logins: Vec<NewLogin>) -> Vec<Result<Recorded, IntakeError>> {
        todo!()
    }
}
