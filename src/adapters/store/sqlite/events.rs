//! What waits to be posted to webhooks.

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::PreparedEvent,
        damage::Damage,
        prepared::leased_event,
        record,
        sqlite::engine::{
            rows::{limit_of, record_of},
            writer::Refused,
        },
    },
    domain::{
        ids::{EventId, TenantId, WebhookId},
        time::Timestamp,
        turns::{Candidate, Room},
        waiting::Latest,
    },
    ports::{EventSettlement, LeasedEvent, RecordKind},
};

/// What stands in the column `webhook` of an event that nobody has taken up yet. No webhook was made in 1970.
const NOBODY: [u8; 16] = [0; 16];

/// Names of an event and of the webhook that a message about it is for.
type Name = ([u8; 16], [u8; 16]);

/// Adds an event, unless it waits already.
///
/// # Errors
/// Those of SQLite.
pub fn insert(connection: &Connection, event: &PreparedEvent) -> rusqlite::Result<usize> {
    wait(connection, &event.tenant, (event.id, NOBODY), (&event.record, &[]), event.due_at)
}

fn wait(
    connection: &Connection,
    tenant: &TenantId,
    (id, webhook): (EventId, [u8; 16]),
    (record, body): (&[u8], &[u8]),
    due_at: Timestamp,
) -> rusqlite::Result<usize> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO event (id, webhook, tenant, record, body, attempts, fence, due_at)
         VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
    )?;
    insert.execute(params![id.0, webhook, tenant.as_str(), record, body, due_at.unix_ms()])
}

/// Leases what is due, in turn by tenant.
///
/// # Errors
/// Those of SQLite.
pub fn lease(
    connection: &Connection,
    damage: &Damage,
    now: Timestamp,
    lease_until: Timestamp,
    room: &Room,
) -> Result<Vec<LeasedEvent>, Refused> {
    let due = due(connection, now, room)?;
    let mut lease = connection.prepare_cached(
        "UPDATE event SET fence = fence + 1, due_at = ?, leased = 1 WHERE id = ? AND webhook = ?
         RETURNING record, body, attempts, fence",
    )?;
    let mut leased = Vec::new();
    for (id, webhook) in room.pick(due).into_iter().map(|it| it.name) {
        let (record, body, attempts, fence): (Vec<u8>, _, _, i64) = lease
            .query_row(params![lease_until.unix_ms(), id, webhook], |row| {
                Ok((record_of(row, 0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let message = (webhook != NOBODY).then_some((WebhookId(webhook), body));
        let lease = leased_event(&record, message, attempts, fence.cast_unsigned());
        leased.extend(damage.note(RecordKind::Event, || EventId(id).to_string(), lease).ok());
    }
    Ok(leased)
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

/// Has due now what waits for longer than it can; how many.
///
/// # Errors
/// Those of SQLite.
pub fn recall(connection: &Connection, now: Timestamp, latest: &Latest) -> Result<u64, Refused> {
    let mut update = connection.prepare_cached(
        "UPDATE event SET due_at = ?1 WHERE due_at > ?2 AND due_at >
         CASE WHEN leased THEN ?3 WHEN attempts = 0 THEN ?2 ELSE ?4 END",
    )?;
    let times = [now, latest.fresh, latest.leased, latest.retried].map(Timestamp::unix_ms);
    Ok(update.execute(times)? as u64)
}

/// Ends a lease, if it is the latest.
///
/// # Errors
/// Those of SQLite.
pub fn settle(
    connection: &Connection,
    leased: &LeasedEvent,
    now: Timestamp,
    settlement: EventSettlement,
) -> Result<bool, Refused> {
    let id = leased.event.id;
    let webhook = leased.message.as_ref().map_or(NOBODY, |(webhook, _)| webhook.0);
    let lease = params![id.0, webhook, leased.fence.cast_signed()];
    if let EventSettlement::RetryAt(due_at, attempts) = settlement {
        let mut update = connection.prepare_cached(
            "UPDATE event SET due_at = ?4, attempts = ?5, leased = 0 WHERE id = ?1 AND webhook = ?2 AND fence = ?3",
        )?;
        let values = params![id.0, webhook, leased.fence.cast_signed(), due_at.unix_ms(), attempts];
        return Ok(update.execute(values)? > 0);
    }
    let mut delete = connection.prepare_cached("DELETE FROM event WHERE id = ? AND webhook = ? AND fence = ?")?;
    let held = delete.execute(lease)? > 0;
    if let EventSettlement::TakenUp(webhooks, body) = settlement
        && held
    {
        let record = record::event::encode(&leased.event);
        for it in webhooks {
            wait(connection, &leased.event.tenant, (id, it.0), (&record, &body), now)?;
        }
    }
    Ok(held)
}

/// When something is next due.
///
/// # Errors
/// Those of SQLite.
pub fn next_due(connection: &Connection) -> Result<Option<Timestamp>, Refused> {
    let due_at: Option<i64> =
        connection.prepare_cached("SELECT min(due_at) FROM event")?.query_row([], |row| row.get(0))?;
    Ok(due_at.map(Timestamp::from_unix_ms))
}
