//! The tails of a process.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use tokio::{
    sync::{Mutex as AsyncMutex, Notify, broadcast, watch},
    time::{sleep, timeout},
};
use tracing::warn;

use crate::{
    domain::keyring::Keyring,
    ports::{CommitStore, LoginStore},
    service::history::tail::{
        followed::{Followed, Seen, TailError},
        log::Shared,
        tail::{POLL, Tail},
    },
};

/// How long the log is left alone after it was read, so that what comes meanwhile is read together.
const GATHER: Duration = Duration::from_millis(50);
/// So many steps a reader may be behind the others.
const STEPS_BEHIND: usize = 32;

/// The tails of this process. Cheap to clone.
#[derive(Clone)]
pub struct Tails(Arc<Shared>);

impl Tails {
    /// Reads these ports. `committed` is notified when this process has committed a login.
    #[must_use]
    pub fn new(
        commits: Arc<dyn CommitStore>,
        logins: Arc<dyn LoginStore>,
        keyring: Keyring,
        committed: Arc<Notify>,
    ) -> Self {
        Self(Arc::new(Shared {
            commits,
            logins,
            keyring,
            committed,
            wanted: Notify::new(),
            place: AsyncMutex::new(None),
            told: broadcast::channel(STEPS_BEHIND).0,
            told_up_to: AtomicI64::new(0),
            slots: Arc::default(),
            closing: watch::Sender::new(false),
        }))
    }

    /// Reads the log for all who follow, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let shared = &self.0;
        while !*stop.borrow() {
            let somebody_follows = shared.told.receiver_count() > 0;
            let news = async {
                if somebody_follows {
                    // Ends when there is something, or it is time to look at what others have done.
                    let _ = timeout(POLL, shared.committed.notified()).await;
                } else {
                    shared.wanted.notified().await;
                }
            };
            tokio::select! {
                () = news => {}
                _ = stop.changed() => continue,
            }
            if let Err(fault) = shared.read_on().await {
                warn!(%fault, "those who follow logins wait for the store");
                sleep(POLL).await;
            }
            sleep(GATHER).await;
        }
    }

    /// Ends every tail: the process is about to stop.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Turns true when every tail is to end.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// Follows the logins that a query asks for: those that are committed from now on, or since what was seen last.
    ///
    /// # Errors
    /// See [`TailError`].
    pub async fn open(&self, followed: Followed, seen: Option<Seen>) -> Result<Tail, TailError> {
        Tail::begin(self.0.clone(), followed, seen).await
    }
}
