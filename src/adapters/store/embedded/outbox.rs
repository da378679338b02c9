//! Alerts and their deliveries.

use rusqlite::{Connection, Row, params};

use crate::{
    adapters::store::{
        embedded::writer::Refused,
        prepared::{Claim, claim_of, claimed, settled, shown_alert},
        record::bytes::Malformed,
    },
    domain::{
        alert::{Alert, Answer, Delivery, State, Suppressed},
        ids::{AlertId, TenantId, UserKey},
        time::Timestamp,
    },
    ports::{Claimed, Settlement, Unavailable},
};

/// The columns of an alert that [`read_row`] reads.
macro_rules! columns {
    () => {
        "record, state, suppressed, recipient, attempts, due_at, last_error, settled_at, answer"
    };
}

/// An alert by name.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn alert(connection: &Connection, id: AlertId, now: Timestamp) -> Result<Option<(Alert, Delivery)>, Refused> {
    let found = select_one(connection, id)?;
    Ok(found.map(|(record, delivery)| shown_alert(&record, delivery, now)).transpose()?)
}

/// A tenant's alerts below `before`, newest first.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn alerts(
    connection: &Connection,
    tenant: &TenantId,
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Refused> {
    const PAGE: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM alert WHERE tenant = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3"
    );
    page(connection, PAGE, params![tenant.as_str(), before.map(|it| it.0), limit_of(limit)], now)
}

/// A user's alerts below `before`, newest first.
///
/// # Errors
/// Those of SQLite, or a record that cannot be read.
pub fn alerts_of(
    connection: &Connection,
    user: &UserKey,
    before: Option<AlertId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Refused> {
    const PAGE: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM alert_of_user JOIN alert USING (id) WHERE user = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3"
    );
    page(connection, PAGE, params![user.hash, before.map(|it| it.0), limit_of(limit)], now)
}

fn page(
    connection: &Connection,
    query: &str,
    values: impl rusqlite::Params,
    now: Timestamp,
) -> Result<Vec<(Alert, Delivery)>, Refused> {
    let mut select = connection.prepare_cached(query)?;
    let mut found = Vec::new();
    for row in select.query_and_then(values, read_row)? {
        let (record, delivery) = row?;
        found.push(shown_alert(&record, delivery, now)?);
    }
    Ok(found)
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
) -> Result<Vec<Claimed>, Refused> {
    let mut select = connection.prepare_cached("SELECT id FROM alert WHERE due_at <= ? ORDER BY due_at, id LIMIT ?")?;
    let due = select.query_map(params![now.unix_ms(), limit_of(limit)], |row| row.get(0))?;
    let due: Vec<[u8; 16]> = due.collect::<Result<_, _>>()?;
    let mut lease = connection.prepare_cached(
        "UPDATE alert SET state = ?, attempts = attempts + 1, due_at = ? WHERE id = ? RETURNING record, recipient, attempts",
    )?;
    let mut leased = Vec::new();
    for id in due {
        let values = params![State::Sending.as_str(), lease_until.unix_ms(), id];
        let (record, recipient, attempts): (Vec<u8>, _, _) =
            lease.query_row(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        leased.extend(claimed(&record, recipient, attempts));
    }
    Ok(leased)
}

/// Ends a lease, if it is the latest; whose it was.
///
/// # Errors
/// Those of SQLite, or a row that cannot be read.
pub fn settle(
    connection: &Connection,
    id: AlertId,
    fence: u64,
    now: Timestamp,
    settlement: Settlement,
) -> Result<Claim, Refused> {
    let Some((_, delivery)) = select_one(connection, id)? else { return Ok(Claim::Lost) };
    let claim = claim_of(fence, &delivery);
    if claim == Claim::Holds {
        let after = settled(delivery, now, settlement);
        let mut update = connection.prepare_cached(
            "UPDATE alert SET state = ?, recipient = ?, due_at = ?, last_error = ?, settled_at = ? WHERE id = ?",
        )?;
        update.execute(params![
            after.state.as_str(),
            after.recipient,
            after.due_at.map(Timestamp::unix_ms),
            after.last_error,
            after.settled_at.map(Timestamp::unix_ms),
            id.0,
        ])?;
    }
    Ok(claim)
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

/// SQLite counts in `i64`.
pub(crate) fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn select_one(connection: &Connection, id: AlertId) -> Result<Option<(Vec<u8>, Delivery)>, Refused> {
    const ONE: &str = concat!("SELECT ", columns!(), " FROM alert WHERE id = ?");
    let mut select = connection.prepare_cached(ONE)?;
    let mut rows = select.query([id.0])?;
    rows.next()?.map(read_row).transpose()
}

fn read_row(row: &Row<'_>) -> Result<(Vec<u8>, Delivery), Refused> {
    let impossible = |part| Refused::from(Unavailable::from(Malformed::Impossible(part)));
    let (state, answer): (String, String) = (row.get("state")?, row.get("answer")?);
    let suppressed: Option<String> = row.get("suppressed")?;
    let time = |name| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(name)?.map(Timestamp::from_unix_ms));
    let delivery = Delivery {
        state: State::parse(&state).ok_or_else(|| impossible("state"))?,
        suppressed: match suppressed {
            Some(it) => Some(Suppressed::parse(&it).ok_or_else(|| impossible("reason"))?),
            None => None,
        },
        recipient: row.get("recipient")?,
        attempts: row.get("attempts")?,
        due_at: time("due_at")?,
        last_error: row.get("last_error")?,
        settled_at: time("settled_at")?,
        answer: Answer::parse(&answer).ok_or_else(|| impossible("answer"))?,
    };
    Ok((row.get("record")?, delivery))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::embedded::schema;

    #[test]
    fn a_page_of_alerts_is_found_by_an_index() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(schema::TABLES).unwrap();
        connection.execute_batch(schema::LATER_TABLES).unwrap();
        let plan = |query: &str| -> String {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let details = explain.query_map([], |row| row.get::<_, String>(3)).unwrap();
            details.map(Result::unwrap).collect()
        };
        for (query, index) in [
            ("SELECT min(due_at) FROM alert WHERE due_at IS NOT NULL", "alert_by_due"),
            ("SELECT id FROM alert WHERE due_at <= 5 ORDER BY due_at, id LIMIT 5", "alert_by_due"),
            ("SELECT id FROM alert WHERE tenant = 'a' ORDER BY id DESC LIMIT 5", "alert_by_tenant"),
            (
                "SELECT alert.id FROM alert_of_user JOIN alert USING (id) WHERE user = x'00' AND id < x'07' ORDER BY id DESC",
                "alert_by_user",
            ),
            ("SELECT min(due_at) FROM event", "event_by_due"),
            ("SELECT id FROM event WHERE due_at <= 5 ORDER BY due_at, id, webhook LIMIT 5", "event_by_due"),
            ("SELECT record FROM login WHERE user = x'00' AND id >= x'00' ORDER BY id DESC", "login_by_user"),
        ] {
            let plan = plan(query);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        }
    }
}
