//! Looks up alerts, and takes users' answers to them by link.

use std::sync::Arc;

use crate::{
    domain::{
        alert::alert::{Alert, Delivery, LINK_LIFE_MS, State, Suppressed},
        ids::{AlertId, TenantId, UserId},
        keyring::Keyring,
        tokens::read_link_token,
    },
    ports::{AlertStore, Clock, Unavailable},
    service::{
        alert::deliveries::{Deliveries, Requeued},
        user::devices::Devices,
    },
};

/// How many alerts are read at once to fill a page of a filtered list.
const SCAN_STEP: usize = 500;

/// Which alerts are asked for: those that match every field that is given.
#[derive(Clone, Debug, Default)]
pub struct AlertFilter {
    /// Of this user.
    pub user: Option<UserId>,
    /// In this state.
    pub state: Option<State>,
    /// Not mailed, or not in a mail of their own, for this reason.
    pub reason: Option<Suppressed>,
}

/// A page of alerts.
#[derive(Clone, Debug)]
pub struct AlertPage {
    /// The alerts, newest first.
    pub alerts: Vec<(Alert, Delivery)>,
    /// The next page has the alerts below this id; `None` if this is the last page.
    pub next: Option<AlertId>,
}

/// The alerts of all tenants.
#[derive(Clone)]
pub struct Alerts {
    store: Arc<dyn AlertStore>,
    deliveries: Deliveries,
    devices: Devices,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
}

impl Alerts {
    /// Reads these ports, and gives answers to `devices`.
    #[must_use]
    pub fn new(
        store: Arc<dyn AlertStore>,
        deliveries: Deliveries,
        devices: Devices,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
    ) -> Self {
        Self { store, deliveries, devices, clock, keyring }
    }

    /// Finds an alert by id. Another tenant's is not found.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, id: AlertId) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        Ok(self.store.alert(id, self.clock.now()).await?.filter(|(alert, _)| alert.tenant == *tenant))
    }

    /// The alerts that pass the filter, newest first, below the id `before`, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn page(
        &self,
        tenant: &TenantId,
        filter: &AlertFilter,
        before: Option<AlertId>,
        limit: usize,
    ) -> Result<AlertPage, Unavailable> {
        let matches = |alert: &Alert, delivery: &Delivery| {
            filter.user.as_ref().is_none_or(|it| *it == alert.user)
                && filter.state.is_none_or(|it| it == delivery.state)
                && filter.reason.is_none_or(|it| Some(it) == delivery.suppressed)
        };
        let (mut alerts, mut position) = (Vec::new(), before);
        loop {
            let step = self.store.alerts(tenant, position, SCAN_STEP, self.clock.now()).await?;
            let end = step.len() < SCAN_STEP;
            for (alert, delivery) in step {
                if alerts.len() == limit {
                    return Ok(AlertPage { alerts, next: position });
                }
                position = Some(alert.id);
                if matches(&alert, &delivery) {
                    alerts.push((alert, delivery));
                }
            }
            if end {
                return Ok(AlertPage { alerts, next: None });
            }
        }
    }

    /// A user's alerts, newest first, below the id `before`, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of_user(
        &self,
        tenant: &TenantId,
        user: &UserId,
        before: Option<AlertId>,
        limit: usize,
    ) -> Result<AlertPage, Unavailable> {
        let key = self.keyring.tenant(tenant).user(user);
        // One more than asked for tells whether another page follows.
        let mut alerts = self.store.alerts_of(&key, before, limit.saturating_add(1), self.clock.now()).await?;
        let more = alerts.len() > limit;
        alerts.truncate(limit);
        let next = alerts.last().map(|(alert, _)| alert.id).filter(|_| more);
        Ok(AlertPage { alerts, next })
    }

    /// Sends an alert that has failed or was not mailed now, in a mail of its own, to `address` or else to the address
    /// of its login, if that is still kept. Another tenant's alert is not found. A suppressed address gets no mail even
    /// so.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn resend(
        &self,
        tenant: &TenantId,
        id: AlertId,
        address: Option<String>,
    ) -> Result<Requeued, Unavailable> {
        match self.find(tenant, id).await? {
            Some(_) => self.deliveries.requeue(id, self.clock.now(), address.as_deref()).await,
            None => Ok(Requeued::Unknown),
        }
    }

    /// The alert that a link's token names, if the user can still answer it: the signature is valid, the link is less than
    /// a week old, and they have not answered yet, whatever a colleague has. Expired, used and unknown tokens are all `None`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn by_link(&self, token: &str) -> Result<Option<Alert>, Unavailable> {
        Ok(self.open_by_link(token).await?.map(|(alert, _)| alert))
    }

    async fn open_by_link(&self, token: &str) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let Some(id) = read_link_token(&self.keyring, token) else { return Ok(None) };
        let now = self.clock.now();
        let open = |(alert, delivery): &(Alert, Delivery)| {
            delivery.statements.own.is_none() && now.ms_since(alert.created_at) < LINK_LIFE_MS
        };
        Ok(self.store.alert(id, now).await?.filter(open))
    }

    /// Records the answer “it was not me”: denies the device and answers the alert, in one commit. Returns the alert;
    /// `None` if the link can no longer be used, or the device has been deleted since.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn deny_by_link(&self, token: &str) -> Result<Option<Alert>, Unavailable> {
        let Some((alert, delivery)) = self.open_by_link(token).await? else { return Ok(None) };
        let denied = self.devices.deny(&alert, delivery.statements.colleague.is_some()).await?;
        Ok(denied.then_some(alert))
    }
}

/// Where the token belongs in the address of a mail's button.
pub const LINK_TOKEN: &str = "{token}";
