//! Alerts, and the delivery of their mails.

use std::{collections::HashMap, ops::Range};

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AlertBytes, AlertIndex, AlertRow, AlertsIn, ListedAlert, SaltBytes},
        coded::{
            sealing::layout::{self, is_sealed},
            store::Coded,
            users::commit::open_delivery,
        },
        name::Name,
        record::{
            alert,
            bytes::Malformed,
            delivery::{self, DeliveryRow},
        },
    },
    domain::{
        alert::{
            alert::{Alert, Answer, Delivery, State},
            delivery::shown,
            selection::AlertSelection,
        },
        ids::{AlertId, TenantId, UserKey},
        time::Timestamp,
    },
    ports::{AlertStore, Unavailable},
};

#[async_trait]
impl<Backend: AlertBytes + SaltBytes> AlertStore for Coded<Backend> {
    async fn alert(&self, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Unavailable> {
        let Some(record) = self.backend.alert(id).await? else { return Ok(None) };
        let mut read = self.read_alerts(vec![(id, record)]).await?;
        let alert = read.pop().map_or(Ok(None), |(_, it)| it)?;
        Ok(alert.map(|(alert, delivery)| (alert, shown(delivery, now))))
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

    async fn selected_alerts(
        &self,
        tenant: &TenantId,
        selection: &AlertSelection,
        ids: Range<AlertId>,
        most: usize,
        now: Timestamp,
    ) -> Result<Option<Vec<(Alert, Delivery)>>, Unavailable> {
        let states = selection.stored_states().into_iter().map(State::as_str).collect();
        let answers = selection.answers.iter().copied().map(Answer::as_str).collect();
        let mut found =
            self.backend.alerts_in(AlertsIn { tenant, states, answers, ids }, most.saturating_add(1)).await?;
        if found.len() > most {
            return Ok(None);
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        let mut alerts = self.named(&found, now).await?;
        alerts.retain(|(alert, delivery)| alert.tenant == *tenant && selection.allows(delivery));
        Ok(Some(alerts))
    }

    async fn deliveries(&self, ids: &[AlertId], now: Timestamp) -> Result<HashMap<AlertId, Delivery>, Unavailable> {
        let found = self.named(ids, now).await?;
        Ok(found.into_iter().map(|(alert, delivery)| (alert.id, delivery)).collect())
    }
}

/// What was read of an alert; `None` if its person was forgotten.
type ReadAlert = Result<Option<(Alert, Delivery)>, Malformed>;

impl<Backend: SaltBytes> Coded<Backend> {
    /// Opens and reads alerts with their deliveries, in their order.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn read_alerts(
        &self,
        rows: Vec<(AlertId, Result<AlertRow, Malformed>)>,
    ) -> Result<Vec<(AlertId, ReadAlert)>, Unavailable> {
        let (mut read, mut records, mut deliveries) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
        for (id, row) in rows {
            let row = row.and_then(|row| Ok((self.owner_of_alert(id, &row.record)?, row)));
            match row {
                Ok((owner, AlertRow { record, delivery })) => {
                    records.push((Name::Alert(id), record));
                    deliveries.push((read.len(), owner, delivery));
                    read.push((id, Ok(None)));
                }
                Err(fault) => read.push((id, self.noted(Name::Alert(id), Err(fault)))),
            }
        }
        for ((at, owner, delivery), opened) in deliveries.into_iter().zip(self.open_all(records).await?) {
            let id = read[at].0;
            let alert = opened.and_then(|it| it.map(|it| alert::decode(&it)).transpose());
            read[at].1 = match alert {
                Ok(Some(alert)) => {
                    let weeks = self.weeks_kept(&alert.tenant, [id.time()].into_iter()).await?;
                    let alert = Alert { ip: weeks.find(&id.0, id.time(), alert.ip), ..alert };
                    let delivery = self.read_delivery(id, &owner, delivery).await?;
                    self.noted(Name::Alert(id), delivery.map(|it| Some((alert, it))))
                }
                alert => self.noted(Name::Alert(id), alert.map(|_| None)),
            };
        }
        Ok(read)
    }

    /// Whom an alert warns. A record that an earlier version stored names the user, from whom the key is derived.
    pub(crate) fn owner_of_alert(&self, id: AlertId, record: &[u8]) -> Result<(TenantId, UserKey), Malformed> {
        if is_sealed(record) {
            let owner = layout::owner_of_thing(record, id.partition())?;
            return Ok((owner.tenant, owner.user));
        }
        let alert = alert::decode(record)?;
        let user = UserKey { partition: id.partition(), ..self.sealer.keys(&alert.tenant).user(&alert.user) };
        Ok((alert.tenant, user))
    }

    /// Opens and reads a delivery.
    async fn read_delivery(
        &self,
        id: AlertId,
        owner: &(TenantId, UserKey),
        row: DeliveryRow,
    ) -> Result<Result<Delivery, Malformed>, Unavailable> {
        if ![&row.recipient, &row.last_error].into_iter().flatten().any(|it| is_sealed(it)) {
            return Ok(delivery::decode(row));
        }
        let Some(key) = self.known_key_of(&owner.0, &owner.1).await? else { return Ok(Err(Malformed::Sealed)) };
        Ok(open_delivery(&key, id, row).and_then(delivery::decode))
    }
}

impl<Backend: AlertBytes + SaltBytes> Coded<Backend> {
    /// The alerts of these ids that can be read.
    async fn named(&self, ids: &[AlertId], now: Timestamp) -> Result<Vec<(Alert, Delivery)>, Unavailable> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let listed = self.backend.alerts_named(ids).await?;
        let rows = listed.into_iter().filter_map(|it| Some((it.id, it.record?))).collect();
        let read = self.read_alerts(rows).await?.into_iter().filter_map(|(_, it)| it.ok()?);
        Ok(read.map(|(alert, delivery)| (alert, shown(delivery, now))).collect())
    }

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
            let page: Vec<ListedAlert> = self.backend.alerts(index, before, wanted).await?;
            let (count, last) = (page.len(), page.last().map(|it| it.id));
            let rows = page.into_iter().filter_map(|listed| Some((listed.id, listed.record?))).collect();
            let read = self.read_alerts(rows).await?.into_iter().filter_map(|(_, it)| it.ok()?);
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
