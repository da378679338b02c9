//! Opens the store that `store.url` names.

use std::path::Path;

use crate::{
    adapters::store::{
        coded::locked::{Locked, LockedStore},
        fault::OpenError,
        memory::store::Memory,
        redis::store::Redis,
        sqlite::store::Sqlite,
        tls_files::StoreTls,
    },
    domain::history::retention_days::RetentionDays,
};

/// The file of the store at `url`, if it is one of SQLite.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite:").filter(|it| !it.is_empty()).map(Path::new)
}

/// Opens the store at `url`: `memory:`, `sqlite:PATH`, `redis://…`, `redis+unix:///PATH` or `unix:///PATH`; and
/// `rediss://…`, if its certificate is of an authority that browsers trust.
/// Its keys are not known yet: see [`LockedStore`]. `days` is for how long records are kept; only Redis needs to know that beforehand.
///
/// # Errors
/// What is wrong with the URL or the store, and how to repair it. Never contains a password from the URL.
pub async fn open(url: &str, days: &RetentionDays) -> Result<Box<dyn LockedStore>, OpenError> {
    open_by_tls(url, days, &StoreTls::default()).await
}

/// The same, with the files for the TLS of `rediss://`.
///
/// # Errors
/// The same, or which of the files cannot be used.
pub async fn open_by_tls(url: &str, days: &RetentionDays, tls: &StoreTls) -> Result<Box<dyn LockedStore>, OpenError> {
    let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
    match scheme {
        "memory" => Ok(Box::new(Locked { backend: Memory::default(), days: *days })),
        "sqlite" if rest.is_empty() => Err(OpenError::Url("a path must follow `sqlite:`".to_owned())),
        "sqlite" => {
            let path = Path::new(rest).to_owned();
            // Opening waits for the disk, and for another process that has locked the file.
            let opening = tokio::task::spawn_blocking(move || Sqlite::open(&path));
            let opened = opening.await.map_err(|it| OpenError::Url(it.to_string()))?;
            Ok(Box::new(Locked { backend: opened?, days: *days }))
        }
        "redis" | "rediss" | "redis+unix" | "unix" => {
            Ok(Box::new(Locked { backend: Redis::open(url, days, tls).await?, days: *days }))
        }
        // A URL without a colon may be anything, even a password.
        _ if !url.contains(':') => Err(OpenError::UnknownScheme("…".to_owned())),
        other => Err(OpenError::UnknownScheme(format!("{other}:"))),
    }
}
