//! A commit as bytes. It is encoded and sealed in `coded/users/commit.rs`.

use crate::{
    adapters::store::record::delivery::{AnswerRow, DeliveryRow},
    domain::{
        history::clue::Stretch,
        ids::{AlertId, ClueKey, EventId, LoginId, TenantId, UserKey},
        salt::Salt,
        time::Timestamp,
    },
    ports::Idempotency,
};

/// A commit with everything encoded and sealed: only bytes are left to store.
#[derive(Clone, Debug)]
pub struct PreparedCommit {
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserKey,
    /// The version that was loaded.
    pub version: u64,
    /// The stored form of the next profile; `None` leaves profile and version as they are.
    pub profile: Option<Vec<u8>>,
    /// The logins.
    pub logins: Vec<PreparedLogin>,
    /// The browsers that they came from, each once, as far as they are to be kept.
    pub browsers: Vec<PreparedBrowser>,
    /// What leads to the logins, to the user and to the browsers, each once.
    pub clues: Vec<PreparedClue>,
    /// Answers about this user's alerts.
    pub answers: Vec<(AlertId, AnswerRow)>,
    /// The events for the tenant.
    pub events: Vec<PreparedEvent>,
    /// The salt that everything of it is sealed with.
    pub salt: Salt,
    /// The time now.
    pub now: Timestamp,
}

/// A login and its index entries, encoded.
#[derive(Clone, Debug)]
pub struct PreparedLogin {
    /// The id.
    pub id: LoginId,
    /// The stored form.
    pub record: Vec<u8>,
    /// Index entry: the network.
    pub prefix: [u8; 16],
    /// Beside that entry: the lowest byte of the address, hidden as the address is; `None` where nothing of it is kept.
    pub hidden_byte: Option<u8>,
    /// Index entry: the first half of the fingerprint.
    pub fingerprint: [u8; 16],
    /// What stands in the clear beside it: see [`facets`](crate::adapters::store::record::clear::facets).
    pub facets: Vec<u8>,
    /// Whether it is kept for a shorter time than others: its user's processing is minimal.
    pub is_brief: bool,
    /// The idempotency key to remember.
    pub idempotency: Option<Idempotency>,
    /// The alert that it raises, if any.
    pub alert: Option<PreparedAlert>,
}

/// A browser that a login came from, encoded.
#[derive(Clone, Debug)]
pub struct PreparedBrowser {
    /// The first 8 bytes of its fingerprint, which tell it from the user's other browsers.
    pub fingerprint: [u8; 8],
    /// The number of the week in which it was seen. A browser that is kept already stays in the later week.
    pub week: i64,
    /// Whether it is kept for a shorter time than others: its user's processing is minimal.
    pub is_brief: bool,
    /// Whether somebody got in with it. What is kept already as such stays so.
    pub signed_in: bool,
    /// The stored form.
    pub record: Vec<u8>,
}

/// A clue, encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedClue {
    /// When the login happened that it comes from.
    pub stretch: Stretch,
    /// What it is known by.
    pub key: ClueKey,
    /// Where it leads.
    pub lead: Vec<u8>,
}

/// An alert, encoded, with its first delivery.
#[derive(Clone, Debug)]
pub struct PreparedAlert {
    /// The id.
    pub id: AlertId,
    /// The stored form.
    pub record: Vec<u8>,
    /// Its delivery.
    pub delivery: DeliveryRow,
}

/// An event, encoded.
#[derive(Clone, Debug)]
pub struct PreparedEvent {
    /// The id.
    pub id: EventId,
    /// The tenant that is told.
    pub tenant: TenantId,
    /// The record.
    pub record: Vec<u8>,
    /// When it is due to be taken up.
    pub due_at: Timestamp,
}
