//! Saved searches.

use rusqlite::{OptionalExtension, params};

use crate::{
    adapters::store::{
        backend::{Reply, SavedSearchBytes, Versioned},
        sqlite::{engine::rows::versioned, store::Sqlite},
    },
    domain::ids::TenantId,
};

impl SavedSearchBytes for Sqlite {
    async fn saved_searches(&self, tenant: &TenantId) -> Reply<Option<Versioned>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select =
                    connection.prepare_cached("SELECT times, record FROM saved_search WHERE tenant = ?")?;
                Ok(select.query_row([tenant.as_str()], versioned).optional()?)
            })
            .await
    }

    async fn put_saved_searches(&self, tenant: &TenantId, times: u64, record: Vec<u8>) -> Reply<bool> {
        const PUT: &str = "INSERT INTO saved_search
            SELECT ?1, ?2 + 1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM saved_search WHERE tenant = ?1)
            ON CONFLICT DO UPDATE SET times = times + 1, record = ?3 WHERE times = ?2";
        let tenant = tenant.clone();
        self.write(move |connection| {
            Ok(connection.prepare_cached(PUT)?.execute(params![tenant.as_str(), times.cast_signed(), record])? > 0)
        })
        .await
    }
}
