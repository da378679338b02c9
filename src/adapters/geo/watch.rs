//! Loads new databases while the service runs.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};

use crate::adapters::geo::maxmind::{MaxmindGeo, is_watched};

/// A folder is read once nothing has changed in it for this long: by then, a file has most likely been written to its
/// end.
const QUIET: Duration = Duration::from_millis(500);

/// Watches a folder until it is dropped. Then its thread ends, once it has finished any read in progress.
#[must_use = "the folder is watched only as long as this is kept"]
pub struct GeoWatch {
    _watcher: RecommendedWatcher,
}

impl GeoWatch {
    /// Watches the folder of `geo`, and reloads when a database in it is written, renamed or deleted. The folder must
    /// exist and must stay: if it is deleted and created again, the new one is not watched.
    ///
    /// # Errors
    /// If the folder cannot be watched, or no thread can be started. Then new databases are only used after a restart.
    pub fn start(geo: Arc<MaxmindGeo>) -> notify::Result<Self> {
        let (sender, changes) = channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // An error (mostly lost events) may hide a change. Sending fails only while the service is shutting down.
            if event.as_ref().map_or(true, changes_databases) {
                let _ = sender.send(());
            }
        })?;
        watcher.watch(geo.dir(), RecursiveMode::NonRecursive)?;
        thread::Builder::new().name("geoip-watch".to_owned()).spawn(move || {
            while settled(&changes) {
                geo.reload();
            }
        })?;
        Ok(Self { _watcher: watcher })
    }
}

/// Waits for a change and then for quiet. `false` when the watcher is gone.
fn settled(changes: &Receiver<()>) -> bool {
    if changes.recv().is_err() {
        return false;
    }
    loop {
        match changes.recv_timeout(QUIET) {
            Ok(()) => (),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Whether an event can have changed a database. Reading a file is an event too, and our own reads must not cause
/// another.
fn changes_databases(event: &Event) -> bool {
    let written = match event.kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        _ => true,
    };
    written && (event.paths.is_empty() || event.paths.iter().any(|it| is_watched(it)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, ModifyKind, RemoveKind, RenameMode};

    #[test]
    fn only_what_changes_a_database_calls_for_a_reading() {
        let on = |kind, file: &str| changes_databases(&Event::new(kind).add_path(file.into()));
        for kind in [
            EventKind::Create(CreateKind::File),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            EventKind::Remove(RemoveKind::File),
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
        ] {
            assert!(on(kind, "geoip/city.mmdb"), "{kind:?}");
            assert!(!on(kind, "geoip/city.mmdb.gz"), "{kind:?}");
        }
        for kind in [AccessKind::Open(AccessMode::Any), AccessKind::Read, AccessKind::Close(AccessMode::Read)] {
            assert!(!on(EventKind::Access(kind), "geoip/city.mmdb"), "our own reading: {kind:?}");
        }
    }
}
