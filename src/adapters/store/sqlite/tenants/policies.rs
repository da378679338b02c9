//! Policies.

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{PolicyBytes, Reply, Versioned},
        sqlite::{
            engine::rows::{record_of, versioned},
            store::Sqlite,
        },
    },
    domain::{ids::TenantId, policy::policy::PolicyVersion, time::Timestamp},
};

impl PolicyBytes for Sqlite {
    async fn policy(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT times, record FROM policy WHERE tenant = ?")?;
                Ok(select.query_row([tenant.as_str()], versioned).optional()?)
            })
            .await
    }

    async fn put_policy(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        const PUT: &str = "INSERT INTO policy
            SELECT ?1, ?2 + 1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM policy WHERE tenant = ?1)
            ON CONFLICT DO UPDATE SET times = times + 1, record = ?3 WHERE times = ?2";
        let tenant = tenant.clone();
        self.write(move |connection| {
            Ok(connection.prepare_cached(PUT)?.execute(params![tenant.as_str(), times.cast_signed(), record])? > 0)
        })
        .await
    }

    async fn keep_policy(&self, tenant: &TenantId, version: PolicyVersion, whole: Vec<u8>, at: Timestamp) -> Reply<()> {
        const KEEP: &str = "INSERT INTO kept_policy VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET used_at = max(used_at, ?4)";
        let tenant = tenant.clone();
        self.write(move |connection| {
            let values = params![tenant.as_str(), version.0, whole, at.unix_ms()];
            connection.prepare_cached(KEEP)?.execute(values)?;
            Ok(())
        })
        .await
    }

    async fn kept_policy(&self, tenant: &TenantId, version: PolicyVersion) -> Reply<Option<Vec<u8>>> {
        const FIND: &str = "SELECT record FROM kept_policy WHERE tenant = ? AND version = ?";
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let values = params![tenant.as_str(), version.0];
                Ok(connection.prepare_cached(FIND)?.query_row(values, |row| record_of(row, 0)).optional()?)
            })
            .await
    }

    async fn remove_policies(&self, tenant: &TenantId, versions: &[PolicyVersion]) -> Reply<()> {
        let (tenant, versions) = (tenant.clone(), versions.to_vec());
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM kept_policy WHERE tenant = ? AND version = ?")?;
            for version in &versions {
                delete.execute(params![tenant.as_str(), version.0])?;
            }
            Ok(())
        })
        .await
    }
}
