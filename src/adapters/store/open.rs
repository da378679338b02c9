//! Opens the store that `store.url` names.

use std::path::Path;

use crate::{
    adapters::store::{
        coded::locked::{Locked, LockedStore},
        fault::OpenError,
        memory::store::Memory,
        redis::{access::Access, connection::address::Address, store::Redis},
        sqlite::store::Sqlite,
    },
    domain::history::retention_days::RetentionDays,
};

/// The file of the store at `url`, if it is one of SQLite.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite:").filter(|it| !it.is_empty()).map(Path::new)
}

/// Opens the store at `url`: `memory:`, `sqlite:PATH`, or what [`Address`] can name. Its keys are not known yet: see [`LockedStore`].
/// `days` is for how long records are kept; only Redis needs to know that beforehand.
///
/// # Errors
/// What is wrong with the URL or the store, and how to repair it. Never contains a password from the URL.
pub async fn open(url: &str, days: &RetentionDays) -> Result<Box<dyn LockedStore>, OpenError> {
    open_with(url, days, &Access::default()).await
}

/// The same, with what Redis needs beside the URL.
///
/// # Errors
/// The same, or which of the files cannot be used.
pub async fn open_with(url: &str, days: &RetentionDays, access: &Access) -> Result<Box<dyn LockedStore>, OpenError> {
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
        _ if Address::is_one(url) => {
            Ok(Box::new(Locked { backend: Redis::open(url, days, access).await?, days: *days }))
        }
        // A URL without a colon may be anything, even a password.
        _ if !url.contains(':') => Err(OpenError::UnknownScheme("…".to_owned())),
        other => Err(OpenError::UnknownScheme(format!("{other}:"))),
    }
}
