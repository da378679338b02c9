//! Forgetting, in memory.

use async_trait::async_trait;

use crate::{
    adapters::store::{memory::store::MemoryStore, record::trim_memory},
    domain::{
        history::retention::{Stock, TrimMemory},
        ids::{AlertId, LoginId},
        time::Timestamp,
    },
    ports::{KEPT_LONGER_MS, Trimmed, Unavailable, Unfit, Upkeep},
};

#[async_trait]
impl Upkeep for MemoryStore {
    async fn stock(&self, cutoff: Timestamp, _enough: u64) -> Result<Stock, Unavailable> {
        let tables = self.tables();
        let older = tables.logins.range(..LoginId::first_at(cutoff)).count();
        let newest = tables.logins.last_key_value().map(|(id, _)| id.time());
        Ok(Stock { newest, older: older as u64, kept: (tables.logins.len() - older) as u64 })
    }

    async fn trim(&self, expired_at: Timestamp, cutoff: Timestamp) -> Result<Trimmed, Unavailable> {
        let mut tables = self.tables();
        tables.idempotency.retain(|_, it| it.expires_at > expired_at);
        tables.sessions.retain(|_, (_, kept_until)| *kept_until > expired_at);
        tables.counters.retain(|_, (_, counted_until)| *counted_until > expired_at);
        let unused = cutoff.plus_ms(-KEPT_LONGER_MS);
        tables.policies.kept.retain(|_, (_, used_at)| *used_at >= unused);
        let first_kept = AlertId::first_at(cutoff);
        tables.alerts.retain(|id, it| *id >= first_kept || it.row.delivery.due_at.is_some());
        Ok(Trimmed { logins: tables.remove_logins_before(cutoff), more: false })
    }

    async fn trim_memory(&self) -> Result<Option<TrimMemory>, Unavailable> {
        Ok(self.tables().trim_memory.as_deref().map(trim_memory::decode).transpose()?)
    }

    async fn put_trim_memory(&self, memory: &TrimMemory) -> Result<(), Unavailable> {
        self.tables().trim_memory = Some(trim_memory::encode(memory));
        Ok(())
    }

    async fn close(&self) {
        // There is nothing that stays.
    }

    async fn probe(&self) -> Result<(), Unfit> {
        Ok(())
    }
}
