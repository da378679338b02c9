//! Users' devices, and what users say about them.

use std::sync::Arc;

use crate::{
    domain::{
        alert::alert::{Alert, Answer, Answered, Speaker},
        history::login_record::LoginRecord,
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
    /// Uses these ports.
    #[must_use]
    pub fn new(profiles: Arc<dyn ProfileStore>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self { profiles, clock, keyring }
    }

    /// The user's devices, the most recently seen first. Empty for an unknown user.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, tenant: &TenantId, user: &UserId) -> Result<Vec<KnownDevice>, Unavailable> {
        let key = self.keyring.tenant(tenant).user(user);
        let mut devices = self.profiles.load(&key, None, self.clock.now()).await?.profile.devices;
        devices.sort_by_key(|device| std::cmp::Reverse((device.last_seen, device.id)));
        Ok(devices)
    }

    /// Records whether a device is the user's, as somebody says, and so answers the alert that it raised. Returns the device as
    /// changed; `None` if the user has no such device.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn set_trust(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
        trust: Trust,
        by: Speaker,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        let change = Change { trust: Some(trust), alert: None, by, is_news: false };
        let changed = self.change(tenant, user, id, change).await?;
        Ok(changed.map(|device| KnownDevice { trust, ..device }))
    }

    /// Records the user's answer “it was not me” to an alert: denies its device and answers the alert, in one commit. If the
    /// login said nothing about a device, only the alert is answered. `false` if the device has been deleted since. The tenant is told,
    /// and where a colleague has answered `is_after`, once more: the user's own word is news also if it is the same.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn deny(&self, alert: &Alert, is_after: bool) -> Result<bool, Unavailable> {
        let change = Change { trust: Some(Trust::Denied), alert: Some(alert.id), by: Speaker::USER, is_news: is_after };
        let denied = self.change(&alert.tenant, &alert.user, alert.device, change).await?.is_some();
        if denied || self.was_learned(alert) {
            return Ok(denied);
        }
        let answer = |_: &mut Profile| {
            let answers = vec![Answered { alert: alert.id, answer: Answer::Denied, by: Speaker::USER }];
            Some(Changed { news: vec![alert.id], answers, device: () })
        };
        Ok(self.update(&alert.tenant, &alert.user, answer).await?.is_some())
    }

    /// Denies the device of a login that was not the user's, as a colleague says, and so answers the alert that the login raised and
    /// that of the device's first login. `false` if the user has no such device: a failed login adds none, and it may have been deleted.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn deny_of_login(&self, login: &LoginRecord, by: Speaker) -> Result<bool, Unavailable> {
        let change =
            Change { trust: Some(Trust::Denied), alert: login.alert.as_ref().map(|it| it.id), by, is_news: false };
        Ok(self.change(&login.tenant, &login.user, login.device.id, change).await?.is_some())
    }

    /// Whether the login that raised an alert added a device, which may have been deleted since. The id of a device is
    /// derived from the login that added it.
    fn was_learned(&self, alert: &Alert) -> bool {
        let keys = self.keyring.tenant(&alert.tenant);
        alert.new_device || alert.device != keys.device_id(&keys.user(&alert.user), alert.login)
    }

    /// Deletes a device. Its next login is a new device's. Returns the device as it was; `None` if the user has no such
    /// device.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn forget(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        let change = Change { trust: None, alert: None, by: Speaker::API, is_news: false };
        self.change(tenant, user, id, change).await
    }

    /// Changes a profile that has this device. Returns the device as it was; `None` if the user has no such device.
    async fn change(
        &self,
        tenant: &TenantId,
        user: &UserId,
        id: DeviceId,
        change: Change,
    ) -> Result<Option<KnownDevice>, Unavailable> {
        let of_device = |profile: &mut Profile| {
            let device = profile.device(id).copied()?;
            let answers = change.apply(profile, &device);
            let denied = answers.iter().filter(|it| it.answer == Answer::Denied);
            // A device that was denied before is news only if another alert is answered this time.
            let is_new = |it: &&Answered| device.trust != Trust::Denied || device.alert != Some(it.alert);
            let news = denied.filter(|it| is_new(it) || change.is_news);
            Some(Changed { news: news.map(|it| it.alert).collect(), answers, device })
        };
        self.update(tenant, user, of_device).await
    }

    /// Changes a profile, and starts again if a login came in between. `None` if `change` finds nothing to change.
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
                Err(CommitError::Unavailable(fault)) => Err(fault),
            }
        };
        retry_stale("the user's profile", attempt).await
    }
}

/// The result of changing a profile.
struct Changed<T> {
    /// The alerts that it answers.
    answers: Vec<Answered>,
    /// The denied alerts that the tenant has not been told of yet.
    news: Vec<AlertId>,
    /// The device as it was before.
    device: T,
}

/// What to do with a device.
#[derive(Clone)]
struct Change {
    /// The user's word about it; `None` deletes it.
    trust: Option<Trust>,
    /// The alert that is answered besides the one that the device's first login raised.
    alert: Option<AlertId>,
    /// Who says so.
    by: Speaker,
    /// Whether the tenant is told of a denial in any case.
    is_news: bool,
}

impl Change {
    /// Changes the profile. Returns the alerts that this answers.
    fn apply(&self, profile: &mut Profile, device: &KnownDevice) -> Vec<Answered> {
        let Some(trust) = self.trust else {
            profile.devices.retain(|known| known.id != device.id);
            return Vec::new();
        };
        if let Some(known) = profile.device_mut(device.id) {
            known.trust = trust;
        }
        let answer = match trust {
            Trust::Unconfirmed => return Vec::new(),
            Trust::Confirmed => Answer::Confirmed,
            Trust::Denied => Answer::Denied,
        };
        let mut alerts: Vec<_> = device.alert.into_iter().chain(self.alert).collect();
        alerts.dedup();
        alerts.into_iter().map(|alert| Answered { alert, answer, by: self.by.clone() }).collect()
    }
}
