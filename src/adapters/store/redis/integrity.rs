//! A look through the server, along its indexes: no key is found by SCAN here. Users, their browsers and sessions are not
//! looked at, which no index lists.

use std::{collections::HashMap, sync::Arc};

use crate::{
    adapters::store::{
        backend::{Entry, Examine, IntegrityBytes, RECORDS_A_SEGMENT, Reply},
        damage::{hex, looked_at},
        name::Name,
        redis::{
            log::{
                hashes,
                leaves::{self, Bounds},
                rows,
            },
            privacy::{audit, notes::note_of, requests},
            server::{
                alert_keys::{self, Waiting},
                audit_keys, history_keys, keys,
                link::{Batch, Link, WIDE},
                request_keys, tally_keys, tenant_keys, versioned,
            },
            store::Redis,
            tenants::operators,
            users::alerts,
        },
    },
    domain::{
        ids::{AlertId, LoginId, NoteId, Partition, RequestId, TenantId, WebhookId},
        search::clear::segment::SegmentNumber,
    },
    ports::{LookedThrough, RecordKind},
};

/// Records that are asked for in one round trip.
const STEP: usize = 500;

impl IntegrityBytes for Redis {
    async fn look_through(&self, limit: usize, examine: Arc<dyn Examine>) -> Reply<LookedThrough> {
        let mut look = Look { link: &self.link, examine: &*examine, found: LookedThrough::default() };
        for tenant in look.at_api_keys().await? {
            look.at_tenant(&tenant, limit).await?;
        }
        look.at_operators().await?;
        let of_each = limit.div_ceil(keys::partitions().count());
        for partition in keys::partitions() {
            look.at_partition(partition, of_each).await?;
        }
        Ok(look.found)
    }
}

/// A look that is under way.
struct Look<'a> {
    link: &'a Link,
    examine: &'a dyn Examine,
    found: LookedThrough,
}

impl Look<'_> {
    fn at(&mut self, kind: RecordKind, key: &[u8], id: impl FnOnce() -> String, bytes: &[u8]) {
        looked_at(&mut self.found, kind, id, self.examine.record(kind, key, bytes));
    }

    /// Returns the tenants that have a key.
    async fn at_api_keys(&mut self) -> Reply<Vec<TenantId>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(keys::API_KEYS);
        let (records,): (HashMap<String, Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        let mut tenants = Vec::new();
        for (id, bytes) in records {
            tenants.extend(self.examine.tenant_of_key(&bytes));
            self.at(RecordKind::ApiKey, &[], || id, &bytes);
        }
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }

    async fn at_operators(&mut self) -> Reply<()> {
        for Entry { id, record } in operators::all(self.link).await? {
            self.at(RecordKind::Operator, &id.0, || id.to_string(), &record);
        }
        Ok(())
    }

    async fn at_tenant(&mut self, tenant: &TenantId, limit: usize) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(tenant_keys::webhooks(tenant)).cmd("HGETALL").arg(keys::suppressed(tenant));
        let [webhooks, suppressed]: [HashMap<Vec<u8>, Vec<u8>>; 2] = self.link.ask(WIDE, &ask).await?;
        for (id, bytes) in &webhooks {
            self.at(RecordKind::Webhook, id, || Name::Webhook(tenant, id).id(), bytes);
            let Ok(webhook) = id.as_slice().try_into().map(WebhookId) else { continue };
            let mut ask = Batch::new();
            ask.cmd("LRANGE").arg(tenant_keys::attempts(webhook)).arg(0).arg(-1);
            let (attempts,): (Vec<Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
            for bytes in &attempts {
                self.at(RecordKind::Attempt, &[], || Name::Attempt(webhook, bytes).id(), bytes);
            }
        }
        for (email, bytes) in &suppressed {
            self.at(RecordKind::Suppression, email, || format!("{} {}", tenant.as_str(), hex(email)), bytes);
        }
        if let Some(policy) = versioned::find(self.link, &tenant_keys::policy(tenant)).await? {
            self.at(RecordKind::Policy, &[], || Name::Policy(tenant, None).id(), &policy.record);
        }
        self.at_audit(tenant, limit).await?;
        self.at_segments(tenant, limit).await
    }

    async fn at_segments(&mut self, tenant: &TenantId, limit: usize) -> Reply<()> {
        let last = i64::try_from(limit.div_ceil(RECORDS_A_SEGMENT)).unwrap_or(i64::MAX) - 1;
        let mut ask = Batch::new();
        ask.cmd("ZREVRANGE").arg(tally_keys::segments(tenant)).arg(0).arg(last);
        let (numbers,): (Vec<i64>,) = self.link.ask(WIDE, &ask).await?;
        for number in numbers.into_iter().map(SegmentNumber) {
            let mut ask = Batch::new();
            ask.cmd("HGETALL").arg(tally_keys::segment(tenant, number));
            let (fields,): (HashMap<u8, Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
            // One that went in between has nothing.
            if !fields.is_empty() {
                let read = self.examine.segment(number, fields.into_iter().collect());
                looked_at(&mut self.found, RecordKind::Segment, || Name::Segment(tenant, number).id(), read);
            }
        }
        Ok(())
    }

    async fn at_audit(&mut self, tenant: &TenantId, limit: usize) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("XREVRANGE").arg(audit_keys::audit_log(tenant)).arg("+").arg("-").arg("COUNT").arg(limit.min(STEP));
        let (found,) = self.link.ask(WIDE, &ask).await?;
        for Entry { id, record } in audit::entries(found) {
            self.at(RecordKind::Audit, &[], || Name::Audit(tenant, id).id(), &record);
        }
        Ok(())
    }

    async fn at_notes(&mut self, members: &[Vec<u8>]) -> Reply<()> {
        let mut ask = Batch::new();
        let ids: Vec<NoteId> = members.iter().filter_map(|it| note_of(it)).collect();
        for id in &ids {
            ask.cmd("GET").arg(history_keys::note(*id));
        }
        let records: Vec<Option<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
        for (id, bytes) in ids.iter().zip(&records).filter_map(|(id, it)| Some((id, it.as_ref()?))) {
            self.at(RecordKind::Note, &id.0, || id.to_string(), bytes);
        }
        Ok(())
    }

    async fn at_partition(&mut self, partition: Partition, limit: usize) -> Reply<()> {
        let mut ask = Batch::new();
        let sets = [
            alert_keys::alerts(partition),
            alert_keys::events(partition),
            request_keys::request_steps(partition),
            history_keys::notes(partition),
        ];
        for set in sets {
            ask.cmd("ZREVRANGE").arg(set).arg(0).arg(i64::try_from(limit).unwrap_or(i64::MAX) - 1);
        }
        ask.add_command(leaves::newest(&keys::log(partition), Bounds { from: b"-", below: b"+" }, limit));
        ask.add_command(hashes::newest(partition, limit));
        let [alerts, events, requests, notes, mut logins, in_hashes]: [Vec<Vec<u8>>; 6] =
            self.link.ask(WIDE, &ask).await?;
        logins.extend(in_hashes);
        logins.sort_unstable_by(|a, b| b.cmp(a));
        logins.dedup();
        logins.truncate(limit);
        let ids = |names: Vec<Vec<u8>>| names.into_iter().filter_map(|it| <[u8; 16]>::try_from(it).ok());
        let logins: Vec<LoginId> = ids(logins).map(LoginId).collect();
        for step in logins.chunks(STEP) {
            let records = rows::find(self.link, WIDE, step).await?;
            for (id, bytes) in step.iter().zip(&records).filter_map(|(id, it)| Some((id, it.as_ref()?))) {
                self.at(RecordKind::Login, &id.0, || id.to_string(), bytes);
            }
        }
        for step in notes.chunks(STEP) {
            self.at_notes(step).await?;
        }
        let alerts: Vec<AlertId> = ids(alerts).map(AlertId).collect();
        for step in alerts.chunks(STEP) {
            for listed in alerts::find(self.link, step.to_vec()).await? {
                let Some(row) = listed.record else { continue };
                let read = row.and_then(|row| self.examine.alert(listed.id, row));
                looked_at(&mut self.found, RecordKind::Alert, || listed.id.to_string(), read);
            }
        }
        let requests: Vec<RequestId> = ids(requests).map(RequestId).collect();
        for listed in requests::find(self.link, requests).await? {
            let Some(stored) = listed.record else { continue };
            self.at(RecordKind::Request, &listed.id.0, || listed.id.to_string(), &stored.record);
        }
        let events: Vec<Waiting> = events.iter().filter_map(|it| Waiting::read(it)).collect();
        for step in events.chunks(STEP) {
            let mut ask = Batch::new();
            for waiting in step {
                ask.cmd("HGET").arg(waiting.key()).arg("record");
            }
            let records: Vec<Option<Vec<u8>>> = self.link.ask(WIDE, &ask).await?;
            for (waiting, bytes) in
                step.iter().zip(&records).filter_map(|(waiting, bytes)| Some((waiting, bytes.as_ref()?)))
            {
                self.at(RecordKind::Event, &waiting.event.0, || waiting.event.to_string(), bytes);
            }
        }
        Ok(())
    }
}
