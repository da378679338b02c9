//! Alerts whose mail waits to be sent.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{DeliveryChange, ListedAlert, OutboxBytes},
        coded::store::Coded,
        prepared::PreparedEvent,
        record::delivery,
    },
    domain::{alert::alert::Delivery, ids::AlertId, tenant::webhook::TenantEvent, time::Timestamp, waiting::Latest},
    ports::{LeasedAlert, Outbox, Unavailable},
};

#[async_trait]
impl<Backend: OutboxBytes> Outbox for Coded<Backend> {
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable> {
        let leased = self.backend.lease(now, lease_until, limit).await?;
        // A record that cannot be read must not hold up the others.
        Ok(leased.into_iter().filter_map(|it| self.leased(it)).collect())
    }

    async fn replace(
        &self,
        id: AlertId,
        seen: &Delivery,
        next: &Delivery,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let [seen, next] = [seen, next].map(|it| delivery::encode(it.clone()));
        let event = event.as_ref().map(PreparedEvent::new);
        self.backend.replace(DeliveryChange { id, seen, next, event }).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.next_due().await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.backend.recall(now, latest).await
    }
}

impl<Backend: OutboxBytes> Coded<Backend> {
    /// A lease that was just given. Every lease is an attempt and raises the fence, and nothing else does either: so the
    /// number of attempts *is* the fencing token, and no store keeps a second number.
    ///
    /// `None`, and a line in the log, if there is no recipient.
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
            delivery,
        })
    }
}
