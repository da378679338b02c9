//! The store that ends with the process: for trying out, tests and replays. It keeps encoded records, so that
//! everything that runs over it has gone through the stored forms.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    adapters::store::{
        backend::{AlertRow, AuditEndsRow, AuditRow, RequestName, Versioned},
        coded::store::Coded,
        prepared::PreparedEvent,
    },
    domain::{
        history::{clue::Stretch, login_record::LoginIndex, retention_days::RetentionDays},
        ids::{
            AlertId, ClueKey, EmailKey, EventId, LoginId, NoteId, OperatorId, ReceiptId, RequestId, TenantId, UserKey,
            WebhookId,
        },
        keyring::Keyring,
        operator::session::SessionKey,
        policy::policy::PolicyVersion,
        privacy::{
            erasure::ErasureBegun,
            removal::{RemovalBegun, Removed},
        },
        salt::{Salt, Week},
        search::tallies::Quarter,
        time::Timestamp,
    },
    ports::Committed,
};

/// A store in memory. Cheap to make; calls never wait for long and never fail.
pub type MemoryStore = Coded<Memory>;

impl MemoryStore {
    /// An empty store. What it seals is beside its key in the memory of one process, so any key will do.
    #[must_use]
    pub fn new() -> Self {
        Self::over(Memory::default(), Keyring::new([0; 32]), &RetentionDays::default())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

/// Where the store in memory keeps its bytes.
#[derive(Debug, Default)]
pub struct Memory {
    tables: Mutex<Tables>,
}

impl Memory {
    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        // Ignores poisoning: nothing below panics between two changes that belong together.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All tables.
#[derive(Debug, Default)]
pub struct Tables {
    /// The line that identifies the store.
    pub identity: Option<String>,
    /// By user.
    pub profiles: HashMap<[u8; 16], Versioned>,
    /// By id.
    pub logins: BTreeMap<LoginId, StoredLogin>,
    /// Those of them that are kept for a shorter time than others.
    pub brief_logins: BTreeSet<LoginId>,
    /// Every login under each of its indexes; the bytes are those of [`index_bytes`].
    pub index: BTreeSet<(Vec<u8>, LoginId)>,
    /// The order of commits: each login with its number and the time of its commit.
    pub commits: VecDeque<(u64, Timestamp, Committed)>,
    /// How many logins were committed.
    pub n_commits: u64,
    /// How many logins of a quarter hour have which values.
    pub tallies: BTreeMap<(TenantId, Quarter), Vec<u8>>,
    /// By key.
    pub idempotency: HashMap<[u8; 16], StoredKey>,
    /// By id.
    pub alerts: BTreeMap<AlertId, StoredAlert>,
    /// By public part.
    pub api_keys: HashMap<String, Vec<u8>>,
    /// Operators. The version is how many times each was written.
    pub operators: BTreeMap<OperatorId, Versioned>,
    /// Their sessions, and when each expires.
    pub operator_sessions: HashMap<SessionKey, (Vec<u8>, Timestamp)>,
    /// Events and messages that wait to be posted.
    pub waiting: BTreeMap<EventName, Waiting>,
    /// Webhooks and attempts.
    pub webhooks: WebhookTables,
    /// Suppressed e-mail addresses, with cause and time.
    pub suppressions: BTreeMap<(TenantId, EmailKey), String>,
    /// The values of counters, and when they expire.
    pub counters: HashMap<[u8; 16], (u64, Timestamp)>,
    /// Sessions, by key.
    pub sessions: HashMap<[u8; 16], StoredSession>,
    /// Erasures that were begun, by user.
    pub erasing: HashMap<[u8; 16], ErasureBegun>,
    /// The ledger of erasures: the user's hash, and the entry.
    pub erasures: BTreeMap<ReceiptId, ([u8; 16], Vec<u8>)>,
    /// Those of them who had a profile or a salt, by the hash of the user.
    pub erased_people: BTreeSet<[u8; 16]>,
    /// Removals that were begun, and what they have deleted.
    pub removing: BTreeMap<TenantId, (RemovalBegun, Removed)>,
    /// The ledger of removals.
    pub removals: BTreeMap<ReceiptId, Vec<u8>>,
    /// People's requests.
    pub requests: BTreeMap<RequestId, StoredRequest>,
    /// Policies.
    pub policies: PolicyTables,
    /// Saved searches. The version is how many times the list was written.
    pub saved_searches: HashMap<TenantId, Versioned>,
    /// By user.
    pub salts: HashMap<[u8; 16], Salt>,
    /// By tenant and week.
    pub week_salts: BTreeMap<(TenantId, Week), Salt>,
    /// What leads to logins and people: stretch, key and lead.
    pub clues: BTreeSet<(Stretch, ClueKey, Vec<u8>)>,
    /// The browsers that logins came from, by the hash of the user and their fingerprint.
    pub browsers: BTreeMap<([u8; 16], [u8; 8]), StoredBrowser>,
    /// Notes, by the hash of the user and their id, with the time at which each was written.
    pub notes: BTreeMap<([u8; 16], NoteId), (Timestamp, Vec<u8>)>,
    /// The restricted persons, by tenant and the hash of their id.
    pub restricted: BTreeSet<(TenantId, [u8; 16])>,
    /// The audit, by tenant.
    pub audits: BTreeMap<TenantId, AuditTable>,
    /// What is remembered of the latest trim.
    pub trim_memory: Option<Vec<u8>>,
    /// How many records were unsealed.
    pub unsealed_note: Option<Vec<u8>>,
}

/// A tenant's audit.
#[derive(Debug, Default)]
pub struct AuditTable {
    /// By number.
    pub rows: BTreeMap<u64, AuditRow>,
    /// Where it begins and ends.
    pub ends: AuditEndsRow,
    /// The number behind which it begins.
    pub base_number: u64,
}

/// Records of webhooks and of attempts, the latest first.
#[derive(Debug, Default)]
pub struct WebhookTables {
    /// By tenant and id.
    pub webhooks: BTreeMap<(TenantId, WebhookId), Vec<u8>>,
    /// By webhook.
    pub attempts: HashMap<WebhookId, VecDeque<Vec<u8>>>,
}

/// Tenants' changes of their policies, and policies that judged logins.
#[derive(Debug, Default)]
pub struct PolicyTables {
    /// By tenant. The version is how many times the change was written.
    pub changes: HashMap<TenantId, Versioned>,
    /// By tenant and version, with the time when the policy last judged a login.
    pub kept: HashMap<(TenantId, PolicyVersion), (Vec<u8>, Timestamp)>,
}

/// An event; with a webhook, the message to it.
pub type EventName = (EventId, Option<WebhookId>);

/// An event or a message that waits to be posted.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The tenant.
    pub tenant: TenantId,
    /// The event's record.
    pub record: Vec<u8>,
    /// The body of the message; empty for an event that nobody has taken up yet.
    pub body: Vec<u8>,
    /// How many attempts have counted.
    pub attempts: u32,
    /// The fencing token of the latest lease.
    pub fence: u64,
    /// When it is due.
    pub due_at: Timestamp,
    /// Whether it is due then because a lease ends.
    pub is_leased: bool,
}

/// A login, and its index entries.
#[derive(Debug)]
pub struct StoredLogin {
    /// The tenant.
    pub tenant: TenantId,
    /// The stored form.
    pub record: Vec<u8>,
    /// What stands in the clear.
    pub facets: Vec<u8>,
    /// The lowest byte of its address, as it is hidden.
    pub hidden_byte: Option<u8>,
    /// The indexes that it is listed in.
    pub indexes: [Vec<u8>; 4],
}

/// An idempotency key.
#[derive(Debug)]
pub struct StoredKey {
    /// The hash of the request's body.
    pub body: [u8; 16],
    /// The login that was recorded under it.
    pub login: LoginId,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// An alert.
#[derive(Debug)]
pub struct StoredAlert {
    /// The tenant.
    pub tenant: TenantId,
    /// The user who is warned.
    pub user: UserKey,
    /// The alert and its delivery.
    pub row: AlertRow,
}

/// A session.
#[derive(Debug)]
pub struct StoredSession {
    /// The hash of its user.
    pub user: [u8; 16],
    /// The record and its version.
    pub stored: Versioned,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A browser that logins came from.
#[derive(Debug)]
pub struct StoredBrowser {
    /// The number of the week in which it was last seen.
    pub week: i64,
    /// Whether it is kept for a shorter time than others.
    pub is_brief: bool,
    /// Whether somebody got in with it.
    pub signed_in: bool,
    /// The stored form.
    pub record: Vec<u8>,
}

/// A person's request.
#[derive(Debug)]
pub struct StoredRequest {
    /// What it is found by.
    pub name: RequestName,
    /// The record and its version.
    pub stored: Versioned,
    /// Whether it is open.
    pub is_open: bool,
    /// When its next step is due.
    pub step_at: Timestamp,
    /// When its answer is due, if one is owed.
    pub answer_by: Option<Timestamp>,
}

/// The bytes of an index in the set of index entries.
#[must_use]
pub fn index_bytes(tenant: &TenantId, index: &LoginIndex) -> Vec<u8> {
    match index {
        LoginIndex::Time => [b"t", tenant.as_str().as_bytes()].concat(),
        LoginIndex::User(user) => [b"u", &user.hash[..]].concat(),
        LoginIndex::Prefix(prefix) | LoginIndex::Address(prefix, _) => [b"p", &prefix.0[..]].concat(),
        LoginIndex::Fingerprint(fingerprint) => [b"f", &fingerprint[..]].concat(),
    }
}

impl Tables {
    /// Whether an idempotency key is taken at this time.
    #[must_use]
    pub fn holds(&self, key: &StoredKey, now: Timestamp) -> bool {
        key.expires_at > now && self.logins.contains_key(&key.login)
    }

    /// Adds an event, unless it is waiting already.
    pub fn insert_event(&mut self, event: PreparedEvent) {
        let PreparedEvent { id, tenant, record, due_at } = event;
        let waiting = Waiting { tenant, record, body: Vec::new(), attempts: 0, fence: 0, due_at, is_leased: false };
        self.waiting.entry((id, None)).or_insert(waiting);
    }
}
