//! Alerts whose mail waits to leave.

use rusqlite::{Connection, params};

use crate::{
    adapters::store::{
        backend::{DeliveryChange, ListedAlert, OutboxBytes, Reply},
        sqlite::{
            engine::{faults::Refused, rows::limit_of},
            store::{Sqlite, insert_event},
            users::alerts::{columns, listed},
        },
    },
    domain::{
        alert::alert::State,
        time::Timestamp,
        turns::{Candidate, Room, last_of_each},
        waiting::Latest,
    },
};

impl OutboxBytes for Sqlite {
    async fn lease(&self, now: Timestamp, lease_until: Timestamp, limit: usize) -> Reply<Vec<ListedAlert>> {
        const LEASE: &str = concat!(
            "UPDATE alert SET state = ?, attempts = attempts + 1, due_at = ? WHERE id = ? RETURNING ",
            columns!()
        );
        self.write(move |connection| {
            let (state, due_at) = (State::Sending.as_str(), lease_until.unix_ms());
            let mut lease = connection.prepare_cached(LEASE)?;
            let mut leased = Vec::new();
            for id in in_turn(connection, now, limit)? {
                for alert in lease.query_map(params![state, due_at, id], listed)? {
                    leased.push(alert?);
                }
            }
            Ok(leased)
        })
        .await
    }

    async fn replace(&self, change: DeliveryChange) -> Reply<bool> {
        const REPLACE: &str = "UPDATE alert SET state = ?4, suppressed = ?5, recipient = ?6, uncounted = ?7,
            resent_at = ?8, due_at = ?9, last_error = ?10, settled_at = ?11
            WHERE id = ?1 AND state = ?2 AND attempts = ?3";
        self.write(move |connection| {
            let DeliveryChange { id, seen, next, event } = change;
            let time = |at: Option<Timestamp>| at.map(Timestamp::unix_ms);
            let replaced = connection.prepare_cached(REPLACE)?.execute(params![
                id.0,
                seen.state,
                seen.attempts,
                next.state,
                next.suppressed,
                next.recipient,
                next.uncounted,
                time(next.resent_at),
                time(next.due_at),
                next.last_error,
                time(next.settled_at),
            ])?;
            if let (1.., Some(event)) = (replaced, &event) {
                insert_event(connection, event)?;
            }
            Ok(replaced > 0)
        })
        .await
    }

    async fn next_due(&self) -> Reply<Option<Timestamp>> {
        const NEXT: &str = "SELECT min(due_at) FROM alert WHERE due_at IS NOT NULL";
        self.readers
            .read(|connection| {
                let due_at: Option<i64> = connection.prepare_cached(NEXT)?.query_row([], |row| row.get(0))?;
                Ok(due_at.map(Timestamp::from_unix_ms))
            })
            .await
    }

    async fn recall(&self, now: Timestamp, latest: &Latest) -> Reply<u64> {
        const HASTEN: &str = "UPDATE alert SET due_at = ?1 WHERE due_at > ?2 AND due_at >
            CASE WHEN state = ?3 THEN ?4 WHEN suppressed IS NOT NULL THEN ?5 WHEN attempts = 0 THEN ?2 ELSE ?6 END";
        let [now, fresh, leased, put_off, retried] =
            [now, latest.fresh, latest.leased, latest.put_off, latest.retried].map(Timestamp::unix_ms);
        self.write(move |connection| {
            let values = params![now, fresh, State::Sending.as_str(), leased, put_off, retried];
            Ok(connection.prepare_cached(HASTEN)?.execute(values)? as u64)
        })
        .await
    }
}

/// Whose turn it is, and with the last of a tenant's that is held all that is held until the same time.
fn in_turn(connection: &Connection, now: Timestamp, limit: usize) -> Result<Vec<[u8; 16]>, Refused> {
    let picked = Room::of(limit).pick(due(connection, now, limit)?);
    let mut ids: Vec<[u8; 16]> = picked.iter().map(|it| it.name).collect();
    let mut select = connection.prepare_cached(HELD_WITH)?;
    for last in last_of_each(&picked) {
        let values = params![last.tenant, last.due_at.unix_ms(), last.name];
        for id in select.query_map(values, |row| row.get(0))? {
            ids.push(id?);
        }
    }
    Ok(ids)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::sqlite::{days, engine::migrations, users::events};

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
            (days::PAGE, "SEARCH login_of USING PRIMARY KEY (day=? AND kind=? AND key=? AND id>? AND id<?)"),
            (days::ENTRIES, "SEARCH login_of USING PRIMARY KEY (day=? AND kind=? AND key=? AND id>? AND id<?)"),
            (days::DAYS, "SEARCH login_of USING PRIMARY KEY (day>? AND day<?)"),
            (days::DAYS, "SEARCH entry EXISTS USING PRIMARY KEY (day=? AND kind=? AND key=?)"),
            (days::PAGE, "SEARCH login USING PRIMARY KEY (id=?)"),
        ] {
            let plan = plan(query);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        }
    }
}
