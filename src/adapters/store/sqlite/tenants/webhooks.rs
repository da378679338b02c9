//! Webhooks and the attempts to post to them.

use rusqlite::params;

use crate::{
    adapters::store::{
        backend::{Entry, Reply, WebhookBytes},
        sqlite::{
            engine::rows::{limit_of, record_of},
            store::Sqlite,
        },
    },
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::MAX_ATTEMPTS,
    },
};

impl WebhookBytes for Sqlite {
    async fn put_webhook(&self, tenant: &TenantId, id: WebhookId, record: Vec<u8>) -> Reply<()> {
        let tenant = tenant.clone();
        self.write(move |connection| {
            let mut insert = connection.prepare_cached("INSERT OR REPLACE INTO webhook VALUES (?, ?, ?)")?;
            insert.execute(params![tenant.as_str(), id.0, record])?;
            Ok(())
        })
        .await
    }

    async fn webhooks(&self, tenant: &TenantId) -> Reply<Vec<Entry<Vec<u8>>>> {
        let tenant = tenant.clone();
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached("SELECT id, record FROM webhook WHERE tenant = ?")?;
                let entries = select.query_map([tenant.as_str()], |row| {
                    Ok(Entry { id: record_of(row, 0)?, record: record_of(row, 1)? })
                })?;
                Ok(entries.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn remove_webhook(&self, tenant: &TenantId, id: WebhookId) -> Reply<bool> {
        let tenant = tenant.clone();
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM webhook WHERE tenant = ? AND id = ?")?;
            let removed = delete.execute(params![tenant.as_str(), id.0])? > 0;
            if removed {
                connection.prepare_cached("DELETE FROM webhook_attempt WHERE webhook = ?")?.execute([id.0])?;
            }
            Ok(removed)
        })
        .await
    }

    async fn put_attempt(&self, webhook: WebhookId, record: Vec<u8>) -> Reply<()> {
        self.write(move |connection| {
            let mut select = connection
                .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM webhook_attempt WHERE webhook = ?")?;
            let number: i64 = select.query_row([webhook.0], |row| row.get(0))?;
            let mut insert = connection.prepare_cached("INSERT INTO webhook_attempt VALUES (?, ?, ?)")?;
            insert.execute(params![webhook.0, number, record])?;
            let mut delete =
                connection.prepare_cached("DELETE FROM webhook_attempt WHERE webhook = ? AND number <= ?")?;
            delete.execute(params![webhook.0, number - limit_of(MAX_ATTEMPTS)])?;
            Ok(())
        })
        .await
    }

    async fn attempts(&self, webhook: WebhookId) -> Reply<Vec<Vec<u8>>> {
        const LATEST_FIRST: &str = "SELECT record FROM webhook_attempt WHERE webhook = ? ORDER BY number DESC";
        self.readers
            .read(move |connection| {
                let mut select = connection.prepare_cached(LATEST_FIRST)?;
                let records = select.query_map([webhook.0], |row| record_of(row, 0))?;
                Ok(records.collect::<Result<_, _>>()?)
            })
            .await
    }
}
