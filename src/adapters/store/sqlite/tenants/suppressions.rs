//! E-mail addresses that get no more mail. Cause and time stand in columns of their own, so that causes can be counted.

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Reply, SuppressionBytes},
        sqlite::{engine::rows::record_of, store::Sqlite},
    },
    domain::ids::{EmailKey, TenantId},
};

impl SuppressionBytes for Sqlite {
    async fn suppress(&self, tenant: &TenantId, email: EmailKey, record: String) -> Reply<bool> {
        const ADD: &str = "INSERT OR IGNORE INTO suppression VALUES (?1, ?2,
            substr(?3, 1, instr(?3, ' ') - 1), CAST(substr(?3, instr(?3, ' ') + 1) AS INTEGER))";
        let tenant = tenant.clone();
        self.write(move |connection| {
            Ok(connection.prepare_cached(ADD)?.execute(params![tenant.as_str(), email.0, record])? > 0)
        })
        .await
    }

    async fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Reply<Vec<Option<Vec<u8>>>> {
        const FIND: &str = "SELECT cause || ' ' || since FROM suppression WHERE tenant = ? AND mailbox = ?";
        let asked = asked.to_vec();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(FIND)?;
                let mut found = Vec::with_capacity(asked.len());
                for (tenant, email) in &asked {
                    let values = params![tenant.as_str(), email.0];
                    found.push(select.query_row(values, |row| record_of(row, 0)).optional()?);
                }
                Ok(found)
            })
            .await
    }

    async fn lift(&self, tenant: &TenantId, email: EmailKey) -> Reply<bool> {
        let tenant = tenant.clone();
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM suppression WHERE tenant = ? AND mailbox = ?")?;
            Ok(delete.execute(params![tenant.as_str(), email.0])? > 0)
        })
        .await
    }

    async fn count_suppressions(&self, tenant: &TenantId) -> Reply<Vec<(String, u64)>> {
        const COUNT: &str = "SELECT cause, count(*) FROM suppression WHERE tenant = ? GROUP BY cause";
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(COUNT)?;
                let counts = select
                    .query_map([tenant.as_str()], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
                Ok(counts.collect::<Result<_, _>>()?)
            })
            .await
    }
}
