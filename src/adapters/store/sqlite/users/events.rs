//! Events and messages that wait to be posted to webhooks.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{EventBytes, EventLease, EventRow, Reply},
        record::parts::tenant_of,
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_of},
            },
            store::{NOBODY, Sqlite},
        },
    },
    domain::{
        ids::{EventId, WebhookId},
        time::Timestamp,
        turns::{Candidate, Room},
        waiting::Latest,
    },
    ports::EventSettlement,
};

/// Ids of an event and of the webhook that a message about it is for.
type Name = ([u8; 16], [u8; 16]);

impl EventBytes for Sqlite {
    async fn lease_events(&self, now: Timestamp, lease_until: Timestamp, room: &Room) -> Reply<Vec<EventRow>> {
        const LEASE: &str = "UPDATE event SET fence = fence + 1, due_at = ?, leased = 1 WHERE id = ? AND webhook = ?
            RETURNING id, webhook, record, body, attempts, fence";
        let room = room.clone();
        self.write(move |connection| {
            let mut lease = connection.prepare_cached(LEASE)?;
            let mut leased = Vec::new();
            for (id, webhook) in room.pick(due(connection, now, &room)?).into_iter().map(|it| it.name) {
                leased.push(lease.query_row(params![lease_until.unix_ms(), id, webhook], event_in)?);
            }
            Ok(leased)
        })
        .await
    }

    async fn settle_event(&self, lease: EventLease, now: Timestamp, settlement: EventSettlement) -> Reply<bool> {
        self.write(move |connection| match settlement {
            EventSettlement::RetryAt(due_at, attempts) => retry(connection, lease, due_at, attempts),
            EventSettlement::Over => Ok(take(connection, lease)?.is_some()),
            EventSettlement::TakenUp(webhooks, body) => {
                let Some(event) = take(connection, lease)? else { return Ok(false) };
                let mut insert = connection.prepare_cached(
                    "INSERT OR IGNORE INTO event (id, webhook, tenant, record, body, attempts, fence, due_at)
                     VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
                )?;
                for webhook in webhooks {
                    insert.execute(params![lease.id.0, webhook.0, event.tenant, event.record, body, now.unix_ms()])?;
                }
                Ok(true)
            }
        })
        .await
    }

    async fn next_event_due(&self) -> Reply<Option<Timestamp>> {
        self.readers
            .read(|connection| {
                let mut select = connection.prepare_cached("SELECT min(due_at) FROM event")?;
                let due_at: Option<i64> = select.query_row([], |row| row.get(0))?;
                Ok(due_at.map(Timestamp::from_unix_ms))
            })
            .await
    }

    async fn recall_events(&self, now: Timestamp, latest: &Latest) -> Reply<u64> {
        const HASTEN: &str = "UPDATE event SET due_at = ?1 WHERE due_at > ?2 AND due_at >
            CASE WHEN leased THEN ?3 WHEN attempts = 0 THEN ?2 ELSE ?4 END";
        let times = [now, latest.fresh, latest.leased, latest.retried].map(Timestamp::unix_ms);
        self.write(move |connection| Ok(connection.prepare_cached(HASTEN)?.execute(times)? as u64)).await
    }
}

fn event_in(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let webhook: [u8; 16] = row.get(1)?;
    let lease = EventLease {
        id: EventId(row.get(0)?),
        webhook: (webhook != NOBODY).then_some(WebhookId(webhook)),
        fence: row.get::<_, i64>(5)?.cast_unsigned(),
    };
    Ok(EventRow { lease, record: record_of(row, 2)?, body: row.get(3)?, attempts: row.get(4)? })
}

fn retry(connection: &Connection, lease: EventLease, due_at: Timestamp, attempts: u32) -> Result<bool, Refused> {
    let mut update = connection.prepare_cached(
        "UPDATE event SET due_at = ?4, attempts = ?5, leased = 0 WHERE id = ?1 AND webhook = ?2 AND fence = ?3",
    )?;
    let webhook = lease.webhook.map_or(NOBODY, |it| it.0);
    Ok(update.execute(params![lease.id.0, webhook, lease.fence.cast_signed(), due_at.unix_ms(), attempts])? > 0)
}

/// An event that was deleted.
struct Taken {
    tenant: String,
    record: Vec<u8>,
}

/// Deletes what was leased, if this is the latest lease.
fn take(connection: &Connection, lease: EventLease) -> Result<Option<Taken>, Refused> {
    let mut delete = connection
        .prepare_cached("DELETE FROM event WHERE id = ? AND webhook = ? AND fence = ? RETURNING tenant, record")?;
    let webhook = lease.webhook.map_or(NOBODY, |it| it.0);
    let values = params![lease.id.0, webhook, lease.fence.cast_signed()];
    let taken = delete.query_row(values, |row| Ok(Taken { tenant: row.get(0)?, record: record_of(row, 1)? }));
    // Events that were stored before tenants were noted beside them have it in their record alone.
    let noted = |taken: Taken| match tenant_of(&taken.record) {
        Ok(tenant) => Taken { tenant: tenant.as_str().to_owned(), ..taken },
        Err(_) => taken,
    };
    Ok(taken.optional()?.map(noted))
}

/// The next tenant and webhook, in the order of their names, for whom something waits. Events that were stored before tenants
/// were noted beside them have an empty one, the first.
pub(crate) const NEXT_GROUP: &str =
    "SELECT tenant, webhook FROM event WHERE (tenant, webhook) > (?, ?) ORDER BY tenant, webhook LIMIT 1";
/// The longest due of a tenant and webhook.
pub(crate) const DUE: &str =
    "SELECT id, due_at FROM event WHERE tenant = ? AND webhook = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?";

/// What is due for each webhook, as far as there is room: a step along the index for each, whatever waits.
fn due(connection: &Connection, now: Timestamp, room: &Room) -> Result<Vec<Candidate<Name>>, Refused> {
    let mut found = Vec::new();
    let mut next_group = connection.prepare_cached(NEXT_GROUP)?;
    let mut select = connection.prepare_cached(DUE)?;
    let (mut tenant, mut name) = (String::new(), Vec::new());
    loop {
        let next = next_group.query_row(params![tenant, name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((next_tenant, webhook)): Option<(String, [u8; 16])> = next else { return Ok(found) };
        (tenant, name) = (next_tenant, webhook.to_vec());
        let message_for = (webhook != NOBODY).then_some(WebhookId(webhook));
        let left = limit_of(room.left(&tenant, message_for));
        let due = select.query_map(params![tenant, webhook, now.unix_ms(), left], |row| {
            let (id, due_at) = (row.get(0)?, Timestamp::from_unix_ms(row.get(1)?));
            Ok(Candidate { tenant: tenant.clone(), webhook: message_for, due_at, name: (id, webhook) })
        })?;
        for it in due {
            found.push(it?);
        }
    }
}
