//! People's requests.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{ListedRequest, Reply, RequestBytes, RequestChange, RequestName, Versioned},
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_of, versioned},
            },
            store::{Sqlite, insert_event},
        },
    },
    domain::{ids::RequestId, time::Timestamp},
    ports::{RequestDue, RequestIndex},
};

/// Above every id.
const END: [u8; 17] = [0xFF; 17];

impl RequestBytes for Sqlite {
    async fn request(&self, id: RequestId) -> Reply<Option<Versioned>> {
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT version, record FROM request WHERE id = ?")?;
                Ok(select.query_row([id.0], versioned).optional()?)
            })
            .await
    }

    async fn put_request(&self, change: RequestChange) -> Reply<bool> {
        self.write(move |connection| {
            let is_put = put(connection, &change)?;
            if let (true, Some(event)) = (is_put, &change.event) {
                insert_event(connection, event)?;
            }
            Ok(is_put)
        })
        .await
    }

    async fn requests(
        &self,
        index: RequestIndex<'_>,
        before: Option<RequestId>,
        limit: usize,
    ) -> Reply<Vec<ListedRequest>> {
        let below = before.map_or_else(|| END.to_vec(), |it| it.0.to_vec());
        let limit = limit_of(limit);
        match index {
            RequestIndex::Tenant(tenant) => {
                let tenant = tenant.clone();
                let find = move |connection: &Connection| {
                    let values = params![tenant.as_str(), below, limit];
                    Ok(connection.prepare_cached(OF_TENANT)?.query_map(values, listed)?.collect::<Result<_, _>>()?)
                };
                self.readers.read(find).await
            }
            RequestIndex::User(user) => {
                let user = user.hash;
                let find = move |connection: &Connection| {
                    let values = params![user, below, limit];
                    Ok(connection.prepare_cached(OF_USER)?.query_map(values, listed)?.collect::<Result<_, _>>()?)
                };
                self.readers.read(find).await
            }
        }
    }

    async fn requests_due(&self, due: RequestDue, by: Timestamp, limit: usize) -> Reply<Vec<ListedRequest>> {
        let query = match due {
            RequestDue::Step => STEPS,
            RequestDue::Answer => ANSWERS,
        };
        self.readers
            .read(move |connection| {
                let values = params![by.unix_ms(), limit_of(limit)];
                Ok(connection.prepare_cached(query)?.query_map(values, listed)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn remove_request(&self, version: u64, name: RequestName) -> Reply<bool> {
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM request WHERE id = ? AND version = ?")?;
            Ok(delete.execute(params![name.id.0, version.cast_signed()])? > 0)
        })
        .await
    }
}

const OF_TENANT: &str = "SELECT version, record, id FROM request WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?";
const OF_USER: &str = "SELECT version, record, id FROM request WHERE user = ? AND id < ? ORDER BY id DESC LIMIT ?";
const STEPS: &str = "SELECT version, record, id FROM request WHERE step_at <= ? ORDER BY step_at, id LIMIT ?";
const ANSWERS: &str = "SELECT version, record, id FROM request WHERE answer_by IS NOT NULL AND answer_by <= ?
     ORDER BY answer_by, id LIMIT ?";

/// Adds or replaces a request, unless it is of another version or another one is open beside it. Returns whether it did.
fn put(connection: &Connection, change: &RequestChange) -> Result<bool, Refused> {
    const BESIDE: &str = "SELECT 1 FROM request WHERE user = ? AND kind = ? AND open AND id <> ?";
    const ADD: &str = "INSERT OR IGNORE INTO request VALUES (?1, ?2, ?3, ?4, 1, ?6, ?7, ?8, ?9)";
    const REPLACE: &str =
        "UPDATE request SET version = version + 1, open = ?6, step_at = ?7, answer_by = ?8, record = ?9
        WHERE id = ?1 AND tenant = ?2 AND user = ?3 AND kind = ?4 AND version = ?5";
    let RequestChange { name, next, is_open, step_at, answer_by, .. } = change;
    let is_beside = || connection.prepare_cached(BESIDE)?.exists(params![name.user.hash, name.kind, name.id.0]);
    if *is_open && is_beside()? {
        return Ok(false);
    }
    let (version, answer_by) = (next.version.cast_signed(), answer_by.map(Timestamp::unix_ms));
    let statement = if version == 0 { ADD } else { REPLACE };
    let values = params![
        name.id.0,
        name.tenant.as_str(),
        name.user.hash,
        name.kind,
        version,
        is_open,
        step_at.unix_ms(),
        answer_by,
        next.record,
    ];
    Ok(connection.prepare_cached(statement)?.execute(values)? > 0)
}

fn listed(row: &Row<'_>) -> rusqlite::Result<ListedRequest> {
    let record = Versioned { version: row.get::<_, i64>(0)?.cast_unsigned(), record: record_of(row, 1)? };
    Ok(ListedRequest { id: RequestId(row.get(2)?), record: Some(record) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::store::sqlite::engine::migrations;

    #[test]
    fn requests_are_found_by_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrations::migrate(&mut connection).unwrap();
        for (query, index) in [
            (OF_TENANT, "request_by_tenant (tenant=? AND id<?)"),
            (OF_USER, "request_by_user (user=? AND id<?)"),
            (STEPS, "request_by_step (step_at<?)"),
            (ANSWERS, "request_by_answer (answer_by>? AND answer_by<?)"),
        ] {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let values = vec![rusqlite::types::Null; explain.parameter_count()];
            let details = explain.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let plan: String = details.map(Result::unwrap).collect();
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
        }
    }
}
