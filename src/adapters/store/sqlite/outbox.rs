//! Alerts and their deliveries.

use rusqlite::{Connection, Row, params, types::FromSql};

use crate::{
    adapters::store::{
        damage::{Damage, looked_at, try_read},
        prepared::{LeaseState, bounced, lease_state, leased_alert, requeued, settled, shown_alert},
        record::bytes::Malformed,
        sqlite::engine::{rows::limit_of, writer::Refused},
    },
    domain::{
        alert::alert::{Alert, Answer, Delivery, State, Suppressed},
        ids::{AlertId, TenantId, UserKey},
        time::Timestamp,
        turns::{Candidate, Room, last_of_each},
        waiting::Latest,
    },
    ports::{LeasedAlert, LookedThrough, RecordKind, Requeued, Settlement},
};

/// The columns of an alert that [`read_row`] reads.
macro_rules! columns {
    () => {
        "id, record, state, suppressed, recipient, attempts, uncounted, resent_at, due_at, last_error, settled_at, answer"
    };
}

/// An alert by name.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn alert(
    connection: &Connection,
    damage: &Damage,
    id: AlertId,
    now: Timestamp,
) -> Result<Option<(Alert, Delivery)>, Refused> {
    let Some((record, delivery)) = select_one(connection, damage, id)? else { return Ok(None) };
    let shown = shown_alert(&record, delivery, now);
    Ok(Some(damage.note(RecordKind::Alert, || id.to_string(), shown)?))
}

/// A tenant's alerts below `before`, newest first. What cannot be read is passed over.
///
/// # Errors
/// Those of SQLite.
pub fn alerts(
    connection: &Connection,
    damage: &Damage,
    tenant: &TenantId,
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Refused> {
    const PAGE: &str =
        concat!("SELECT ", columns!(), " FROM alert WHERE tenant = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC");
    page(connection, damage, PAGE, params![tenant.as_str(), before.map(|it| it.0)], limit, now)
}

/// A user's alerts below `before`, newest first. What cannot be read is passed over.
///
/// # Errors
/// Those of SQLite.
pub fn alerts_of(
    connection: &Connection,
    damage: &Damage,
    user: &UserKey,
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Refused> {
    const PAGE: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM alert_of_user JOIN alert USING (id) WHERE user = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC"
    );
    page(connection, damage, PAGE, params![user.hash, before.map(|it| it.0)], limit, now)
}

fn page(
    connection: &Connection,
    damage: &Damage,
    query: &str,
    values: impl rusqlite::Params,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Refused> {
    let mut select = connection.prepare_cached(query)?;
    let (mut rows, mut found) = (select.query(values)?, Vec::new());
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let id = AlertId(row.get("id")?);
        let shown = read_row(row).and_then(|(record, delivery)| shown_alert(&record, delivery, now));
        found.extend(damage.note(RecordKind::Alert, || id.to_string(), shown).ok());
    }
    Ok(found)
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
    limit: usize,
) -> Result<Vec<LeasedAlert>, Refused> {
    const LEASE: &str =
        concat!("UPDATE alert SET state = ?, attempts = attempts + 1, due_at = ? WHERE id = ? RETURNING ", columns!());
    let picked = Room::of(limit).pick(due(connection, now, limit)?);
    let mut ids: Vec<[u8; 16]> = picked.iter().map(|it| it.name).collect();
    let mut select = connection.prepare_cached(HELD_WITH)?;
    for last in last_of_each(&picked) {
        let values = params![last.tenant, last.due_at.unix_ms(), last.name];
        for id in select.query_map(values, |row| row.get(0))? {
            ids.push(id?);
        }
    }
    let mut lease = connection.prepare_cached(LEASE)?;
    let mut leased = Vec::new();
    for id in ids {
        // One that cannot be read must not hold up the others.
        let mut rows = lease.query(params![State::Sending.as_str(), lease_until.unix_ms(), id])?;
        if let Some(row) = rows.next()? {
            let lease = read_row(row).and_then(|(record, delivery)| leased_alert(&record, &delivery));
            leased.extend(damage.note(RecordKind::Alert, || AlertId(id).to_string(), lease).ok().flatten());
        }
    }
    Ok(leased)
}

/// The next tenant, in the order of their names, of whose alerts some wait.
const NEXT_TENANT: &str = "SELECT min(tenant) FROM alert WHERE due_at IS NOT NULL AND tenant > ?";
/// The longest due of a tenant.
const DUE: &str = "SELECT id, due_at FROM alert WHERE tenant = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?";

/// What is held until the same time as one that is held, beyond it.
const HELD_WITH: &str = "SELECT id FROM alert WHERE tenant = ?1 AND due_at = ?2 AND id > ?3 AND suppressed IS NOT NULL
     AND EXISTS (SELECT 1 FROM alert WHERE id = ?3 AND suppressed IS NOT NULL)";

/// What is due of each tenant, as many as there is room for: a step along the index for each tenant, whatever waits.
fn due(connection: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Candidate<[u8; 16]>>, Refused> {
    let mut found = Vec::new();
    let mut next_tenant = connection.prepare_cached(NEXT_TENANT)?;
    let mut select = connection.prepare_cached(DUE)?;
    let mut tenant = String::new();
    while let Some(next) = next_tenant.query_row([&tenant], |row| row.get::<_, Option<String>>(0))? {
        tenant = next;
        let due = select.query_map(params![tenant, now.unix_ms(), limit_of(limit)], |row| {
            let due_at = Timestamp::from_unix_ms(row.get(1)?);
            Ok(Candidate { tenant: tenant.clone(), webhook: None, due_at, name: row.get(0)? })
        })?;
        for it in due {
            found.push(it?);
        }
    }
    Ok(found)
}

/// Has alerts due now that wait for longer than they can; how many.
///
/// # Errors
/// Those of SQLite.
pub fn recall(connection: &Connection, now: Timestamp, latest: &Latest) -> Result<u64, Refused> {
    let mut update = connection.prepare_cached(
        "UPDATE alert SET due_at = ?1 WHERE due_at > ?2 AND due_at >
         CASE WHEN state = ?3 THEN ?4 WHEN suppressed IS NOT NULL THEN ?5 WHEN attempts = 0 THEN ?2 ELSE ?6 END",
    )?;
    let [now, fresh, leased, put_off, retried] =
        [now, latest.fresh, latest.leased, latest.put_off, latest.retried].map(Timestamp::unix_ms);
    Ok(update.execute(params![now, fresh, State::Sending.as_str(), leased, put_off, retried])? as u64)
}

/// Ends a lease, if it is the latest; whose it was.
///
/// # Errors
/// Those of SQLite, or a row that cannot be read.
pub fn settle(
    connection: &Connection,
    damage: &Damage,
    id: AlertId,
    fence: u64,
    now: Timestamp,
    settlement: Settlement,
) -> Result<LeaseState, Refused> {
    let Some((_, delivery)) = select_one(connection, damage, id)? else { return Ok(LeaseState::Lost) };
    let lease = lease_state(fence, &delivery);
    if lease == LeaseState::Holds {
        write(connection, id, &settled(delivery, now, settlement))?;
    }
    Ok(lease)
}

/// Has an alert sent again that was given up or suppressed.
///
/// # Errors
/// Those of SQLite, or a row that cannot be read.
pub fn requeue(
    connection: &Connection,
    damage: &Damage,
    id: AlertId,
    now: Timestamp,
    recipient: Option<String>,
) -> Result<Requeued, Refused> {
    let Some((_, delivery)) = select_one(connection, damage, id)? else { return Ok(Requeued::Unknown) };
    match requeued(delivery, now, recipient) {
        Ok(after) => write(connection, id, &after)?,
        Err(why) => return Ok(why),
    }
    Ok(Requeued::Queued)
}

/// Has an alert that was sent counted as failed; whether it was sent.
///
/// # Errors
/// Those of SQLite, or a row that cannot be read.
pub fn bounce(
    connection: &Connection,
    damage: &Damage,
    id: AlertId,
    now: Timestamp,
    reason: String,
) -> Result<bool, Refused> {
    let delivery = select_one(connection, damage, id)?.map(|(_, delivery)| delivery);
    let after = delivery.and_then(|it| bounced(it, now, reason));
    if let Some(after) = &after {
        write(connection, id, after)?;
    }
    Ok(after.is_some())
}

/// Everything of a delivery but the number of leases and the answer, which change in other ways.
fn write(connection: &Connection, id: AlertId, delivery: &Delivery) -> Result<(), Refused> {
    let time = |at: Option<Timestamp>| at.map(Timestamp::unix_ms);
    let mut update = connection.prepare_cached(
        "UPDATE alert SET state = ?, suppressed = ?, recipient = ?, uncounted = ?, resent_at = ?, due_at = ?,
         last_error = ?, settled_at = ? WHERE id = ?",
    )?;
    update.execute(params![
        delivery.state.as_str(),
        delivery.suppressed.map(Suppressed::as_str),
        delivery.recipient,
        delivery.uncounted,
        time(delivery.resent_at),
        time(delivery.due_at),
        delivery.last_error,
        time(delivery.settled_at),
        id.0,
    ])?;
    Ok(())
}

/// When the next alert is due.
///
/// # Errors
/// Those of SQLite.
pub fn next_due(connection: &Connection) -> Result<Option<Timestamp>, Refused> {
    let mut select = connection.prepare_cached("SELECT min(due_at) FROM alert WHERE due_at IS NOT NULL")?;
    let due_at: Option<i64> = select.query_row([], |row| row.get(0))?;
    Ok(due_at.map(Timestamp::from_unix_ms))
}

fn select_one(connection: &Connection, damage: &Damage, id: AlertId) -> Result<Option<(Vec<u8>, Delivery)>, Refused> {
    const ONE: &str = concat!("SELECT ", columns!(), " FROM alert WHERE id = ?");
    let mut select = connection.prepare_cached(ONE)?;
    let mut rows = select.query([id.0])?;
    let read = rows.next()?.map(|row| damage.note(RecordKind::Alert, || id.to_string(), read_row(row)));
    Ok(read.transpose()?)
}

fn read_row(row: &Row<'_>) -> Result<(Vec<u8>, Delivery), Malformed> {
    fn get<T: FromSql>(row: &Row<'_>, column: &'static str) -> Result<T, Malformed> {
        row.get(column).map_err(|_| Malformed::Impossible(column))
    }
    let (state, answer): (String, String) = (get(row, "state")?, get(row, "answer")?);
    let suppressed: Option<String> = get(row, "suppressed")?;
    let time = |column| Ok::<_, Malformed>(get::<Option<i64>>(row, column)?.map(Timestamp::from_unix_ms));
    let delivery = Delivery {
        state: State::parse(&state).ok_or(Malformed::Impossible("state"))?,
        suppressed: match suppressed {
            Some(it) => Some(Suppressed::parse(&it).ok_or(Malformed::Impossible("reason"))?),
            None => None,
        },
        recipient: get(row, "recipient")?,
        attempts: get(row, "attempts")?,
        uncounted: get(row, "uncounted")?,
        resent_at: time("resent_at")?,
        due_at: time("due_at")?,
        last_error: get(row, "last_error")?,
        settled_at: time("settled_at")?,
        answer: Answer::parse(&answer).ok_or(Malformed::Impossible("answer"))?,
    };
    Ok((get(row, "record")?, delivery))
}

/// Reads up to `limit` alerts, the newest first, only to see whether they can be read.
///
/// # Errors
/// Those of SQLite.
pub fn look_through(connection: &Connection, limit: usize, found: &mut LookedThrough) -> Result<(), Refused> {
    let mut select = connection.prepare(concat!("SELECT ", columns!(), " FROM alert ORDER BY id DESC LIMIT ?"))?;
    let mut rows = select.query([limit_of(limit)])?;
    while let Some(row) = rows.next()? {
        let id = AlertId(row.get("id")?);
        let read = read_row(row).and_then(|(record, _)| try_read(RecordKind::Alert, &record));
        looked_at(found, RecordKind::Alert, || id.to_string(), read);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::sqlite::{engine::migrations, events};

    #[test]
    fn a_page_of_alerts_is_found_by_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrations::migrate(&mut connection).unwrap();
        let plan = |query: &str| -> String {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let values = vec![rusqlite::types::Null; explain.parameter_count()];
            let values = rusqlite::params_from_iter(values);
            let details = explain.query_map(values, |row| row.get::<_, String>(3)).unwrap();
            details.map(Result::unwrap).collect()
        };
        for (query, index) in [
            ("SELECT min(due_at) FROM alert WHERE due_at IS NOT NULL", "alert_by_due"),
            (NEXT_TENANT, "alert_by_turn (tenant>?)"),
            (DUE, "alert_by_turn (tenant=? AND due_at<?)"),
            (HELD_WITH, "alert_by_turn (tenant=? AND due_at=? AND id>?)"),
            (events::NEXT_GROUP, "event_by_turn ((tenant,webhook)>(?,?))"),
            (events::DUE, "event_by_turn (tenant=? AND webhook=? AND due_at<?)"),
            ("SELECT id FROM alert WHERE tenant = 'a' ORDER BY id DESC LIMIT 5", "alert_by_tenant"),
            (
                "SELECT alert.id FROM alert_of_user JOIN alert USING (id) WHERE user = x'00' AND id < x'07' ORDER BY id DESC",
                "alert_by_user",
            ),
            (
                "SELECT id FROM alert WHERE due_at > 5 AND due_at > CASE WHEN state = 'a' THEN 6 ELSE 7 END",
                "alert_by_due",
            ),
            ("SELECT id FROM event WHERE due_at > 5 AND due_at > CASE WHEN attempts THEN 6 ELSE 7 END", "event_by_due"),
            ("SELECT min(due_at) FROM event", "event_by_due"),
            ("SELECT record FROM login WHERE user = x'00' AND id >= x'00' ORDER BY id DESC", "login_by_user"),
        ] {
            let plan = plan(query);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        }
    }
}
