//! Records that are replaced only by who has read them.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::{
        backend::Versioned,
        redis::server::link::{Batch, Link, QUICK},
    },
    ports::Unavailable,
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_versioned.lua")));

/// A record and its version.
///
/// # Errors
/// The server does not answer in time.
pub async fn find(link: &Link, key: &str) -> Result<Option<Versioned>, Unavailable> {
    let mut ask = Batch::new();
    ask.cmd("HMGET").arg(key).arg("version").arg("record");
    let ((version, record),): ((Option<u64>, Option<Vec<u8>>),) = link.ask(QUICK, &ask).await?;
    Ok(version.zip(record).map(|(version, record)| Versioned { version, record }))
}

/// Replaces the record of the version that `seen` names, or adds it; whether it was of this version. It lives for so many
/// milliseconds, at least one, or for ever.
///
/// # Errors
/// The server does not answer in time.
pub async fn put(link: &Link, key: &str, seen: Versioned, life_ms: Option<i64>) -> Result<bool, Unavailable> {
    link.must_keep(QUICK).await?;
    let mut run = PUT.key(key);
    run.arg(seen.version).arg(seen.record).arg(life_ms.map_or(0, |it| it.max(1)));
    link.run(QUICK, &run).await
}
