//! Which store this is.

use std::sync::{LazyLock, atomic::Ordering};

use redis::Script;

use crate::adapters::store::{
    backend::{IdentityBytes, Reply},
    redis::{
        server::{
            alert_keys, keys,
            link::{Batch, WIDE},
        },
        store::Redis,
    },
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_identity.lua")));

impl IdentityBytes for Redis {
    async fn identity(&self) -> Reply<Option<String>> {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(keys::STORE);
        // The first question of a start, which connects: no login waits for it.
        let ((line,), ()): ((Option<String>,), ()) =
            tokio::try_join!(self.link.ask(WIDE, &ask), self.link.see_fitness(WIDE))?;
        if line.is_some() {
            self.is_named.store(true, Ordering::Relaxed);
        }
        Ok(line)
    }

    async fn has_records(&self) -> Reply<bool> {
        // Whatever was stored by an API key or an import is told by one of these.
        let mut ask = Batch::new();
        ask.cmd("EXISTS").arg(keys::API_KEYS);
        for partition in keys::partitions() {
            ask.cmd("EXISTS").arg(keys::numbers_of_logins(partition)).arg(keys::log(partition));
            ask.arg(alert_keys::alerts(partition));
        }
        let records: Vec<u64> = self.link.ask(WIDE, &ask).await?;
        Ok(records.iter().any(|it| *it > 0))
    }

    async fn put_identity(&self, was: Option<String>, is: String) -> Reply<bool> {
        let mut run = PUT.key(keys::STORE);
        run.arg(was.unwrap_or_default()).arg(is);
        self.link.run(WIDE, &run).await
    }
}
