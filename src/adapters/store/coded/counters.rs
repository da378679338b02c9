//! Counters, which need no coding.

use async_trait::async_trait;

use crate::{
    adapters::store::{backend::CounterNumbers, coded::store::Coded},
    domain::time::Timestamp,
    ports::{Count, Counters, Unavailable},
};

#[async_trait]
impl<Backend: CounterNumbers> Counters for Coded<Backend> {
    async fn count(&self, counts: &[Count], now: Timestamp) -> Result<Vec<u64>, Unavailable> {
        self.backend.count(counts, now).await
    }
}
