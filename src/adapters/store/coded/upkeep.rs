//! What keeps a store in order.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{SaltBytes, UpkeepBytes},
        coded::store::Coded,
        record::trim_memory,
    },
    domain::history::{
        cutoffs::Cutoffs,
        retention::{Stocks, TrimMemory},
    },
    ports::{Oldest, Trimmed, Unavailable, Unfit, Upkeep},
};

#[async_trait]
impl<Backend: UpkeepBytes + SaltBytes> Upkeep for Coded<Backend> {
    async fn stock(&self, cutoffs: &Cutoffs, enough: u64) -> Result<Stocks, Unavailable> {
        self.backend.stock(*cutoffs, enough).await
    }

    async fn oldest(&self) -> Result<Oldest, Unavailable> {
        self.backend.oldest().await
    }

    async fn trim(&self, cutoffs: &Cutoffs) -> Result<Trimmed, Unavailable> {
        self.fade(cutoffs.full_address).await?;
        self.backend.trim(*cutoffs).await
    }

    async fn trim_memory(&self) -> Result<Option<TrimMemory>, Unavailable> {
        Ok(self.backend.trim_memory().await?.map(|it| trim_memory::decode(&it)).transpose()?)
    }

    async fn put_trim_memory(&self, memory: &TrimMemory) -> Result<(), Unavailable> {
        self.backend.put_trim_memory(trim_memory::encode(memory)).await
    }

    async fn close(&self) {
        self.backend.close().await;
    }

    async fn probe(&self) -> Result<String, Unfit> {
        self.backend.probe().await
    }
}
