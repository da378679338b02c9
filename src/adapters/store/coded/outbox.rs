//! Alerts whose mail waits to leave.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{DeliveryChange, ListedAlert, OutboxBytes, PreparedEvent},
        coded::store::Coded,
        name::Name,
        prepared::{LeaseState, bounced, lease_state, requeued, settled},
        record::delivery,
    },
    domain::{alert::alert::Delivery, ids::AlertId, tenant::webhook::TenantEvent, time::Timestamp, waiting::Latest},
    ports::{LeasedAlert, Outbox, Requeued, Settlement, Unavailable},
};

/// So often a change of a delivery is made again that others were faster with.
const MAX_TRIES: usize = 20;

#[async_trait]
impl<Backend: OutboxBytes> Outbox for Coded<Backend> {
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable> {
        let leased = self.backend.lease(now, lease_until, limit).await?;
        // One that cannot be read must not hold up the others.
        Ok(leased.into_iter().filter_map(|it| self.leased(it)).collect())
    }

    async fn settle(
        &self,
        alert: AlertId,
        fence: u64,
        now: Timestamp,
        settlement: Settlement,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let rule = |delivery: Delivery| match lease_state(fence, &delivery) {
            LeaseState::Holds => Ok(settled(delivery, now, settlement.clone())),
            LeaseState::Ended => Err(true),
            LeaseState::Lost => Err(false),
        };
        Ok(match self.change(alert, event, rule).await? {
            Some(Ok(())) => true,
            Some(Err(is_ended)) => is_ended,
            None => false,
        })
    }

    async fn requeue(&self, id: AlertId, now: Timestamp, recipient: Option<String>) -> Result<Requeued, Unavailable> {
        let rule = |delivery| requeued(delivery, now, recipient.clone());
        Ok(match self.change(id, None, rule).await? {
            Some(Ok(())) => Requeued::Queued,
            Some(Err(why)) => why,
            None => Requeued::Unknown,
        })
    }

    async fn bounce(
        &self,
        id: AlertId,
        now: Timestamp,
        reason: String,
        event: TenantEvent,
    ) -> Result<bool, Unavailable> {
        let rule = |delivery| bounced(delivery, now, reason.clone()).ok_or(());
        Ok(matches!(self.change(id, Some(event), rule).await?, Some(Ok(()))))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.next_due().await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.backend.recall(now, latest).await
    }
}

impl<Backend: OutboxBytes> Coded<Backend> {
    /// Changes a delivery by a rule, and stores an event with it; or neither, and says what the rule has against it. `None`
    /// if there is no such alert.
    async fn change<Refusal>(
        &self,
        id: AlertId,
        event: Option<TenantEvent>,
        rule: impl Fn(Delivery) -> Result<Delivery, Refusal> + Send + Sync,
    ) -> Result<Option<Result<(), Refusal>>, Unavailable> {
        for _ in 0..MAX_TRIES {
            let Some(row) = self.backend.delivery(id).await? else { return Ok(None) };
            let read = row.and_then(|seen| Ok((seen.clone(), delivery::decode(seen)?)));
            let (seen, now) = self.noted(Name::Alert(id), read)?;
            let next = match rule(now) {
                Ok(next) => delivery::encode(next),
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            let event = event.as_ref().map(PreparedEvent::new);
            if self.backend.replace(DeliveryChange { id, seen, next, event }).await? {
                return Ok(Some(Ok(())));
            }
        }
        Err(Unavailable(format!("the alert's delivery changed {MAX_TRIES} times in between")))
    }

    /// A lease that was just given. Every lease is an attempt and raises the fence, and nothing else does either: so the
    /// number of attempts *is* the fencing token, and no store keeps a second number.
    ///
    /// `None`, and a line in the log, if there is nobody to mail.
    fn leased(&self, stored: ListedAlert) -> Option<LeasedAlert> {
        let (alert, delivery) = self.read_alert(stored.id, stored.record?).ok()?;
        let Some(recipient) = delivery.recipient.clone() else {
            tracing::error!(alert = %alert.id, "an alert waits to be mailed to nobody");
            return None;
        };
        Some(LeasedAlert {
            recipient,
            held: delivery.suppressed,
            attempt: delivery.counted(),
            since: delivery.resent_at.unwrap_or(alert.created_at),
            fence: u64::from(delivery.attempts),
            alert,
        })
    }
}
