//! The audit. The end of each chain has a row of its own, by which it is seen that the newest entries were deleted.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{
    adapters::store::{
        backend::{AuditBytes, AuditEndsRow, AuditRow, Entry, Reply},
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_of},
            },
            store::Sqlite,
        },
    },
    domain::{ids::TenantId, privacy::chain::AuditHead},
    ports::{Appended, AuditPage},
};

impl AuditBytes for Sqlite {
    async fn append_audit(&self, tenant: &TenantId, head: AuditHead, rows: Vec<AuditRow>) -> Reply<Appended> {
        let tenant = tenant.clone();
        self.write(move |connection| append(connection, &tenant, head, &rows)).await
    }

    async fn audit_page(&self, page: AuditPage<'_>) -> Reply<Vec<Entry<u64>>> {
        const OF_USER: &str = "SELECT number, record FROM audit
            WHERE tenant = ?1 AND number < ?2 AND user = ?4 ORDER BY number DESC LIMIT ?3";
        const OF_ALL: &str = "SELECT number, record FROM audit
            WHERE tenant = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3";
        let (tenant, user) = (page.tenant.clone(), page.user.map(|it| it.hash));
        let (before, limit) = (bounded(page.before.unwrap_or(u64::MAX)), limit_of(page.limit));
        self.readers
            .read(move |connection| match user {
                Some(user) => entries(connection, OF_USER, params![tenant.as_str(), before, limit, user]),
                None => entries(connection, OF_ALL, params![tenant.as_str(), before, limit]),
            })
            .await
    }

    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Reply<Vec<Entry<u64>>> {
        const AFTER: &str = "SELECT number, record FROM audit
            WHERE tenant = ? AND number > ? ORDER BY number LIMIT ?";
        let tenant = tenant.clone();
        let read = move |connection: &Connection| {
            entries(connection, AFTER, params![tenant.as_str(), bounded(after), limit_of(limit)])
        };
        self.readers.read(read).await
    }

    async fn audit_ends(&self, tenant: &TenantId) -> Reply<AuditEndsRow> {
        let tenant = tenant.clone();
        self.readers.read(move |connection| ends(connection, &tenant)).await
    }

    async fn audited_tenants(&self) -> Reply<Vec<TenantId>> {
        let read = |connection: &Connection| {
            let mut select = connection.prepare_cached("SELECT tenant FROM audit_chain")?;
            let names = select.query_map([], |row| row.get::<_, String>(0))?;
            Ok(names.collect::<Result<Vec<_>, _>>()?.iter().filter_map(|it| TenantId::parse(it)).collect())
        };
        self.readers.read(read).await
    }

    async fn forget_audit(&self, tenant: &TenantId, number: u64, base: Vec<u8>) -> Reply<()> {
        const BEGIN: &str = "UPDATE audit_chain SET base_number = ?2, base = ?3 WHERE tenant = ?1 AND base_number < ?2";
        let tenant = tenant.clone();
        self.write(move |connection| {
            if connection.prepare_cached(BEGIN)?.execute(params![tenant.as_str(), bounded(number), base])? > 0 {
                let mut delete = connection.prepare_cached("DELETE FROM audit WHERE tenant = ? AND number <= ?")?;
                delete.execute(params![tenant.as_str(), bounded(number)])?;
            }
            Ok(())
        })
        .await
    }
}

/// SQLite has no unsigned numbers, and no chain gets so long.
fn bounded(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn append(connection: &Connection, tenant: &TenantId, head: AuditHead, rows: &[AuditRow]) -> Result<Appended, Refused> {
    const END: &str = "INSERT INTO audit_chain (tenant, number, hash) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET number = ?2, hash = ?3";
    let newest = ends(connection, tenant)?.head;
    if newest != head {
        return Ok(Appended::Behind(newest));
    }
    let mut insert = connection.prepare_cached("INSERT INTO audit VALUES (?, ?, ?, ?)")?;
    for row in rows {
        insert.execute(params![tenant.as_str(), bounded(row.number), row.user, row.record])?;
    }
    let newest = rows.last().map_or(head, AuditRow::head);
    connection.prepare_cached(END)?.execute(params![tenant.as_str(), bounded(newest.number), newest.hash])?;
    Ok(Appended::Stored(newest))
}

fn ends(connection: &Connection, tenant: &TenantId) -> Result<AuditEndsRow, Refused> {
    let read = |row: &Row<'_>| {
        let number = row.get::<_, i64>(0)?.cast_unsigned();
        // What is no hash is nobody's newest entry.
        let hash = row.get_ref(1)?.as_blob().ok().and_then(|it| it.try_into().ok()).unwrap_or_default();
        let base = row.get_ref(2)?.as_blob().ok().map(<[u8]>::to_vec);
        Ok(AuditEndsRow { head: AuditHead { number, hash }, base })
    };
    let mut select = connection.prepare_cached("SELECT number, hash, base FROM audit_chain WHERE tenant = ?")?;
    Ok(select.query_row([tenant.as_str()], read).optional()?.unwrap_or_default())
}

fn entries(connection: &Connection, query: &str, values: impl rusqlite::Params) -> Result<Vec<Entry<u64>>, Refused> {
    let mut select = connection.prepare_cached(query)?;
    let entry = |row: &Row<'_>| Ok(Entry { id: row.get::<_, i64>(0)?.cast_unsigned(), record: record_of(row, 1)? });
    Ok(select.query_map(values, entry)?.collect::<Result<_, _>>()?)
}
