//! What is known of a user's devices, and what the user says about them.

use std::sync::Arc;

use crate::{
    domain::{
        alert::{Alert, Answer},
        device::{KnownDevice, Trust},
        ids::{AlertId, DeviceId, TenantId, UserId},
        keyring::Keyring,
        profile::Profile,
        webhook::{EventKind, TenantEvent},
    },
    ports::{Clock, Commit, CommitError, Loaded, Store, Unavailable},
};

/// How often a change is tried again when logins of the same user come in between.
const MAX_TRIES: usize = 20;

/// A user's devices.
#[derive(Clone)]
pub struct Devices {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Devices {
    /// Over these ports.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { store, clock, keyring }
    }

    /// The user's devices, the most recently seen first; empty for a user who is not known.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, tenant: &TenantId, user: &UserId) -> Result<Vec<KnownDevice>, Unavailable> {
        let key = self.keyring.tenant(tenant).user(user);
        let mut devices = self.store.load(tenant, &key, None, self.clock.now()).await?.profile.devices;
        devices.sort_by_key(|it| std::cmp::Reverse((it.last_seen, it.id)));
        Ok(devices)
    }

    /// Records that a device is the user's, or is not, and answers the alert that it raised. The device as it is
    /// then; `None` if the user has no such device.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn set_trust(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
        trust: Trust,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        let changed = self.change(tenant, user, id, Change { trust: Some(trust), alert: None }).await?;
        Ok(changed.map(|device| KnownDevice { trust, ..device }))
    }

    /// Records the answer “it was not me” to an alert: its device is denied and the alert answered, together. `false` if
    /// the device has been forgotten since.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn deny(&self, alert: &Alert) -> Result<bool, Unavailable> {
        let change = Change { trust: Some(Trust::Denied), alert: Some(alert.id) };
        Ok(self.change(&alert.tenant, &alert.user, alert.device, change).await?.is_some())
    }

    /// Forgets a device: its next login is a new device's. The device as it was; `None` if the user has no such device.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn forget(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        self.change(tenant, user, id, Change { trust: None, alert: None }).await
    }

    /// Changes a profile that has this device, again from the start if a login came in between. The device as it was.
    async fn change(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
        change: Change,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        let keys = self.keyring.tenant(tenant);
        let key = keys.user(user);
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let Loaded { version, mut profile, .. } = self.store.load(tenant, &key, None, now).await?;
            let Some(device) = profile.device(id).cloned() else { return Ok(None) };
            let answers = change.apply(&mut profile, &device);
            let event = |alert| TenantEvent::new(now, EventKind::Repudiated, (tenant, &keys), alert);
            let repudiated = answers.iter().filter(|(_, answer)| *answer == Answer::Denied);
            // To say it again is no news, unless it is said about another alert.
            let news = repudiated.filter(|(alert, _)| device.trust != Trust::Denied || device.alert != Some(*alert));
            let events = news.map(|(alert, _)| event(*alert)).collect();
            let commit = Commit {
                tenant: tenant.clone(),
                user: key,
                version,
                profile: Some(profile),
                logins: Vec::new(),
                answers,
                events,
                now,
            };
            match self.store.commit(commit).await {
                Ok(()) => return Ok(Some(device)),
                Err(CommitError::Stale | CommitError::Duplicate) => {}
                Err(CommitError::Unavailable(it)) => return Err(it),
            }
        }
        Err(Unavailable(format!("a device could not be changed in {MAX_TRIES} tries")))
    }
}

/// What is to become of a device.
#[derive(Clone, Copy)]
struct Change {
    /// What is said about it; `None` to forget it.
    trust: Option<Trust>,
    /// The alert that is answered, besides the one that the device's first login raised.
    alert: Option<AlertId>,
}

impl Change {
    /// Changes the profile; returns the alerts that are answered by it.
    fn apply(self, profile: &mut Profile, device: &KnownDevice) -> Vec<(AlertId, Answer)> {
        let Some(trust) = self.trust else {
            profile.devices.retain(|it| it.id != device.id);
            return Vec::new();
        };
        if let Some(it) = profile.device_mut(device.id) {
            it.trust = trust;
        }
        let answer = match trust {
            Trust::Unconfirmed => return Vec::new(),
            Trust::Confirmed => Answer::Confirmed,
            Trust::Denied => Answer::Denied,
        };
        let mut alerts: Vec<_> = device.alert.into_iter().chain(self.alert).collect();
        alerts.dedup();
        alerts.into_iter().map(|it| (it, answer)).collect()
    }
}
