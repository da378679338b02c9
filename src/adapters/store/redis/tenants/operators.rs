//! Operators and their sessions.

use std::{collections::HashMap, sync::LazyLock};

use redis::Script;

use crate::{
    adapters::store::{
        backend::{Entry, Kept, OperatorBytes, OperatorSessionBytes, Reply, Versioned},
        redis::{
            server::{
                link::{Batch, Link, QUICK, WIDE},
                tenant_keys,
            },
            store::Redis,
        },
    },
    domain::{ids::OperatorId, operator::session::SessionKey},
};

static REPLACE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("replace_operator.lua")));

impl OperatorBytes for Redis {
    async fn operators(&self) -> Reply<Vec<Entry<OperatorId>>> {
        all(&self.link).await
    }

    async fn operator(&self, id: OperatorId) -> Reply<Option<Versioned>> {
        let mut ask = Batch::new();
        ask.cmd("HGET").arg(tenant_keys::OPERATORS).arg(&id.0[..]);
        let (stored,): (Option<Vec<u8>>,) = self.link.ask(QUICK, &ask).await?;
        Ok(stored.map(|it| read(&it)))
    }

    async fn put_operator(&self, id: OperatorId, times: u64, record: Vec<u8>) -> Reply<bool> {
        self.link.must_keep(QUICK).await?;
        self.replace(id, times, &record).await
    }

    async fn remove_operator(&self, id: OperatorId, times: u64) -> Reply<bool> {
        self.replace(id, times, &[]).await
    }
}

impl OperatorSessionBytes for Redis {
    async fn operator_session(&self, key: SessionKey) -> Reply<Option<Vec<u8>>> {
        let mut ask = Batch::new();
        ask.cmd("GET").arg(tenant_keys::operator_session(key));
        let (record,) = self.link.ask(QUICK, &ask).await?;
        Ok(record)
    }

    async fn begin_operator_session(&self, key: SessionKey, record: Vec<u8>, kept: Kept) -> Reply<()> {
        self.link.must_keep(QUICK).await?;
        let mut ask = Batch::new();
        ask.cmd("SET").arg(tenant_keys::operator_session(key)).arg(record).arg("PX").arg(kept.life_ms.max(1)).ignore();
        self.link.ask(QUICK, &ask).await
    }

    async fn renew_operator_session(&self, key: SessionKey, record: Vec<u8>, kept: Kept) -> Reply<bool> {
        let mut ask = Batch::new();
        ask.cmd("SET").arg(tenant_keys::operator_session(key)).arg(record);
        ask.arg("XX").arg("PX").arg(kept.life_ms.max(1));
        let (is_kept,): (Option<String>,) = self.link.ask(QUICK, &ask).await?;
        Ok(is_kept.is_some())
    }

    async fn end_operator_session(&self, key: SessionKey) -> Reply<()> {
        let mut ask = Batch::new();
        ask.cmd("UNLINK").arg(tenant_keys::operator_session(key)).ignore();
        self.link.ask(QUICK, &ask).await
    }
}

impl Redis {
    async fn replace(&self, id: OperatorId, times: u64, record: &[u8]) -> Reply<bool> {
        let mut run = REPLACE.key(tenant_keys::OPERATORS);
        run.arg(&id.0[..]).arg(times).arg(record);
        self.link.run(QUICK, &run).await
    }
}

/// Every operator.
///
/// # Errors
/// The server does not answer in time.
pub async fn all(link: &Link) -> Reply<Vec<Entry<OperatorId>>> {
    let mut ask = Batch::new();
    ask.cmd("HGETALL").arg(tenant_keys::OPERATORS);
    let (stored,): (HashMap<Vec<u8>, Vec<u8>>,) = link.ask(WIDE, &ask).await?;
    let entry = |(id, stored): (Vec<u8>, Vec<u8>)| {
        Some(Entry { id: OperatorId(id.try_into().ok()?), record: read(&stored).record })
    };
    Ok(stored.into_iter().filter_map(entry).collect())
}

/// How many times a record was written, and the record. One that does not say so is read as the record that it is not.
fn read(stored: &[u8]) -> Versioned {
    let at = stored.iter().position(|it| *it == b':').unwrap_or_default();
    let (times, record) = stored.split_at(at);
    let version = std::str::from_utf8(times).ok().and_then(|it| it.parse().ok()).unwrap_or_default();
    Versioned { version, record: record.get(1..).unwrap_or_default().to_vec() }
}
