//! Changes deliveries: reads one, has the domain compute the next, and replaces it. Starts again if another change came
//! in between.

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

/// The result of sending an alert again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeued {
    /// It is due now.
    Queued,
    /// It is not sent again, for this reason.
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
    /// Uses these ports.
    #[must_use]
    pub fn new(alerts: Arc<dyn AlertStore>, outbox: Arc<dyn Outbox>) -> Self {
        Self { alerts, outbox }
    }

    /// Ends a lease, and stores the event for the tenant with that. `false`, and nothing changes, if there has been a
    /// later lease. If the answer was lost and this is called again, it returns `true` and changes nothing.
    ///
    /// # Errors
    /// When the store does not answer. It is safe to call this again.
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

    /// Sends an alert again that was given up or suppressed, from `now` on in a mail of its own, to `recipient` or else
    /// to the address that is stored.
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

    /// Marks an alert that was sent as failed, for this reason, and stores the event for the tenant with that. `false`,
    /// and nothing changes, if the alert was not sent.
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
