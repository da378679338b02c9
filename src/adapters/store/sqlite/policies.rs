//! Policies.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        record::policy,
        sqlite::{history::record_of, store::SqliteStore},
    },
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::Timestamp,
    },
    ports::{PolicyStore, RecordKind, Unavailable},
};

#[async_trait]
impl PolicyStore for SqliteStore {
    async fn policy(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Unavailable> {
        let (tenant, name) = (tenant.clone(), tenant.as_str().to_owned());
        let row: Option<(i64, Vec<u8>)> = self
            .readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT times, record FROM policy WHERE tenant = ?")?;
                Ok(select.query_row([tenant.as_str()], |row| Ok((row.get(0)?, record_of(row, 1)?))).optional()?)
            })
            .await?;
        match row {
            Some((times, record)) => {
                Ok((times.cast_unsigned(), self.damage.note(RecordKind::Policy, || name, policy::decode(&record))?))
            }
            None => Ok((0, PolicyChange::default())),
        }
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, change: &PolicyChange) -> Result<bool, Unavailable> {
        let (tenant, record) = (tenant.clone(), policy::encode(change));
        self.write(move |connection| {
            let mut insert = connection.prepare_cached(
                "INSERT INTO policy SELECT ?1, ?2 + 1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM policy WHERE tenant = ?1)
                 ON CONFLICT DO UPDATE SET times = times + 1, record = ?3 WHERE times = ?2",
            )?;
            Ok(insert.execute(params![tenant.as_str(), times.cast_signed(), record])? > 0)
        })
        .await
    }

    async fn keep_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
        whole: &PolicyChange,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let (tenant, record) = (tenant.clone(), policy::encode(whole));
        self.write(move |connection| {
            let mut insert = connection.prepare_cached(
                "INSERT INTO kept_policy VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET used_at = max(used_at, ?4)",
            )?;
            insert.execute(params![tenant.as_str(), version.0, record, now.unix_ms()])?;
            Ok(())
        })
        .await
    }

    async fn kept_policy(
        &self,
        tenant: &TenantId,
        version: PolicyVersion,
    ) -> Result<Option<PolicyChange>, Unavailable> {
        let (tenant, name) = (tenant.clone(), format!("{} {version}", tenant.as_str()));
        let record: Option<Vec<u8>> = self
            .readers
            .read(move |connection| {
                let mut select =
                    connection.prepare_cached("SELECT record FROM kept_policy WHERE tenant = ? AND version = ?")?;
                Ok(select.query_row(params![tenant.as_str(), version.0], |row| record_of(row, 0)).optional()?)
            })
            .await?;
        Ok(record.map(|it| self.damage.note(RecordKind::Policy, || name, policy::decode(&it))).transpose()?)
    }
}
