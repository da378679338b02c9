//! Alerts whose mail waits to be sent.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AlertBytes, DeliveryChange, OutboxBytes, SaltBytes},
        coded::{
            sealing::layout::is_sealed,
            store::Coded,
            users::commit::{prepare_event, seal_delivery},
        },
        name::Name,
        record::delivery,
    },
    domain::{
        alert::alert::{Alert, Delivery},
        ids::AlertId,
        tenant::webhook::TenantEvent,
        time::Timestamp,
        waiting::Latest,
    },
    ports::{LeasedAlert, Outbox, Unavailable},
};

#[async_trait]
impl<Backend: OutboxBytes + AlertBytes + SaltBytes> Outbox for Coded<Backend> {
    async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedAlert>, Unavailable> {
        let leased = self.backend.lease(now, lease_until, limit).await?;
        let rows = leased.into_iter().filter_map(|it| Some((it.id, it.record?))).collect();
        // A record that cannot be read must not hold up the others.
        let read = self.read_alerts(rows).await?.into_iter().filter_map(|(_, it)| it.ok()?);
        Ok(read.filter_map(|(alert, delivery)| leased_alert(alert, delivery)).collect())
    }

    async fn replace(
        &self,
        id: AlertId,
        seen: &Delivery,
        next: &Delivery,
        event: Option<TenantEvent>,
    ) -> Result<bool, Unavailable> {
        let Some(row) = self.backend.alert(id).await? else { return Ok(false) };
        let row = self.noted(Name::Alert(id), row)?;
        let (tenant, user) = self.noted(Name::Alert(id), self.owner_of_alert(id, &row.record))?;
        let key = if is_sealed(&row.record) {
            self.known_key_of(&tenant, &user).await?
        } else {
            // Of an earlier version, whose user may have no salt yet.
            Some(self.key_of(&tenant, &user).await?.1)
        };
        // Its user is being forgotten, and must not be given a new salt.
        let Some(key) = key else { return Ok(false) };
        let [seen, next] = [seen, next].map(|it| seal_delivery(&key, id, delivery::encode(it.clone())));
        let event = event.as_ref().map(|it| prepare_event(it, Some(&user)));
        self.backend.replace(DeliveryChange { id, seen, next, event }).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.backend.next_due().await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Result<u64, Unavailable> {
        self.backend.recall(now, latest).await
    }
}

/// A lease that was just given. Every lease is an attempt and raises the fence, and nothing else does either: so the number
/// of attempts *is* the fencing token, and no store keeps a second number.
///
/// `None`, and a line in the log, if there is no recipient.
fn leased_alert(alert: Alert, delivery: Delivery) -> Option<LeasedAlert> {
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
