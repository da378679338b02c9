//! Changes of deliveries: read, computed by the domain, replaced; and again where another change came in between.

use std::sync::Arc;

use crate::{
    domain::{
        alert::delivery::{NotRequeued, Settlement, bounced, has_ended, requeued, settled},
        ids::AlertId,
        tenant::webhook::TenantEvent,
        time::Timestamp,
    },
    ports::{AlertStore, LeasedAlert, Outbox, Unavailable},
    service::queue::tries::retry_stale,
};

/// What became of the wish to send an alert again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeued {
    /// It is due now.
    Queued,
    /// It is not sent again, because of this.
    Not(NotRequeued),
    /// There is none with this id.
    Unknown,
}

/// The deliveries of all alerts.
#[derive(Clone)]
pub struct Deliveries {
    alerts: Arc<dyn AlertStore>,
    outbox: Arc<dyn Outbox>,
}

impl Deliveries {
    /// Over these ports.
    #[must_use]
    pub fn new(alerts: Arc<dyn AlertStore>, outbox: Arc<dyn Outbox>) -> Self {
        Self { alerts, outbox }
    }

    /// Ends a lease, and has the tenant told of that together with it. `false` if a later lease has been given since: then
    /// nothing changes. Said again after a lost answer, it is `true` again, and changes nothing.
    ///
    /// # Errors
    /// When the store does not answer. To settle again is safe.
    pub async fn settle(
        &self,
        leased: &LeasedAlert,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let id = leased.alert.id;
        let Some(next) = settled(leased.delivery.clone(), now, settlement) else { return Ok(false) };
        if self.outbox.replace(id, &leased.delivery, &next, event).await? {
            return Ok(true);
        }
        let known = self.alerts.alert(id, now).await?;
        Ok(known.is_some_and(|(_, delivery)| has_ended(&delivery, leased.fence)))
    }

    /// Has an alert that was given up or suppressed sent again, from `now` on and as a single mail, to `recipient` or else to
    /// the one that is remembered.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<&str>) -> Result<Requeued, Unavailable> {
        retry_stale("an alert", || async {
            let Some((_, seen)) = self.alerts.alert(id, now).await? else { return Ok(Some(Requeued::Unknown)) };
            let next = match requeued(seen.clone(), now, recipient.map(str::to_owned)) {
                Ok(next) => next,
                Err(why) => return Ok(Some(Requeued::Not(why))),
            };
            Ok(self.outbox.replace(id, &seen, &next, None).await?.then_some(Requeued::Queued))
        })
        .await
    }

    /// Has an alert that was sent counted as failed, because of this, and the tenant told together with it. `false` if it is
    /// not one that was sent: then nothing changes.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: &str,
        event: &TenantEvent,
    ) -> Result<bool, Unavailable> {
        retry_stale("an alert", || async {
            let seen = self.alerts.alert(id, now).await?.map(|(_, delivery)| delivery);
            let next = seen.as_ref().and_then(|seen| bounced(seen.clone(), now, reason.to_owned()));
            let Some((seen, next)) = seen.zip(next) else { return Ok(Some(false)) };
            Ok(self.outbox.replace(id, &seen, &next, Some(event.clone())).await?.then_some(true))
        })
        .await
    }
}
