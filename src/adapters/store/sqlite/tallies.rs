//! Tallies. They change with the logins, in the transaction that stores or deletes these.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Reply, TallyBytes},
        sqlite::{
            engine::{
                faults::Refused,
                rows::{limit_of, record_in, record_of},
            },
            store::Sqlite,
        },
        tallying::TallyChanges,
    },
    domain::{
        ids::{LoginId, TenantId},
        search::tallies::Quarter,
    },
};

impl TallyBytes for Sqlite {
    async fn is_counted(&self) -> Reply<bool> {
        let read = |connection: &Connection| {
            Ok(connection.prepare_cached("SELECT 1 FROM upkeep WHERE name = 'counted'")?.exists([])?)
        };
        self.readers.read(read).await
    }

    async fn put_counted(&self) -> Reply<()> {
        const PUT: &str = "INSERT OR REPLACE INTO upkeep VALUES ('counted', x'01')";
        self.write(|connection| Ok(connection.prepare_cached(PUT)?.execute([])?)).await.map(|_| ())
    }

    async fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        limit: usize,
    ) -> Reply<Vec<(Quarter, Vec<u8>)>> {
        const PAGE: &str = "SELECT quarter, counts FROM tally WHERE tenant = ? AND quarter BETWEEN ? AND ?
            ORDER BY quarter DESC LIMIT ?";
        let (tenant, (first, last)) = (tenant.clone(), quarters.into_inner());
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(PAGE)?;
                let rows = select.query_map(params![tenant.as_str(), first.0, last.0, limit_of(limit)], |row| {
                    Ok((Quarter(row.get(0)?), record_of(row, 1)?))
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn next_quarter(&self, tenant: Option<&TenantId>, from: Quarter) -> Reply<Option<(TenantId, Quarter)>> {
        let tenant = tenant.cloned();
        self.readers.read(move |connection| next_quarter(connection, tenant.as_ref(), from)).await
    }

    async fn put_facets(&self, tenant: &TenantId, facets: Vec<(LoginId, Vec<u8>)>) -> Reply<()> {
        const PUT: &str = "UPDATE login_by_time SET facets = ? WHERE tenant = ? AND id = ? AND facets IS NULL";
        let tenant = tenant.clone();
        self.write(move |connection| {
            let mut put = connection.prepare_cached(PUT)?;
            for (id, bytes) in &facets {
                put.execute(params![bytes, tenant.as_str(), id.0])?;
            }
            Ok(())
        })
        .await
    }

    async fn recount(&self, tenant: &TenantId, quarters: RangeInclusive<Quarter>) -> Reply<u64> {
        let tenant = tenant.clone();
        self.write_counted(move |connection, tallies| recount(connection, tallies, &tenant, quarters)).await
    }
}

fn next_quarter(
    connection: &Connection,
    tenant: Option<&TenantId>,
    from: Quarter,
) -> Result<Option<(TenantId, Quarter)>, Refused> {
    const FIRST: &str = "SELECT id FROM login_by_time WHERE tenant = ? AND id >= ? ORDER BY id LIMIT 1";
    let (mut name, mut from) = (tenant.map(|it| it.as_str().to_owned()).unwrap_or_default(), from.first_id());
    loop {
        let id = connection.prepare_cached(FIRST)?.query_row(params![name, from.0], |row| row.get(0)).optional()?;
        if let (Some(id), Some(tenant)) = (id, TenantId::parse(&name)) {
            return Ok(Some((tenant, Quarter::of(LoginId(id).time()))));
        }
        let mut next = connection.prepare_cached("SELECT min(tenant) FROM login_by_time WHERE tenant > ?")?;
        match next.query_row([&name], |row| row.get::<_, Option<String>>(0))? {
            Some(next) => (name, from) = (next, LoginId([0; 16])),
            None => return Ok(None),
        }
    }
}

fn recount(
    connection: &Connection,
    tallies: &mut TallyChanges,
    tenant: &TenantId,
    quarters: RangeInclusive<Quarter>,
) -> Result<u64, Refused> {
    const COUNTED: &str = "SELECT quarter FROM tally WHERE tenant = ? AND quarter BETWEEN ? AND ?";
    const LOGINS: &str = "SELECT id, facets FROM login_by_time WHERE tenant = ? AND id >= ? AND id < ?";
    let (first, last) = quarters.into_inner();
    let mut counted = connection.prepare_cached(COUNTED)?;
    for quarter in counted.query_map(params![tenant.as_str(), first.0, last.0], |row| row.get(0).map(Quarter))? {
        tallies.begin_anew(tenant, quarter?);
    }
    let mut select = connection.prepare_cached(LOGINS)?;
    let mut rows = select.query(params![tenant.as_str(), first.first_id().0, last.next().first_id().0])?;
    let (mut logins, mut latest) = (0, None);
    while let Some(row) = rows.next()? {
        let id = LoginId(row.get(0)?);
        let quarter = Quarter::of(id.time());
        // A quarter hour may have no tally, but what others of this transaction have counted.
        if latest != Some(quarter) {
            tallies.begin_anew(tenant, quarter);
            latest = Some(quarter);
        }
        tallies.come(tenant, id, record_in(row, 1)?);
        logins += 1;
    }
    Ok(logins)
}
