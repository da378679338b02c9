//! What is known of a user's devices, and what the user says about them.

use std::sync::Arc;

use crate::{
    domain::{
        alert::alert::{Alert, Answer},
        ids::{AlertId, DeviceId, TenantId, UserId},
        keyring::Keyring,
        tenant::webhook::{EventKind, TenantEvent},
        user::{
            device::{KnownDevice, Trust},
            profile::Profile,
        },
    },
    ports::{Clock, Commit, CommitError, Loaded, ProfileStore, Unavailable},
    service::queue::tries::retry_stale,
};

/// A user's devices.
#[derive(Clone)]
pub struct Devices {
    profiles: Arc<dyn ProfileStore>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Devices {
    /// Over these ports.
    #[must_use]
    pub fn new(profiles: Arc<dyn ProfileStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { profiles, clock, keyring }
    }

    /// The user's devices, the most recently seen first; empty for a user who is not known.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, tenant: &TenantId, user: &UserId) -> Result<Vec<KnownDevice>, Unavailable> {
        let key = self.keyring.tenant(tenant).user(user);
        let mut devices = self.profiles.load(&key, None, self.clock.now()).await?.profile.devices;
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

    /// Records the answer “it was not me” to an alert: its device is denied and the alert answered, together. Where its
    /// login said nothing of a device, there is none to deny, and the alert is answered. `false` if the device has been
    /// forgotten since.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn deny(&self, alert: &Alert) -> Result<bool, Unavailable> {
        let change = Change { trust: Some(Trust::Denied), alert: Some(alert.id) };
        let denied = self.change(&alert.tenant, &alert.user, alert.device, change).await?.is_some();
        if denied || self.was_learned(alert) {
            return Ok(denied);
        }
        let answer = |_: &mut Profile| {
            let answers = vec![(alert.id, Answer::Denied)];
            Some(Changed { news: answers.iter().map(|(it, _)| *it).collect(), answers, device: () })
        };
        Ok(self.update(&alert.tenant, &alert.user, answer).await?.is_some())
    }

    /// Whether the login that raised an alert taught a device, which may be forgotten by now. A device that a login teaches
    /// is named after that login; one that is known is named after an earlier one.
    fn was_learned(&self, alert: &Alert) -> bool {
        let keys = self.keyring.tenant(&alert.tenant);
        alert.new_device || alert.device != keys.device_id(&keys.user(&alert.user), alert.login)
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

    /// Changes a profile that has this device. The device as it was; `None` if the user has no such device.
    async fn change(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
        change: Change,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        let of_device = |profile: &mut Profile| {
            let device = profile.device(id).cloned()?;
            let answers = change.apply(profile, &device);
            let denied = answers.iter().filter(|(_, answer)| *answer == Answer::Denied);
            // To say it again is no news, unless it is said about another alert.
            let news = denied.filter(|(alert, _)| device.trust != Trust::Denied || device.alert != Some(*alert));
            Some(Changed { news: news.map(|(alert, _)| *alert).collect(), answers, device })
        };
        self.update(tenant, user, of_device).await
    }

    /// Changes a profile, again from the start if a login came in between; `None` if `change` finds nothing to change.
    async fn update<T>(
        &self,
        tenant: &TenantId,
        user: &UserId,
        change: impl Fn(&mut Profile) -> Option<Changed<T>>,
    ) -> Result<Option<T>, Unavailable> {
        let keys = self.keyring.tenant(tenant);
        let key = keys.user(user);
        let change = &change;
        let keys = &keys;
        let attempt = || async move {
            let now = self.clock.now();
            let Loaded { version, mut profile, .. } = self.profiles.load(&key, None, now).await?;
            let Some(Changed { answers, news, device }) = change(&mut profile) else { return Ok(Some(None)) };
            let event = |alert: AlertId| TenantEvent::new(now, EventKind::Repudiated, keys, alert);
            let commit = Commit {
                tenant: tenant.clone(),
                user: key,
                version,
                profile: Some(profile),
                logins: Vec::new(),
                answers,
                events: news.into_iter().map(event).collect(),
                now,
            };
            match self.profiles.commit(commit).await {
                Ok(()) => Ok(Some(Some(device))),
                Err(CommitError::Stale | CommitError::Duplicate) => Ok(None),
                Err(CommitError::Unavailable(it)) => Err(it),
            }
        };
        retry_stale("the user's profile", attempt).await
    }
}

/// What a change of a profile comes to.
struct Changed<T> {
    /// What is answered by it.
    answers: Vec<(AlertId, Answer)>,
    /// The alerts of which the tenant has not been told yet that they were denied.
    news: Vec<AlertId>,
    /// What was changed, as it was.
    device: T,
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
