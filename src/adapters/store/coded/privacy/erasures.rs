//! Forgetting users, and the ledger of those who were.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{
            AlertBytes, AlertIndex, BrowserBytes, ClueBytes, ClueTrace, Entry, ErasureBytes, LedgerBytes, ListedLogin,
            LoginBytes, LoginPage, LoginTraces, NoteBytes, ProfileBytes, RestrictionMarks, SaltBytes, WhichErasure,
        },
        coded::{people::Opened, sealing::layout::is_sealed, store::Coded, users::clues::prepared},
        name::Name,
        record::{
            login,
            privacy::erasure,
            user::{browser, clue},
        },
    },
    domain::{
        history::{
            clue::{Clue, Lead, Stretch, clues_of_browser, clues_of_login},
            kept_browser::{BrowserKey, MAX_KEPT_BROWSERS},
            login_record::LoginIndex,
        },
        ids::{LoginId, ReceiptId, TenantId, UserKey},
        policy::policy::PolicyVersion,
        privacy::erasure::{Erasure, ErasureBegun},
        time::Timestamp,
    },
    ports::{ErasureLedger, ErasureStore, ProfileStore, Unavailable},
};

/// How many logins or alerts one step deletes.
const STEP: usize = 200;

#[async_trait]
impl<Backend> ErasureStore for Coded<Backend>
where
    Backend: ErasureBytes
        + ProfileBytes
        + LoginBytes
        + BrowserBytes
        + ClueBytes
        + AlertBytes
        + SaltBytes
        + NoteBytes
        + RestrictionMarks,
{
    async fn is_known(&self, user: &UserKey) -> Result<bool, Unavailable> {
        let loaded = self.backend.load(user, None, Timestamp::default(), true).await?;
        // A user of an earlier version may have no salt yet.
        Ok(loaded.salt.is_some() || loaded.profile.is_some_and(|it| it.is_ok_and(|row| !is_sealed(&row.record))))
    }

    async fn begin_erasure(&self, begun: &ErasureBegun) -> Result<ErasureBegun, Unavailable> {
        self.backend.begin_erasure(begun).await
    }

    async fn erasures_begun(&self) -> Result<Vec<ErasureBegun>, Unavailable> {
        self.backend.erasures_begun().await
    }

    async fn erase_some(&self, tenant: &TenantId, user: &UserKey) -> Result<bool, Unavailable> {
        Ok(self.erase_step(tenant, user).await?.is_some())
    }

    async fn end_erasure(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        receipt: ReceiptId,
    ) -> Result<Option<Erasure>, Unavailable> {
        let devices = self.load(user, None, Timestamp::default()).await?.profile.devices.len() as u64;
        // A receipt tells when it was asked for.
        self.forget_clues_of_browsers(tenant, user, receipt.time()).await?;
        let Some(begun) = self.backend.erase_person(user, devices).await? else { return Ok(None) };
        self.sealer.remember(user, None);
        self.backend.remove_notes(user).await?;
        self.backend.put_restricted(tenant, user, false).await?;
        let erasure = Erasure { receipt, tenant: tenant.clone(), user: *user, at: begun.at, erased: begun.erased };
        if begun.with_tenant {
            self.backend.count_with_tenant(&begun).await?;
        } else {
            self.backend.put_erasure(user, receipt, erasure::encode(&erasure)).await?;
        }
        Ok(Some(erasure))
    }

    async fn erasure_of(&self, user: &UserKey) -> Result<Option<Erasure>, Unavailable> {
        self.entry(WhichErasure::Latest(user)).await
    }

    async fn erasure(&self, receipt: ReceiptId) -> Result<Option<Erasure>, Unavailable> {
        self.entry(WhichErasure::Receipt(receipt)).await
    }
}

#[async_trait]
impl<Backend: LedgerBytes> ErasureLedger for Coded<Backend> {
    async fn erasures(&self, after: Option<ReceiptId>, limit: usize) -> Result<Vec<Erasure>, Unavailable> {
        let entries = self.backend.erasures(after, limit).await?;
        let read = |it: Entry<ReceiptId>| self.read(Name::Erasure(it.id), &it.record, erasure::decode);
        Ok(entries.into_iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn enter_erasure(&self, erasure: &Erasure) -> Result<(), Unavailable> {
        self.backend.enter_erasure(&erasure.user, erasure.receipt, erasure::encode(erasure)).await
    }
}

impl<Backend: ErasureBytes> Coded<Backend> {
    async fn entry(&self, which: WhichErasure<'_>) -> Result<Option<Erasure>, Unavailable> {
        let entry = self.backend.erasure(which).await?;
        Ok(entry.map(|it| self.read(Name::Erasure(it.id), &it.record, erasure::decode)).transpose()?)
    }
}

impl<Backend: BrowserBytes + ClueBytes + SaltBytes> Coded<Backend> {
    /// Deletes what leads to the user's browsers, while it can be told from these.
    async fn forget_clues_of_browsers(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        now: Timestamp,
    ) -> Result<(), Unavailable> {
        let keys = self.sealer.keys(tenant);
        let kept = self.backend.browsers_of(user).await?;
        let (fingerprints, records): (Vec<[u8; 8]>, Vec<Vec<u8>>) = kept.into_iter().unzip();
        let names = fingerprints.iter().map(|it| Name::Browser(user, *it));
        let opened = self.open_all(names.zip(records).collect()).await?;
        let (mut traces, mut all_read) = (Vec::new(), fingerprints.len() < MAX_KEPT_BROWSERS);
        for (fingerprint, opened) in fingerprints.into_iter().zip(opened) {
            let read = opened.ok().flatten().and_then(|it| browser::decode(&it).ok());
            all_read &= read.is_some();
            let key = BrowserKey { user: *user, fingerprint };
            let clues = read.iter().flat_map(|kept| clues_of_browser(&keys, key, now, kept));
            traces.extend(clues.map(|it| ClueTrace { stretch: None, ..trace_of(it) }));
        }
        self.backend.forget_clues(user, now, traces).await?;
        // Some may have been pushed out before, or cannot be read any more.
        if all_read { Ok(()) } else { self.backend.forget_clues_to(user, now).await }
    }
}

/// The clue as it is deleted.
fn trace_of(clue: Clue) -> ClueTrace {
    let stored = prepared(clue);
    ClueTrace { stretch: Some(stored.stretch), key: Some(stored.key), lead: stored.lead }
}

/// What is left of the clues of a login that cannot be read.
fn unread(id: LoginId) -> ClueTrace {
    ClueTrace { stretch: Some(Stretch::of(id.time())), key: None, lead: clue::encode(&Lead::Login(id)) }
}

impl<Backend: ErasureBytes + LoginBytes + AlertBytes + SaltBytes> Coded<Backend> {
    /// Deletes a bounded part of a user's logins or alerts; `None` if there are none. Returns the policies that judged the
    /// logins.
    ///
    /// # Errors
    /// The store does not answer.
    pub(crate) async fn erase_step(
        &self,
        tenant: &TenantId,
        user: &UserKey,
    ) -> Result<Option<Vec<PolicyVersion>>, Unavailable> {
        let ids = LoginId([0; 16])..LoginId([0xFF; 16]);
        let page = LoginPage { tenant, index: &LoginIndex::User(*user), ids, limit: STEP };
        let logins = self.backend.logins(page).await?;
        if !logins.is_empty() {
            let (traces, policies) = self.traces(tenant, user, logins).await?;
            self.backend.erase_logins(tenant, user, traces).await?;
            return Ok(Some(policies));
        }
        let alerts = self.backend.alerts(AlertIndex::User(user), None, STEP).await?;
        if alerts.is_empty() {
            return Ok(None);
        }
        self.backend.erase_alerts(tenant, user, alerts.into_iter().map(|it| it.id).collect()).await?;
        Ok(Some(Vec::new()))
    }
}

impl<Backend: SaltBytes> Coded<Backend> {
    /// Which index entries these logins have, and the policies that judged them, each once.
    async fn traces(
        &self,
        tenant: &TenantId,
        user: &UserKey,
        logins: Vec<ListedLogin>,
    ) -> Result<(Vec<LoginTraces>, Vec<PolicyVersion>), Unavailable> {
        let keys = self.sealer.keys(tenant);
        let ids: Vec<LoginId> = logins.iter().map(|it| it.id).collect();
        // An entry may have outlived its login, and has nothing to open.
        let records = logins.into_iter().map(|it| (Name::Login(it.id), it.record.unwrap_or_default())).collect();
        let opened = self.open_all(records).await?;
        let weeks = self.weeks_kept(tenant, ids.iter().map(LoginId::time)).await?;
        let mut policies = Vec::new();
        let trace = |(id, opened): (LoginId, Opened)| {
            let login = opened.ok().flatten().and_then(|it| login::decode(&it).ok());
            let Some(login) = login else { return LoginTraces { id, entries: None, clues: vec![unread(id)] } };
            policies.extend(login.policy.filter(|it| !policies.contains(it)));
            let address = weeks.find(&login.id.0, login.id.time(), login.ip).in_prefix();
            let entries = address.map(|it| (keys.prefix(it).0, login.fingerprint.short()));
            let clues = clues_of_login(self.sealer.keyring(), &keys, *user, &login).into_iter().map(trace_of).collect();
            LoginTraces { id, entries, clues }
        };
        let traces = ids.into_iter().zip(opened).map(trace).collect();
        Ok((traces, policies))
    }
}
