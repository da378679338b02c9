//! What the keys are called of alerts, and of what waits to be told of them and of other events: see
//! [`keys`](crate::adapters::store::redis::server::keys). A stored form: never rename.

use crate::{
    adapters::store::redis::server::keys::{in_partition, named, push_hex},
    domain::ids::{AlertId, EventId, Partition, TenantId, UserKey, WebhookId},
};

/// An alert.
#[must_use]
pub fn alert(id: AlertId) -> String {
    named(id.partition(), "alert:", &id.0)
}

/// Every alert of a partition.
#[must_use]
pub fn alerts(partition: Partition) -> String {
    in_partition(partition, "alerts")
}

/// A tenant's alerts of a partition.
#[must_use]
pub fn alerts_of(partition: Partition, tenant: &TenantId) -> String {
    in_partition(partition, &format!("alerts:{}", tenant.as_str()))
}

/// A user's alerts.
#[must_use]
pub fn alerts_of_user(user: &UserKey) -> String {
    named(user.partition, "alerts-of:", &user.hash)
}

/// Something that waits to be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// What has happened.
    pub event: EventId,
    /// The webhook that a message is for; none for an event that nobody has taken up yet.
    pub webhook: Option<WebhookId>,
}

impl Waiting {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = named(self.event.partition(), "event:", &self.event.0);
        if let Some(webhook) = self.webhook {
            key.push(':');
            push_hex(&mut key, &webhook.0);
        }
        key
    }

    /// What it is called in the sorted set of all that waits: 16 or 32 bytes.
    #[must_use]
    pub fn name(&self) -> Vec<u8> {
        [&self.event.0[..], self.webhook.as_ref().map_or(&[][..], |it| &it.0)].concat()
    }

    /// Reads a name.
    #[must_use]
    pub fn read(name: &[u8]) -> Option<Self> {
        let (event, rest) = name.split_first_chunk()?;
        let webhook = if rest.is_empty() { None } else { Some(WebhookId(rest.try_into().ok()?)) };
        Some(Self { event: EventId(*event), webhook })
    }
}

/// All that waits to be posted.
#[must_use]
pub fn events(partition: Partition) -> String {
    in_partition(partition, "events")
}

/// Alerts that wait.
#[must_use]
pub fn outbox(partition: Partition) -> String {
    in_partition(partition, "outbox")
}
