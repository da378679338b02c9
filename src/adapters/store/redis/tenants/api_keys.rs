//! API keys.

use std::collections::HashMap;

use crate::adapters::store::{
    backend::{ApiKeyBytes, Entry, Reply},
    redis::{
        server::{
            keys,
            link::{Batch, QUICK, WIDE},
        },
        store::Redis,
    },
};

impl ApiKeyBytes for Redis {
    async fn put_api_key(&self, id: &str, record: Vec<u8>) -> Reply<()> {
        self.link.must_keep(QUICK).await?;
        let mut ask = Batch::new();
        ask.cmd("HSET").arg(keys::API_KEYS).arg(id).arg(record).ignore();
        self.link.ask(QUICK, &ask).await
    }

    async fn api_key(&self, id: &str) -> Reply<Option<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("HGET").arg(keys::API_KEYS).arg(id);
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn api_keys(&self) -> Reply<Vec<Entry<String>>> {
        let mut ask = Batch::new();
        ask.cmd("HGETALL").arg(keys::API_KEYS);
        let (records,): (HashMap<String, Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        Ok(records.into_iter().map(|(id, record)| Entry { id, record }).collect())
    }

    async fn remove_api_key(&self, id: &str) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("HDEL").arg(keys::API_KEYS).arg(id).ignore();
        self.link.ask(QUICK, &ask).await
    }
}
