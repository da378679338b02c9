//! Profiles, and the one commit of a decision.

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Answer, Delivery};
use crate::domain::history::login_record::LoginRecord;
use crate::domain::ids::{AlertId, LoginId, PrefixKey, TenantId, UserKey};
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::domain::user::profile::Profile;
use crate::ports::unavailable::Unavailable;

/// Why a commit did not happen. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// The profile has changed since it was loaded: load it and decide again.
    #[error("the profile has changed since it was loaded")]
    Stale,
    /// A login of this idempotency key is stored already: load it and answer with it.
    #[error("a login with this idempotency key is stored already")]
    Duplicate,
    /// The store cannot answer. Whether the commit happened is not known; committing the same again is safe, because
    /// identifiers and idempotency keys are derived: it happens once or is a [`CommitError::Duplicate`].
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is remembered of a request under an idempotency key, for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Keyed hash of tenant and idempotency key.
    pub key: [u8; 16],
    /// Keyed hash of the request's body.
    pub body: [u8; 16],
    /// From when on it is forgotten.
    pub expires_at: Timestamp,
}

/// What a user's next decision starts from.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The profile's version, to be given back with the commit; 0 if there is no profile.
    pub version: u64,
    /// The profile; empty for an unknown user.
    pub profile: Profile,
    /// What is remembered under the idempotency key that was asked about, not expired: the body's hash and the login.
    pub earlier: Option<([u8; 16], LoginId)>,
}

/// One login to be stored.
#[derive(Clone, Debug)]
pub struct LoginWrite {
    /// The login.
    pub record: LoginRecord,
    /// What makes a retry recognizable.
    pub idempotency: Option<Idempotency>,
    /// The alert that it raises, and how it starts.
    pub alert: Option<(Alert, Delivery)>,
    /// Index entry: the network.
    pub prefix: PrefixKey,
}

/// Everything that one decision changes: it is stored whole or not at all.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Whose profile.
    pub tenant: TenantId,
    /// The user, and with it the partition.
    pub user: UserKey,
    /// The version that was loaded.
    pub version: u64,
    /// The profile from now on; `None` to leave it, and its version, as they are.
    pub profile: Option<Profile>,
    /// Logins, in the order in which they were decided; mostly one.
    pub logins: Vec<LoginWrite>,
    /// What the user has said about alerts.
    pub answers: Vec<(AlertId, Answer)>,
    /// What the tenant is to be told of; of this user's alerts only.
    pub events: Vec<TenantEvent>,
    /// The time now, from which expiry counts.
    pub now: Timestamp,
}

/// Keeps what is known of each user, and writes what one decision changes: the atomic heart of the service.
///
/// Contract:
/// - A user's data lives in the partition of their [`UserKey`]; a commit writes to that partition alone, and whole or not at all.
/// - What an `Ok` has acknowledged survives a crash, as far as the store's settings promise it.
/// - Of many commits that start from one version, one succeeds; the others are [`CommitError::Stale`] and change nothing.
///
/// A new thing that a decision changes becomes a field of [`Commit`], so that it is stored with the login or not at all. The
/// contract test is `tests/it/store/contract.rs`; a new backend runs it by adding itself to `stores()` there.
#[async_trait]
pub trait ProfileStore: Send + Sync {
    /// A user's profile, and what is remembered under an idempotency key, whose hash names the tenant too: also if another
    /// user's login used it (`now` tells what has expired).
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable>;

    /// Stores everything or nothing. `Stale` if the version is not the loaded one, also where `profile` is `None` and
    /// where there was no profile; `Duplicate` if an idempotency key is taken, which is looked at first. A login whose
    /// identifier is stored already is a `Duplicate` too.
    async fn commit(&self, commit: Commit) -> Result<(), CommitError>;
}
