//! Alerts, and the delivery of their mails.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AlertBytes, AlertIndex, AlertRow},
        coded::store::Coded,
        name::Name,
        record::{alert, bytes::Malformed, delivery},
    },
    domain::{
        alert::{
            alert::{Alert, Delivery},
            delivery::shown,
        },
        ids::{AlertId, TenantId, UserKey},
        time::Timestamp,
    },
    ports::{AlertStore, Unavailable},
};

#[async_trait]
impl<Backend: AlertBytes> AlertStore for Coded<Backend> {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let row = self.backend.alert(id).await?;
        Ok(row.map(|it| self.read_alert(id, it)).transpose()?.map(|(alert, delivery)| (alert, shown(delivery, now))))
    }

    async fn alerts(
        &self,
        tenant: &TenantId,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        self.newest(AlertIndex::Tenant(tenant), before, limit, now).await
    }

    async fn alerts_of(
        &self,
        user: &UserKey,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        self.newest(AlertIndex::User(user), before, limit, now).await
    }
}

impl<Backend> Coded<Backend> {
    /// Reads an alert and its delivery.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(crate) fn read_alert(
        &self,
        id: AlertId,
        row: Result<AlertRow, Malformed>,
    ) -> Result<(Alert, Delivery), Malformed> {
        let read = |row: AlertRow| Ok((alert::decode(&row.record)?, delivery::decode(row.delivery)?));
        self.noted(Name::Alert(id), row.and_then(read))
    }
}

impl<Backend: AlertBytes> Coded<Backend> {
    async fn newest(
        &self,
        index: AlertIndex<'_>,
        before: Option<AlertId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        let (mut found, mut before) = (Vec::new(), before);
        while found.len() < limit {
            let wanted = limit - found.len();
            let page = self.backend.alerts(index, before, wanted).await?;
            let (count, last) = (page.len(), page.last().map(|it| it.id));
            let read = page.into_iter().filter_map(|listed| self.read_alert(listed.id, listed.record?).ok());
            found.extend(read.map(|(alert, delivery)| (alert, shown(delivery, now))));
            if count < wanted {
                break;
            }
            // Records that were skipped are made up for by those that follow.
            before = last;
        }
        Ok(found)
    }
}
