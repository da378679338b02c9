//! Checks that the store is the one that was used before, raises the alarm when it is not, and lets the operator accept
//! another.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::timeout};
use tracing::{debug, error, info, warn};

use crate::{
    domain::{
        keyring::Keyring,
        store_identity::{Found, Standing, Step, StoreId, StoreIdentity, WrappedRoot, step},
        time::Timestamp,
    },
    ports::{IdentityStore, StoreMemory, Unavailable},
};

/// How often the store is checked. A store that has lost its identity but not its API keys accepts requests for this
/// long at most.
const EVERY: Duration = Duration::from_secs(1);
/// How often an identity is written again because another process was faster.
const MAX_TRIES: usize = 5;
/// The reason given while nothing is recorded.
const LOST: &str =
    "the store has lost what it held, and nothing is recorded: restore it, or see `watchlight store adopt`";
const WRONG_KEY: &str =
    "the store was written under another master key, and nothing is recorded: put the right one back, or restart";

/// Why a store was not taken into use.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// It was written under another master key.
    #[error("the store was written under another master key")]
    WrongKey,
    /// The memory beside the master key, of the store that was used before, cannot be read or written.
    #[error("{0}")]
    Memory(String),
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Nothing is recorded, because the store is not the one that was used before. The text says why, and may be shown to
/// anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotTheStore(pub &'static str);

/// Wraps the root key that the process uses, for the store with this id.
pub type Wrap = Arc<dyn Fn(StoreId) -> WrappedRoot + Send + Sync>;

/// Knows which store this process uses, and whether it is still there.
pub struct Custody {
    store: Arc<dyn IdentityStore>,
    keyring: Keyring,
    memory: Option<Arc<dyn StoreMemory>>,
    wrap: Option<Wrap>,
    state: Mutex<State>,
}

/// What this process knows.
#[derive(Clone, Debug, Default)]
struct State {
    /// The store that was used before; `None` before the first start.
    remembered: Option<StoreId>,
    /// What the last check found.
    standing: Standing,
    /// The root key, as it was wrapped at the last check.
    root: Option<WrappedRoot>,
}

impl Custody {
    /// Checks `store`, which is written under `keyring`. A store that ends with the process has no `memory`. With `wrap`,
    /// a store that is given an id is given its root key.
    #[must_use]
    pub fn new(
        store: Arc<dyn IdentityStore>,
        keyring: Keyring,
        memory: Option<Arc<dyn StoreMemory>>,
        wrap: Option<Wrap>,
    ) -> Self {
        Self { store, keyring, memory, wrap, state: Mutex::default() }
    }

    fn new_identity(&self, id: StoreId, now: Timestamp) -> StoreIdentity {
        let identity = StoreIdentity::new(id, now, &self.keyring);
        match &self.wrap {
            Some(wrap) => identity.with_root(wrap(id)),
            None => identity,
        }
    }

    /// Takes the store into use at `now`, before anything else is asked of it. A new store gets `id`. For anything else
    /// that is found, see [`Custody::standing`].
    ///
    /// # Errors
    /// See [`CustodyError`].
    pub async fn begin(&self, id: StoreId, now: Timestamp) -> Result<(), CustodyError> {
        let remembered = self.memory.as_ref().map_or(Ok(None), |it| it.recall()).map_err(CustodyError::Memory)?;
        self.state().remembered = remembered;
        for _ in 0..MAX_TRIES {
            let found = self.store.identity().await?;
            match step(&found, remembered, &self.keyring) {
                // If two processes start at once, one writes the identity and the other finds it.
                Step::Name => {
                    self.store.put_identity(None, &self.new_identity(id, now)).await?;
                }
                Step::Stay(Standing::WrongKey) => return Err(CustodyError::WrongKey),
                Step::Stay(standing) => {
                    self.note(standing);
                    self.remember_root(&found);
                    return Ok(());
                }
                Step::Remember(_) => return self.keep(&found).map_err(CustodyError::Memory),
            }
        }
        Err(Unavailable("its identity changes all the time".to_owned()).into())
    }

    /// Checks every second, until `stop` turns true.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(fault) = self.look().await {
                // Those who need the store report louder that it does not answer.
                debug!(%fault, "it is not known whether the store is still the same");
            }
            // Ends after the interval, or at once when `stop` turns true.
            let _ = timeout(EVERY, stop.changed()).await;
        }
    }

    /// Checks now. If the operator has accepted another store in place of this one, it is used from now on.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn look(&self) -> Result<Standing, Unavailable> {
        let found = self.store.identity().await?;
        let remembered = self.state().remembered;
        match step(&found, remembered, &self.keyring) {
            // No store is remembered: this process has not taken the store into use.
            Step::Name => {}
            Step::Stay(Standing::Another) if self.is_adopted_here(&found) => self.keep_or_warn(&found),
            Step::Stay(standing) => {
                self.note(standing);
                self.remember_root(&found);
            }
            Step::Remember(_) => self.keep_or_warn(&found),
        }
        Ok(self.standing())
    }

    /// Whether the store is the one that was used before, as of the last check.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.state().standing
    }

    /// Why mails have to wait, in words that anybody may read; `None` if they may be sent. They wait while what the
    /// store knows of devices may be older than the users' last logins.
    #[must_use]
    pub fn holds_mails(&self) -> Option<&'static str> {
        match self.standing() {
            Standing::Same => None,
            Standing::Another => {
                Some("the store is another one than before, and mails are held: see `watchlight store adopt`")
            }
            Standing::Lost => Some(LOST),
            Standing::WrongKey => Some(WRONG_KEY),
        }
    }

    /// Refuses requests while the store has lost its contents or cannot be read, as of the last check.
    ///
    /// # Errors
    /// See [`NotTheStore`].
    pub fn check(&self) -> Result<(), NotTheStore> {
        match self.standing() {
            Standing::Same | Standing::Another => Ok(()),
            Standing::Lost => Err(NotTheStore(LOST)),
            Standing::WrongKey => Err(NotTheStore(WRONG_KEY)),
        }
    }

    /// Accepts this store in place of the one that was used before, by the operator's command at `now`. A store without
    /// an identity gets `id`. Every process that used the earlier store learns of it from the new one.
    ///
    /// # Errors
    /// See [`CustodyError`].
    pub async fn adopt(&self, id: StoreId, now: Timestamp) -> Result<StoreIdentity, CustodyError> {
        // A memory that cannot be read is written anew: this command is how the operator repairs it.
        let remembered = self.memory.as_ref().and_then(|it| it.recall().ok().flatten());
        for _ in 0..MAX_TRIES {
            let found = self.store.identity().await?;
            let was = match &found {
                Found::Empty | Found::Unnamed => None,
                Found::Named(named) if !named.fits(&self.keyring) => return Err(CustodyError::WrongKey),
                Found::Named(named) => Some(named),
            };
            let is = was.cloned().unwrap_or_else(|| self.new_identity(id, now));
            let is = remembered.map_or_else(|| is.clone(), |earlier| is.in_place_of(earlier));
            if was == Some(&is) || self.store.put_identity(was, &is).await? {
                self.keep(&Found::Named(is.clone())).map_err(CustodyError::Memory)?;
                return Ok(is);
            }
        }
        Err(Unavailable("its identity changes all the time".to_owned()).into())
    }

    /// Whether the operator has accepted this store by a command, run since: it has written the file.
    fn is_adopted_here(&self, found: &Found) -> bool {
        let recalled = self.memory.as_ref().and_then(|it| it.recall().ok().flatten());
        matches!(found, Found::Named(named) if recalled == Some(named.id))
    }

    /// Remembers the root key as it is wrapped now, after it was wrapped anew.
    fn remember_root(&self, found: &Found) {
        let (Found::Named(identity), Some(memory)) = (found, &self.memory) else { return };
        let mut state = self.state();
        if state.standing != Standing::Same || state.root == identity.root {
            return;
        }
        state.root.clone_from(&identity.root);
        drop(state);
        if memory.recall_root() != identity.root
            && let Err(fault) = memory.remember(identity)
        {
            warn!(%fault, "the root key is not remembered");
        }
    }

    /// Uses this store from now on, and remembers it for later processes.
    fn keep(&self, found: &Found) -> Result<(), String> {
        let Found::Named(identity) = found else { return Ok(()) };
        self.state().remembered = Some(identity.id);
        self.note(Standing::Same);
        self.memory.as_ref().map_or(Ok(()), |it| it.remember(identity))
    }

    fn keep_or_warn(&self, found: &Found) {
        if let Err(fault) = self.keep(found) {
            warn!(%fault, "which store is used is not remembered: run `watchlight store adopt` after mending this");
        }
    }

    /// Keeps the result of a check, and reports it when it differs from the last one.
    fn note(&self, standing: Standing) {
        let before = std::mem::replace(&mut self.state().standing, standing);
        metrics::gauge!("watchlight_store_changed").set(f64::from(u8::from(standing != Standing::Same)));
        if before == standing {
            return;
        }
        match standing {
            Standing::Same => info!("the store is the one that is to be used: mails leave again"),
            Standing::Another => error!(
                "ALARM: this is another store than before: logins are recorded, and mails are held until the right one is back \
                 or `watchlight store adopt` is run"
            ),
            Standing::Lost => error!(
                "ALARM: the store has lost its name, and what it held may be gone: nothing is recorded until it is restored or \
                 `watchlight store adopt` is run"
            ),
            Standing::WrongKey => {
                error!("ALARM: this is a store of another master key: nothing is recorded until the right one is back");
            }
        }
    }

    /// Ignores poisoning: nothing panics while the lock is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
