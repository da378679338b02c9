//! Profiles, and the one commit of a decision.

use async_trait::async_trait;

use crate::domain::alert::alert::{Alert, Answered, Delivery};
use crate::domain::history::kept_browser::KeptBrowser;
use crate::domain::history::login_record::LoginRecord;
use crate::domain::ids::{LoginId, PrefixKey, TenantId, UserKey};
use crate::domain::tenant::webhook::TenantEvent;
use crate::domain::time::Timestamp;
use crate::domain::user::profile::Profile;
use crate::ports::unavailable::Unavailable;

/// Why a commit did not happen. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// The profile has changed since it was loaded. Load it and decide again.
    #[error("the profile has changed since it was loaded")]
    Stale,
    /// A login with this idempotency key or this id is stored already. Load that login and answer with it.
    #[error("a login with this idempotency key is stored already")]
    Duplicate,
    /// The store cannot answer, and it is not known whether the commit happened. Committing the same again is safe,
    /// because ids and idempotency keys are derived: it happens once, or is a [`CommitError::Duplicate`].
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is remembered about a request under its idempotency key, for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Keyed hash of the tenant and the idempotency key.
    pub key: [u8; 16],
    /// Keyed hash of the request's body.
    pub body: [u8; 16],
    /// When it expires.
    pub expires_at: Timestamp,
    /// Whether it is claimed for its login, as [`Loaded::claimed`] says.
    pub is_claimed: bool,
}

/// Stands for the hash of a body that is not known, of a request under the same key about another user: it is that of no request.
pub const ANOTHER_BODY: [u8; 16] = [0; 16];

/// What the next decision about a user starts from.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The profile's version, to be given to the commit; 0 if there is no profile.
    pub version: u64,
    /// The profile; empty for an unknown user.
    pub profile: Profile,
    /// What is remembered under the idempotency key that was asked for: the hash of the body, and the login. `None` if
    /// nothing is, or it has expired. [`ANOTHER_BODY`], and no login, for another user's key whose login is not stored (yet).
    pub earlier: Option<([u8; 16], LoginId)>,
    /// Whether the key is claimed for the login that is to be committed: see [`ProfileStore::load_to_commit`].
    pub claimed: bool,
}

/// A login to be stored.
#[derive(Clone, Debug)]
pub struct LoginWrite {
    /// The login.
    pub record: LoginRecord,
    /// The idempotency key to remember; `None` for a login without one.
    pub idempotency: Option<Idempotency>,
    /// The alert that the login raises, and its first delivery.
    pub alert: Option<(Alert, Delivery)>,
    /// Index entry: the network of its address.
    pub prefix: PrefixKey,
    /// The browser that it came from; `None` if nothing is to be kept of that, or it is kept already.
    pub browser: Option<KeptBrowser>,
}

/// Everything that one decision changes. It is stored whole or not at all.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user, and with it the partition.
    pub user: UserKey,
    /// The version of the profile that was loaded.
    pub version: u64,
    /// The new profile; `None` leaves the profile and its version as they are.
    pub profile: Option<Profile>,
    /// The logins, in the order in which they were decided; usually one.
    pub logins: Vec<LoginWrite>,
    /// The answers to alerts. An alert that has the same answer already keeps it, and who has given it.
    pub answers: Vec<Answered>,
    /// What to tell the tenant, about alerts of this user only.
    pub events: Vec<TenantEvent>,
    /// The time now. What has expired by then is gone.
    pub now: Timestamp,
}

/// Keeps users' profiles, and stores everything that a decision changes: the atomic core of the service.
///
/// Contract:
/// - A user's data lives in the partition of their [`UserKey`]. A commit writes to that partition only, whole or not at
///   all.
/// - What was acknowledged with `Ok` survives a crash, as far as the store's settings promise that.
/// - Of several commits that start from the same version, one succeeds. The others are [`CommitError::Stale`] and
///   change nothing.
///
/// Anything new that a decision changes becomes a field of [`Commit`], so that it is stored together with the login.
/// The contract test is `tests/it/store/contract/`; a new backend runs it by adding itself to `stores()` there.
#[async_trait]
pub trait ProfileStore: Send + Sync {
    /// A user's profile, and what is remembered under an idempotency key. The hash of the key includes the tenant, so a
    /// request of the same tenant about another user is found as well. `now` tells what has expired.
    async fn load(&self, user: &UserKey, idempotency: Option<[u8; 16]>, now: Timestamp) -> Result<Loaded, Unavailable>;

    /// As [`ProfileStore::load`], for this login, which is to be committed under this key. A store where a key is claimed before a
    /// commit may do so at once, which saves the commit a round trip. A key that is claimed and never committed is free again
    /// when it expires, and until then for this user.
    async fn load_to_commit(
        &self,
        user: &UserKey,
        _login: LoginId,
        named: &Idempotency,
        now: Timestamp,
    ) -> Result<Loaded, Unavailable> {
        self.load(user, Some(named.key), now).await
    }

    /// Stores everything or nothing. First checks for a `Duplicate`: an idempotency key that is taken, or a login whose
    /// id is stored already. Then `Stale` if the version is not the loaded one, even if `profile` is `None` or there
    /// was no profile.
    async fn commit(&self, commit: Commit) -> Result<(), CommitError>;

    /// How many commits the store takes best at the same time, from somebody who has very many. Of more, the last would be too late;
    /// of fewer, each would cost more.
    fn commits_at_once(&self) -> usize;

    /// Says that very many commits come from this process, and that nobody waits for a single one of them: the store may take much
    /// more memory from then on, and longer for each, if that makes all of them together quicker. What is acknowledged is
    /// stored as before. Is for a command of its own, such as an import, and not for a service.
    fn expect_many(&self);
}
