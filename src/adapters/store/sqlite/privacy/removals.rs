//! Removing tenants. What is a tenant's and no person's is found by a column.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{Entry, FoundBy, Holder, HolderPage, RemovalBytes, RemovalLedgerBytes, Reply},
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_of},
            },
            forgetting::{forget_logins, ids},
            store::Sqlite,
        },
    },
    domain::{
        ids::{NoteId, Partition, ReceiptId, TenantId, UserKey},
        privacy::{
            erasure::Erased,
            removal::{RemovalBegun, Removed, TenantStock},
        },
        time::Timestamp,
    },
};

/// Rows of each kind that one step deletes at most.
const STEP: usize = 1_000;

/// What is deleted of a tenant besides logins: at most as many rows each as the second parameter says. Alerts are those of
/// nobody who could be found, as logins are.
const REST: [&str; 16] = [
    "DELETE FROM segment WHERE rowid IN (SELECT rowid FROM segment WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM segment_missing WHERE tenant = ?1 AND number IN
         (SELECT number FROM segment_missing WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM tally WHERE tenant = ?1 AND quarter IN (SELECT quarter FROM tally WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM alert_of_user WHERE id IN (SELECT id FROM alert WHERE tenant = ?1 ORDER BY id LIMIT ?2)",
    "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE tenant = ?1 ORDER BY id LIMIT ?2)",
    "DELETE FROM request WHERE id IN (SELECT id FROM request WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM event WHERE (id, webhook) IN (SELECT id, webhook FROM event WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM webhook_attempt WHERE webhook IN (SELECT id FROM webhook WHERE tenant = ?1 ORDER BY id LIMIT ?2)",
    "DELETE FROM webhook WHERE tenant = ?1 AND id IN (SELECT id FROM webhook WHERE tenant = ?1 ORDER BY id LIMIT ?2)",
    "DELETE FROM suppression WHERE tenant = ?1 AND mailbox IN
         (SELECT mailbox FROM suppression WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM restricted WHERE tenant = ?1 AND user IN (SELECT user FROM restricted WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM kept_policy WHERE tenant = ?1 AND version IN
         (SELECT version FROM kept_policy WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM login_commit WHERE number IN (SELECT number FROM login_commit WHERE tenant = ?1 LIMIT ?2)",
    "DELETE FROM saved_search WHERE tenant = ?1 AND ?2 > 0",
    "DELETE FROM policy WHERE tenant = ?1 AND ?2 > 0",
    "DELETE FROM salts.week WHERE tenant = ?1 AND week IN (SELECT week FROM salts.week WHERE tenant = ?1 LIMIT ?2)",
];

/// Tables that have a column for the tenant, along which there is an index, API keys and audit aside.
const TABLES: [&str; 10] = [
    "login_by_time",
    "alert",
    "request",
    "webhook",
    "suppression",
    "restricted",
    "policy",
    "saved_search",
    "kept_policy",
    "salts.week",
];

impl RemovalBytes for Sqlite {
    async fn tenants(&self) -> Reply<Vec<TenantId>> {
        let read = |connection: &Connection| {
            let mut found = Vec::new();
            for table in TABLES {
                // From one tenant to the next, over the rows between.
                let mut next =
                    connection.prepare_cached(&format!("SELECT min(tenant) FROM {table} WHERE tenant > ?"))?;
                let mut last = String::new();
                while let Some(name) = next.query_row([&last], |row| row.get::<_, Option<String>>(0))? {
                    found.extend(TenantId::parse(&name));
                    last = name;
                }
            }
            Ok(found)
        };
        self.readers.read(read).await
    }

    async fn stock_of(&self, tenant: &TenantId) -> Reply<TenantStock> {
        let tenant = tenant.clone();
        let read = move |connection: &Connection| {
            let count = |table: &str| {
                let mut count = connection.prepare_cached(&format!("SELECT count(*) FROM {table} WHERE tenant = ?"))?;
                count.query_row([tenant.as_str()], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
            };
            Ok(TenantStock { logins: count("login_by_time")?, alerts: count("alert")? })
        };
        self.readers.read(read).await
    }

    async fn begin_removal(&self, begun: &RemovalBegun) -> Reply<RemovalBegun> {
        const BEGIN: &str = "INSERT OR IGNORE INTO removing VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0)";
        let begun = begun.clone();
        self.write(move |connection| {
            let RemovalBegun { tenant, at, api_keys, webhooks } = &begun;
            let values = params![tenant.as_str(), at.unix_ms(), api_keys.cast_signed(), webhooks.cast_signed()];
            connection.prepare_cached(BEGIN)?.execute(values)?;
            let mut select = connection.prepare_cached(&format!("{BEGUN} WHERE tenant = ?"))?;
            let noted = select.query_row([tenant.as_str()], begun_in).optional()?.flatten();
            Ok(noted.unwrap_or_else(|| begun.clone()))
        })
        .await
    }

    async fn removals_begun(&self) -> Reply<Vec<RemovalBegun>> {
        let read = |connection: &Connection| {
            let mut select = connection.prepare_cached(BEGUN)?;
            let begun = select.query_map([], begun_in)?;
            Ok(begun.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        };
        self.readers.read(read).await
    }

    async fn holders(&self, from: Option<Vec<u8>>, limit: usize) -> Reply<HolderPage> {
        self.readers.read(move |connection| holders(connection, from.as_deref(), limit)).await
    }

    async fn remove_rest(&self, tenant: &TenantId) -> Reply<bool> {
        let tenant = tenant.clone();
        self.write_counted(move |connection, tallies| {
            let listed = "SELECT id FROM login_by_time WHERE tenant = ?1 LIMIT ?2";
            let logins = ids(connection, listed, params![tenant.as_str(), limit_of(STEP)])?;
            // What they were counted by changes behind this, and names the tenant.
            let mut more = forget_logins(connection, tallies, &logins)? > 0;
            for statement in REST {
                let mut delete = connection.prepare_cached(statement)?;
                more |= delete.execute(params![tenant.as_str(), limit_of(STEP)])? >= STEP;
            }
            Ok(more)
        })
        .await
    }

    async fn removed_by(&self, begun: &RemovalBegun) -> Reply<Removed> {
        const COUNTS: &str =
            "SELECT people, logins, alerts, sessions, devices FROM removing WHERE tenant = ? AND begun_at = ?";
        let begun = begun.clone();
        let read = move |connection: &Connection| {
            let counts = |row: &Row<'_>| {
                let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
                let erased = Erased { logins: count(1)?, alerts: count(2)?, sessions: count(3)?, devices: count(4)? };
                Ok((count(0)?, erased))
            };
            let mut select = connection.prepare_cached(COUNTS)?;
            let found = select.query_row(params![begun.tenant.as_str(), begun.at.unix_ms()], counts).optional()?;
            let (people, erased) = found.unwrap_or_default();
            Ok(Removed { people, erased, api_keys: begun.api_keys, webhooks: begun.webhooks })
        };
        self.readers.read(read).await
    }

    async fn end_removal(&self, begun: &RemovalBegun, receipt: ReceiptId, record: Vec<u8>) -> Reply<bool> {
        // What was overwritten in the files still stands in their logs.
        self.writer.empty_logs().await;
        let (tenant, at) = (begun.tenant.clone(), begun.at.unix_ms());
        self.write(move |connection| {
            let mut end = connection.prepare_cached("DELETE FROM removing WHERE tenant = ? AND begun_at = ?")?;
            let is_ended = end.execute(params![tenant.as_str(), at])? > 0;
            if is_ended {
                enter(connection, receipt, &record)?;
            }
            Ok(is_ended)
        })
        .await
    }
}

impl RemovalLedgerBytes for Sqlite {
    async fn removals(&self) -> Reply<Vec<Entry<ReceiptId>>> {
        let read = |connection: &Connection| {
            let mut select = connection.prepare_cached("SELECT receipt, record FROM removal")?;
            let entry = |row: &Row<'_>| Ok(Entry { id: ReceiptId(row.get(0)?), record: record_of(row, 1)? });
            Ok(select.query_map([], entry)?.collect::<Result<_, _>>()?)
        };
        self.readers.read(read).await
    }

    async fn enter_removal(&self, receipt: ReceiptId, record: Vec<u8>) -> Reply<()> {
        self.write(move |connection| Ok(enter(connection, receipt, &record)?)).await
    }
}

/// The columns that [`begun_in`] reads.
const BEGUN: &str = "SELECT tenant, begun_at, api_keys, webhooks FROM removing";

/// `None` for one whose tenant has no name that a tenant could have.
fn begun_in(row: &Row<'_>) -> rusqlite::Result<Option<RemovalBegun>> {
    let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let Some(tenant) = TenantId::parse(&row.get::<_, String>(0)?) else { return Ok(None) };
    let at = Timestamp::from_unix_ms(row.get(1)?);
    Ok(Some(RemovalBegun { tenant, at, api_keys: count(2)?, webhooks: count(3)? }))
}

fn enter(connection: &Connection, receipt: ReceiptId, record: &[u8]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO removal VALUES (?, ?)")?;
    insert.execute(params![receipt.0, record]).map(drop)
}

/// Bytes of a key, and of a part of one.
const ID: usize = 16;
/// The numbers of two of the tables in [`HOLDERS`].
const PROFILES: u8 = 0;
const NOTES: u8 = 2;

/// How the tables are read that have no column for the tenant, one after the other: the key or its last part, the user, and
/// the record, behind a key of two parts. A position is the number of a table and a key.
const HOLDERS: [&str; 3] = [
    "SELECT user, user, record FROM profile WHERE user > ?1 ORDER BY user LIMIT ?3",
    "SELECT key, user, record FROM session WHERE key > ?1 AND user IS NOT NULL ORDER BY key LIMIT ?3",
    "SELECT id, user, record FROM note WHERE (user, id) > (?1, ?2) ORDER BY user, id LIMIT ?3",
];

fn holders(connection: &Connection, from: Option<&[u8]>, limit: usize) -> Result<HolderPage, Refused> {
    let (table, after) = from.and_then(<[u8]>::split_first).unwrap_or((&0, &[]));
    let mut page = HolderPage { rows: Vec::new(), next: None };
    let Some(query) = HOLDERS.get(usize::from(*table)) else { return Ok(page) };
    let mut select = connection.prepare_cached(query)?;
    let (first, second) = after.split_at(after.len().min(ID));
    let mut rows = select.query(params![first, second, limit_of(limit)])?;
    let (mut count, mut last) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        count += 1;
        // A note has a key of two parts.
        last = if *table == NOTES { [record_of(row, 1)?, record_of(row, 0)?].concat() } else { record_of(row, 0)? };
        page.rows.extend(holder(*table, &last, row)?);
    }
    page.next = if count == limit {
        Some([&[*table], &last[..]].concat())
    } else {
        (usize::from(*table) + 1 < HOLDERS.len()).then(|| vec![table + 1])
    };
    Ok(page)
}

/// `None` for one whose key is none.
fn holder(table: u8, key: &[u8], row: &Row<'_>) -> Result<Option<Holder>, Refused> {
    let id = key.last_chunk::<ID>().copied();
    let found = match table {
        PROFILES => Some((FoundBy::Profile, Partition(0))),
        NOTES => id.map(NoteId).map(|id| (FoundBy::Note(id), id.partition())),
        _ => id.map(|key| (FoundBy::Session(key), Partition(0))),
    };
    let Some((by, partition)) = found else { return Ok(None) };
    Ok(Some(Holder { user: UserKey { hash: row.get(1)?, partition }, by, record: record_of(row, 2)? }))
}
