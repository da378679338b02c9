//! The log of commits, read once for all who follow.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use tokio::sync::{
    Mutex as AsyncMutex, Notify,
    broadcast::{Receiver, Sender},
    watch,
};

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{LoginId, TenantId},
        keyring::Keyring,
    },
    ports::{CommitPosition, CommitStore, Commits, LoginStore, Unavailable},
    service::history::tail::slots::Slots,
};

/// How many logins are read at once.
pub const STEP: usize = 128;

/// Logins that were committed together, or that some were forgotten.
#[derive(Clone, Debug)]
pub enum Told {
    /// Those of each tenant whose logins are followed, in the order of their commits.
    Logins(Arc<HashMap<TenantId, Vec<Arc<LoginRecord>>>>),
    /// Some that nobody was told of.
    Forgotten,
}

/// What the tails of a process share.
pub struct Shared {
    /// In which order logins were committed.
    pub commits: Arc<dyn CommitStore>,
    /// The logins.
    pub logins: Arc<dyn LoginStore>,
    /// Makes references.
    pub keyring: Keyring,
    /// Notified when this process has committed a login.
    pub committed: Arc<Notify>,
    /// Notified when somebody begins to follow.
    pub wanted: Notify,
    /// Up to where the log was read for all; none while nobody follows. Whoever has it may read on, or begin to follow.
    pub place: AsyncMutex<Option<CommitPosition>>,
    /// Tells of them.
    pub told: Sender<Told>,
    /// Everything up to this time of the log's clock was told, in Unix milliseconds.
    pub told_up_to: AtomicI64,
    /// How many tails are open.
    pub slots: Arc<Slots>,
    /// Turns true when every tail is to end.
    pub closing: watch::Sender<bool>,
}

impl Shared {
    /// Begins to follow what is committed from now on.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn subscribe(&self) -> Result<Receiver<Told>, Unavailable> {
        let mut place = self.place.lock().await;
        // Where nobody follows, nobody reads on.
        if place.is_none() || self.told.receiver_count() == 0 {
            *place = Some(self.commits.end_of_commits().await?);
        }
        let told = self.told.subscribe();
        drop(place);
        self.wanted.notify_one();
        Ok(told)
    }

    /// Reads the log to its end, and tells what was committed.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn read_on(&self) -> Result<(), Unavailable> {
        loop {
            let mut place = self.place.lock().await;
            if self.told.receiver_count() == 0 {
                *place = None;
                return Ok(());
            }
            let Some(from) = place.as_ref() else { return Ok(()) };
            let Some(Commits { logins, end, read_at, more }) = self.commits.commits(from, STEP).await? else {
                *place = Some(self.commits.end_of_commits().await?);
                // Nobody may follow any more.
                let _ = self.told.send(Told::Forgotten);
                return Ok(());
            };
            let mut wanted: HashMap<TenantId, Vec<LoginId>> = HashMap::new();
            for it in logins {
                wanted.entry(it.tenant).or_default().push(it.login);
            }
            wanted.retain(|tenant, _| self.slots.has(tenant));
            let mut told = HashMap::new();
            for (tenant, ids) in wanted {
                let logins = self.logins.logins_named(&tenant, &ids).await?;
                told.insert(tenant, logins.into_iter().map(Arc::new).collect());
            }
            if !told.is_empty() {
                let _ = self.told.send(Told::Logins(Arc::new(told)));
            }
            *place = Some(end);
            if !more {
                self.told_up_to.store(read_at.unix_ms(), Ordering::Release);
                return Ok(());
            }
        }
    }
}
