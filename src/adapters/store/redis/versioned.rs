//! Records that are replaced only by who has read them.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::redis::server::link::{Link, QUICK},
    ports::Unavailable,
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_versioned.lua")));

/// A record and its version.
///
/// # Errors
/// The server does not answer in time.
pub async fn find(link: &Link, key: &str) -> Result<Option<(u64, Vec<u8>)>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HMGET").arg(key).arg("version").arg("record");
    let ((version, record),): ((Option<u64>, Option<Vec<u8>>),) = link.ask(QUICK, &ask).await?;
    Ok(version.zip(record))
}

/// Replaces the record of this version, or adds it; whether it was of this version. It lives for so many milliseconds, or
/// with 0 for ever.
///
/// # Errors
/// The server does not answer in time.
pub async fn put(link: &Link, key: &str, version: u64, (record, life_ms): (&[u8], i64)) -> Result<bool, Unavailable> {
    link.must_keep(QUICK).await?;
    let mut run = PUT.key(key);
    run.arg(version).arg(record).arg(life_ms);
    link.run(QUICK, &run).await
}
