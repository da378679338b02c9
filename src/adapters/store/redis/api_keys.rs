//! API keys.

use std::collections::HashMap;

use crate::{
    adapters::store::{
        backend::{ApiKeyBytes, Entry},
        redis::{
            server::{
                keys,
                link::{QUICK, WIDE},
            },
            store::Redis,
        },
    },
    ports::Unavailable,
};

impl ApiKeyBytes for Redis {
    async fn put_api_key(&self, id: &str, record: Vec<u8>) -> Result<(), Unavailable> {
        self.link.must_keep(QUICK).await?;
        let mut ask = redis::pipe();
        ask.cmd("HSET").arg(keys::API_KEYS).arg(id).arg(record).ignore();
        self.link.ask(QUICK, &ask).await
    }

    async fn api_key(&self, id: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        let mut ask = redis::pipe();
        ask.cmd("HGET").arg(keys::API_KEYS).arg(id);
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn api_keys(&self) -> Result<Vec<Entry<String>>, Unavailable> {
        let mut ask = redis::pipe();
        ask.cmd("HGETALL").arg(keys::API_KEYS);
        let (records,): (HashMap<String, Vec<u8>>,) = self.link.ask(WIDE, &ask).await?;
        Ok(records.into_iter().map(|(id, record)| Entry { id, record }).collect())
    }
}
