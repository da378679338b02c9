//! What becomes of sessions.

use std::sync::LazyLock;

use redis::Script;

use crate::{
    adapters::store::{
        record::session,
        redis::{
            keys,
            link::{Link, QUICK},
        },
    },
    domain::{ids::UserKey, session::Session},
    ports::Unavailable,
};

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put_session.lua")));

/// A session and its version.
///
/// # Errors
/// The server does not answer in time, or the record cannot be read.
pub async fn find(link: &Link, user: &UserKey, key: [u8; 16]) -> Result<Option<(u64, Session)>, Unavailable> {
    let mut ask = redis::pipe();
    ask.cmd("HMGET").arg(keys::session(user, &key)).arg("version").arg("record");
    let ((version, record),): ((Option<u64>, Option<Vec<u8>>),) = link.ask(QUICK, &ask).await?;
    let found = version.zip(record);
    Ok(found.map(|(version, record)| session::decode(&record).map(|it| (version, it))).transpose()?)
}

/// Replaces the session of this version, or adds it; whether it was of this version.
///
/// # Errors
/// The server does not answer in time.
pub async fn put(
    link: &Link,
    (user, key): (&UserKey, [u8; 16]),
    version: u64,
    session: &Session,
    life_ms: i64,
) -> Result<bool, Unavailable> {
    let mut run = PUT.key(keys::session(user, &key));
    run.arg(version).arg(session::encode(session)).arg(life_ms.max(1));
    link.run(QUICK, &run).await
}
