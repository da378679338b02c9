//! Persons as such: how they are written to, and how much of their logins may be used.

use std::{collections::HashSet, sync::Arc};

use crate::{
    domain::{
        ids::{TenantId, UserId, UserKey},
        keyring::{Keyring, TenantKeys},
        login::login::Invalid,
        privacy::processing::{Mode, Processing},
        user::{
            contact::{Contact, ContactChange},
            profile::Profile,
        },
    },
    ports::{Clock, Commit, CommitError, Loaded, ProfileStore, RestrictionStore, Unavailable},
    service::queue::tries::retry_stale,
};

/// Why a person was not read or changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PersonError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// Nothing is known of such a person.
    #[error("nothing is known of such a person")]
    Unknown,
    /// The person has asked that nobody looks at what is kept.
    #[error("the person's data is restricted")]
    Restricted,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Where persons are kept.
#[derive(Clone)]
pub struct PeoplePorts {
    /// Their profiles.
    pub profiles: Arc<dyn ProfileStore>,
    /// Which of them are restricted.
    pub restrictions: Arc<dyn RestrictionStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// The persons of all tenants.
#[derive(Clone)]
pub struct People {
    ports: PeoplePorts,
    keyring: Keyring,
    keeps_email: bool,
}

/// The restricted persons of a tenant, for lists over many.
pub struct Hidden {
    keys: TenantKeys,
    users: HashSet<[u8; 16]>,
}

impl Hidden {
    /// Whether what is kept of this person may not be shown.
    #[must_use]
    pub fn hides(&self, user: &UserId) -> bool {
        !self.users.is_empty() && self.users.contains(&self.keys.user(user).hash)
    }
}

impl People {
    /// Uses these ports. Without `keeps_email`, no address can be corrected: none is kept.
    #[must_use]
    pub fn new(ports: PeoplePorts, keyring: Keyring, keeps_email: bool) -> Self {
        Self { ports, keyring, keeps_email }
    }

    /// A person's profile, whatever the person has asked for; empty for an unknown one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn profile(&self, tenant: &TenantId, user: &UserId) -> Result<Profile, Unavailable> {
        let key = self.key(tenant, user);
        Ok(self.ports.profiles.load(&key, None, self.ports.clock.now()).await?.profile)
    }

    /// Whether what is kept of a person may be read. Nothing stands in the way of an unknown one.
    ///
    /// # Errors
    /// [`PersonError::Restricted`]; or the store does not answer.
    pub async fn check_readable(&self, tenant: &TenantId, user: &UserId) -> Result<(), PersonError> {
        match self.profile(tenant, user).await?.processing.mode {
            Mode::Full | Mode::Minimal => Ok(()),
            Mode::Restricted => Err(PersonError::Restricted),
        }
    }

    /// Whom a list over a tenant's persons must leave out.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn hidden(&self, tenant: &TenantId) -> Result<Hidden, Unavailable> {
        Ok(Hidden { keys: self.keyring.tenant(tenant), users: self.ports.restrictions.restricted(tenant).await? })
    }

    /// Corrects how a person is written to.
    ///
    /// # Errors
    /// A part that is not valid, an address where none is kept, an unknown person; or the store does not answer.
    pub async fn correct(
        &self,
        tenant: &TenantId,
        user: &UserId,
        change: ContactChange,
    ) -> Result<Contact, PersonError> {
        let change = change.checked().map_err(PersonError::Invalid)?;
        if !self.keeps_email && matches!(change.email, Some(Some(_))) {
            let problem = "is not kept here: the operator has switched `privacy.keep_email` off";
            return Err(PersonError::Invalid(Invalid::new("email", problem)));
        }
        let correct = |known: Known| {
            let contact = known.profile.contact.corrected(self.ports.clock.now(), change.clone());
            (0 < known.version).then_some(Profile { contact, ..known.profile })
        };
        let changed = self.update(tenant, &self.key(tenant, user), correct).await?;
        Ok(changed.ok_or(PersonError::Unknown)?.contact)
    }

    /// Sets how much of a person's logins may be used. The person may be unknown: somebody may object before they ever
    /// sign in. Asking for the same again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn set_processing(
        &self,
        tenant: &TenantId,
        user: &UserId,
        mode: Mode,
        reason: Option<String>,
    ) -> Result<Processing, Unavailable> {
        let (key, restrictions) = (self.key(tenant, user), &self.ports.restrictions);
        if mode == Mode::Restricted {
            restrictions.put_restricted(tenant, &key, true).await?;
        }
        let wish = |known: Known| {
            let processing = known.profile.processing.changed(self.ports.clock.now(), mode, reason.clone());
            Some(Profile { processing, ..known.profile })
        };
        let changed = self.update(tenant, &key, wish).await?;
        if mode != Mode::Restricted {
            restrictions.put_restricted(tenant, &key, false).await?;
            // Somebody may have restricted the person in between: then the index must say so.
            if self.profile(tenant, user).await?.processing.mode == Mode::Restricted {
                restrictions.put_restricted(tenant, &key, true).await?;
            }
        }
        Ok(changed.map(|it| it.processing).unwrap_or_default())
    }

    fn key(&self, tenant: &TenantId, user: &UserId) -> UserKey {
        self.keyring.tenant(tenant).user(user)
    }

    /// Changes a profile, and starts again if a login came in between. Returns the profile as it then is; `None` if `next`
    /// returns none. A profile that stays as it was is not written.
    async fn update(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        next: impl Fn(Known) -> Option<Profile>,
    ) -> Result<Option<Profile>, Unavailable> {
        let next = &next;
        let attempt = || async move {
            let now = self.ports.clock.now();
            let Loaded { version, profile, .. } = self.ports.profiles.load(user, None, now).await?;
            let Some(changed) = next(Known { version, profile: profile.clone() }) else { return Ok(Some(None)) };
            if changed == profile {
                return Ok(Some(Some(changed)));
            }
            let commit = Commit {
                tenant: tenant.clone(),
                user: *user,
                version,
                profile: Some(changed.clone()),
                logins: Vec::new(),
                answers: Vec::new(),
                events: Vec::new(),
                now,
            };
            match self.ports.profiles.commit(commit).await {
                Ok(()) => Ok(Some(Some(changed))),
                Err(CommitError::Stale | CommitError::Duplicate) => Ok(None),
                Err(CommitError::Unavailable(fault)) => Err(fault),
            }
        };
        retry_stale("the user's profile", attempt).await
    }
}

/// What is known of a person: nothing if the version is 0.
struct Known {
    version: u64,
    profile: Profile,
}
