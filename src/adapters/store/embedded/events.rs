//! Webhooks, their attempts, and what waits to be posted to them.

use rusqlite::{Connection, params};

use crate::{
    adapters::store::{
        embedded::{outbox::limit_of, writer::Refused},
        prepared::{PreparedEvent, claimed_event},
        record,
    },
    domain::{
        ids::{EventId, TenantId, WebhookId},
        time::Timestamp,
        waiting::Latest,
        webhook::{Attempt, MAX_ATTEMPTS, Webhook},
    },
    ports::{ClaimedEvent, EventSettlement, Unavailable},
};

/// What stands in the column `webhook` of an event that nobody has taken up yet. No webhook was made in 1970.
const NOBODY: [u8; 16] = [0; 16];

/// Adds an event, unless it waits already.
///
/// # Errors
/// Those of SQLite.
pub fn insert(connection: &Connection, event: &PreparedEvent) -> rusqlite::Result<usize> {
    wait(connection, event.id, NOBODY, (&event.record, &[]), event.due_at)
}

fn wait(
    connection: &Connection,
    id: EventId,
    webhook: [u8; 16],
    (record, body): (&[u8], &[u8]),
    due_at: Timestamp,
) -> rusqlite::Result<usize> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO event (id, webhook, record, body, attempts, fence, due_at) VALUES (?, ?, ?, ?, 0, 0, ?)",
    )?;
    insert.execute(params![id.0, webhook, record, body, due_at.unix_ms()])
}

/// Leases what is due.
///
/// # Errors
/// Those of SQLite.
pub fn claim(
    connection: &Connection,
    now: Timestamp,
    lease_until: Timestamp,
    limit: usize,
) -> Result<Vec<ClaimedEvent>, Refused> {
    let mut select = connection
        .prepare_cached("SELECT id, webhook FROM event WHERE due_at <= ? ORDER BY due_at, id, webhook LIMIT ?")?;
    let due = select.query_map(params![now.unix_ms(), limit_of(limit)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let due: Vec<([u8; 16], [u8; 16])> = due.collect::<Result<_, _>>()?;
    let mut lease = connection.prepare_cached(
        "UPDATE event SET fence = fence + 1, due_at = ?, leased = 1 WHERE id = ? AND webhook = ?
         RETURNING record, body, attempts, fence",
    )?;
    let mut leased = Vec::new();
    for (id, webhook) in due {
        let (record, body, attempts, fence): (Vec<u8>, _, _, i64) = lease
            .query_row(params![lease_until.unix_ms(), id, webhook], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let message = (webhook != NOBODY).then_some((WebhookId(webhook), body));
        leased.extend(claimed_event(&record, message, attempts, fence.cast_unsigned()));
    }
    Ok(leased)
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
    claimed: &ClaimedEvent,
    now: Timestamp,
    settlement: EventSettlement,
) -> Result<bool, Refused> {
    let id = claimed.event.id;
    let webhook = claimed.message.as_ref().map_or(NOBODY, |(webhook, _)| webhook.0);
    let lease = params![id.0, webhook, claimed.fence.cast_signed()];
    if let EventSettlement::RetryAt(due_at, attempts) = settlement {
        let mut update = connection.prepare_cached(
            "UPDATE event SET due_at = ?4, attempts = ?5, leased = 0 WHERE id = ?1 AND webhook = ?2 AND fence = ?3",
        )?;
        let values = params![id.0, webhook, claimed.fence.cast_signed(), due_at.unix_ms(), attempts];
        return Ok(update.execute(values)? > 0);
    }
    let mut delete = connection.prepare_cached("DELETE FROM event WHERE id = ? AND webhook = ? AND fence = ?")?;
    let held = delete.execute(lease)? > 0;
    if let EventSettlement::TakenUp(webhooks, body) = settlement
        && held
    {
        let record = record::event::encode(&claimed.event);
        for it in webhooks {
            wait(connection, id, it.0, (&record, &body), now)?;
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

/// Adds or replaces a webhook.
///
/// # Errors
/// Those of SQLite.
pub fn put_webhook(connection: &Connection, webhook: &Webhook) -> Result<(), Refused> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO webhook VALUES (?, ?, ?)")?;
    insert.execute(params![webhook.tenant.as_str(), webhook.id.0, record::webhook::encode(webhook)])?;
    Ok(())
}

/// A tenant's webhooks, the oldest first.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn webhooks(connection: &Connection, tenant: &TenantId) -> Result<Vec<Webhook>, Refused> {
    let mut select = connection.prepare_cached("SELECT record FROM webhook WHERE tenant = ? ORDER BY id")?;
    let rows = select.query_map([tenant.as_str()], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| Ok(record::webhook::decode(&bytes?).map_err(Unavailable::from)?)).collect()
}

/// Forgets a webhook and its attempts.
///
/// # Errors
/// Those of SQLite.
pub fn remove_webhook(connection: &Connection, tenant: &TenantId, id: WebhookId) -> Result<bool, Refused> {
    let mut delete = connection.prepare_cached("DELETE FROM webhook WHERE tenant = ? AND id = ?")?;
    let removed = delete.execute(params![tenant.as_str(), id.0])? > 0;
    if removed {
        connection.prepare_cached("DELETE FROM webhook_attempt WHERE webhook = ?")?.execute([id.0])?;
    }
    Ok(removed)
}

/// Keeps what came of an attempt, and forgets the oldest beyond [`MAX_ATTEMPTS`].
///
/// # Errors
/// Those of SQLite.
pub fn put_attempt(connection: &Connection, webhook: WebhookId, attempt: &Attempt) -> Result<(), Refused> {
    let mut select =
        connection.prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM webhook_attempt WHERE webhook = ?")?;
    let number: i64 = select.query_row([webhook.0], |row| row.get(0))?;
    let mut insert = connection.prepare_cached("INSERT INTO webhook_attempt VALUES (?, ?, ?)")?;
    insert.execute(params![webhook.0, number, record::attempt::encode(attempt)])?;
    let mut delete = connection.prepare_cached("DELETE FROM webhook_attempt WHERE webhook = ? AND number <= ?")?;
    delete.execute(params![webhook.0, number - limit_of(MAX_ATTEMPTS)])?;
    Ok(())
}

/// What came of the attempts of a webhook, the latest first.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn attempts(connection: &Connection, webhook: WebhookId) -> Result<Vec<Attempt>, Refused> {
    let mut select =
        connection.prepare_cached("SELECT record FROM webhook_attempt WHERE webhook = ? ORDER BY number DESC")?;
    let rows = select.query_map([webhook.0], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| Ok(record::attempt::decode(&bytes?).map_err(Unavailable::from)?)).collect()
}
