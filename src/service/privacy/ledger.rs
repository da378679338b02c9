//! Takes the ledger of erasures out of a store, and carries it out in one that was restored from a backup.

use std::sync::Arc;

use crate::{
    domain::{
        history::login_record::LoginIndex,
        ids::{LoginId, ReceiptId},
        keyring::Keyring,
        privacy::erasure::{Erased, Erasure, ErasureBegun},
        time::Timestamp,
    },
    ports::{ErasureLedger, ErasureStore, LoginStore, ProfileStore, Unavailable},
    service::privacy::erasures::{Erasures, Receipt},
};

/// How many entries are read at once.
const PAGE: usize = 10_000;

/// What the ledger works with.
#[derive(Clone)]
pub struct LedgerPorts {
    /// Who is known, and which erasures there were.
    pub erasures: Arc<dyn ErasureStore>,
    /// The ledger.
    pub ledger: Arc<dyn ErasureLedger>,
    /// Since when devices are known.
    pub profiles: Arc<dyn ProfileStore>,
    /// When logins happened.
    pub logins: Arc<dyn LoginStore>,
}

/// The ledger of erasures.
#[derive(Clone)]
pub struct Ledger {
    ports: LedgerPorts,
    erasures: Erasures,
    keyring: Keyring,
}

/// What became of an entry that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Something was kept of the user from before, and is gone now.
    Erased,
    /// Nothing was kept of the user.
    Gone,
    /// All that is kept of the user is from after the erasure, and stays.
    CameBack,
}

/// Why an entry was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It was made under another root key, or altered. Nothing has changed.
    #[error("it is not of this store, or was altered")]
    NotOurs,
    /// The store does not answer. To apply the entry again does what is left.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What a store has of a user, by its time.
enum Held {
    /// Something is from before.
    Before,
    /// All is from then on.
    Since,
    /// Nothing has a time. Tells whether there is a profile.
    Undated { has_profile: bool },
}

impl Ledger {
    /// Uses these ports, and erases by `erasures`.
    #[must_use]
    pub const fn new(ports: LedgerPorts, erasures: Erasures, keyring: Keyring) -> Self {
        Self { ports, erasures, keyring }
    }

    /// The entries behind `after`, the oldest first. None if there are no more.
    ///
    /// # Errors
    /// When the store does not answer, or an entry cannot be read.
    pub async fn entries(&self, after: Option<ReceiptId>) -> Result<Vec<Receipt>, Unavailable> {
        let entries = self.ports.ledger.erasures(after, PAGE).await?;
        let signed = |erasure: Erasure| {
            let signature = self.keyring.receipt_signature(&erasure.signed_bytes());
            Receipt { erasure, signature }
        };
        Ok(entries.into_iter().map(signed).collect())
    }

    /// Finishes what was under way when the backup was made. Comes before the first entry.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn prepare(&self) -> Result<(), Unavailable> {
        self.erasures.resume().await.map(drop)
    }

    /// Forgets the user of an entry, unless everything that is kept of them is from after it, and adds the entry if it is
    /// missing. A second time changes nothing.
    ///
    /// # Errors
    /// See [`ApplyError`].
    pub async fn apply(&self, entry: &Receipt) -> Result<Applied, ApplyError> {
        if !self.is_ours(entry) {
            return Err(ApplyError::NotOurs);
        }
        let erasure = &entry.erasure;
        let entered = self.ports.erasures.erasure(erasure.receipt).await?;
        let is_known = self.ports.erasures.is_known(&erasure.user).await?;
        let stays = is_known
            && match self.held(erasure).await? {
                Held::Before => false,
                Held::Since => true,
                Held::Undated { has_profile } => has_profile && entered.is_some(),
            };
        let applied = match (is_known, stays) {
            (_, true) => Applied::CameBack,
            (false, false) if entered.is_some() => Applied::Gone,
            // Of somebody whose salt is missing, records that nobody can read may be left.
            (_, false) => self.erase(erasure, is_known).await?,
        };
        if entered.as_ref() != Some(erasure) {
            self.ports.ledger.enter_erasure(erasure).await?;
        }
        Ok(applied)
    }

    /// Whether an entry was made under our keys: for the user and time that it names, and with these counts.
    fn is_ours(&self, Receipt { erasure, signature }: &Receipt) -> bool {
        let receipt = self.keyring.tenant(&erasure.tenant).receipt_id(erasure.at, &erasure.user);
        receipt == erasure.receipt && self.keyring.receipt_signature(&erasure.signed_bytes()) == *signature
    }

    async fn held(&self, erasure: &Erasure) -> Result<Held, Unavailable> {
        let Erasure { tenant, user, at, .. } = erasure;
        let loaded = self.ports.profiles.load(user, None, Timestamp::default()).await?;
        let index = LoginIndex::User(*user);
        let (first, last) = (LoginId([0; 16]), LoginId([0xFF; 16]));
        let before = self.ports.logins.logins(tenant, &index, first..LoginId::first_at(*at), 1).await?;
        let devices = &loaded.profile.devices;
        if !before.is_empty() || devices.iter().any(|it| it.first_seen < *at) {
            return Ok(Held::Before);
        }
        let since = self.ports.logins.logins(tenant, &index, LoginId::first_at(*at)..last, 1).await?;
        if since.is_empty() && devices.is_empty() {
            return Ok(Held::Undated { has_profile: loaded.version > 0 });
        }
        Ok(Held::Since)
    }

    async fn erase(&self, erasure: &Erasure, is_known: bool) -> Result<Applied, Unavailable> {
        let Erasure { tenant, user, at, .. } = erasure.clone();
        let begun = ErasureBegun { tenant, user, at, erased: Erased::default(), with_tenant: false };
        let done = self.erasures.carry_out(&begun).await?;
        let has_erased = is_known || done.erasure.erased != Erased::default();
        Ok(if has_erased { Applied::Erased } else { Applied::Gone })
    }
}
