//! Which store this is.

use std::sync::LazyLock;

use async_trait::async_trait;
use redis::Script;

use crate::{
    adapters::store::{
        record::identity,
        redis::{keys, server::link::WIDE, store::RedisStore},
    },
    domain::store_identity::{Found, StoreIdentity},
    ports::{IdentityStore, Unavailable},
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_identity.lua")));

#[async_trait]
impl IdentityStore for RedisStore {
    async fn identity(&self) -> Result<Found, Unavailable> {
        let mut ask = redis::pipe();
        ask.cmd("GET").arg(keys::STORE);
        // The first question of a start, which connects: no login waits for it.
        let answered = tokio::try_join!(self.link.ask(WIDE, &ask), self.link.see_fitness(WIDE))?;
        let ((line,), ()): ((Option<String>,), ()) = answered;
        if let Some(line) = line {
            return Ok(Found::Named(identity::decode(&line)?));
        }
        // Whatever was stored by an API key or an import is told by one of these.
        let mut ask = redis::pipe();
        ask.cmd("EXISTS").arg(keys::API_KEYS);
        for partition in keys::partitions() {
            ask.cmd("EXISTS").arg(keys::log(partition)).arg(keys::alerts(partition));
        }
        let records: Vec<u64> = self.link.ask(WIDE, &ask).await?;
        Ok(if records.iter().all(|it| *it == 0) { Found::Empty } else { Found::Unnamed })
    }

    async fn put_identity(&self, was: Option<&StoreIdentity>, is: &StoreIdentity) -> Result<bool, Unavailable> {
        let mut run = PUT.key(keys::STORE);
        run.arg(was.map(identity::encode).unwrap_or_default()).arg(identity::encode(is));
        self.link.run(WIDE, &run).await
    }
}
