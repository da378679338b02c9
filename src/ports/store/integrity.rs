//! Whether the stored records can be read.

use async_trait::async_trait;

use crate::ports::unavailable::Unavailable;

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// A user's profile.
    Profile,
    /// A login.
    Login,
    /// A browser that a login came from.
    Browser,
    /// An alert and its delivery.
    Alert,
    /// A session.
    Session,
    /// An API key.
    ApiKey,
    /// An operator of the console.
    Operator,
    /// A webhook.
    Webhook,
    /// The result of an attempt to post to a webhook.
    Attempt,
    /// An event or a message that waits to be posted.
    Event,
    /// A tenant's policy, the current one or an earlier one.
    Policy,
    /// A suppressed e-mail address.
    Suppression,
    /// A person's request.
    Request,
    /// The receipt of an erasure.
    Erasure,
    /// The receipt of a removal.
    Removal,
    /// A note on a login.
    Note,
    /// An entry of the audit.
    Audit,
    /// What stands in the clear of the logins of four hours, column by column. It is made again by a recount.
    Segment,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::Profile,
        Self::Login,
        Self::Browser,
        Self::Alert,
        Self::Session,
        Self::ApiKey,
        Self::Operator,
        Self::Webhook,
        Self::Attempt,
        Self::Event,
        Self::Policy,
        Self::Suppression,
        Self::Request,
        Self::Erasure,
        Self::Removal,
        Self::Note,
        Self::Audit,
        Self::Segment,
    ];

    /// The kind's id in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Login => "login",
            Self::Browser => "browser",
            Self::Alert => "alert",
            Self::Session => "session",
            Self::ApiKey => "api_key",
            Self::Operator => "operator",
            Self::Webhook => "webhook",
            Self::Attempt => "webhook_attempt",
            Self::Event => "event",
            Self::Policy => "policy",
            Self::Suppression => "suppression",
            Self::Request => "request",
            Self::Erasure => "erasure",
            Self::Removal => "removal",
            Self::Note => "note",
            Self::Audit => "audit",
            Self::Segment => "segment",
        }
    }
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// What it is.
    pub kind: RecordKind,
    /// Its id; in hexadecimal if that is a hash.
    pub id: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The result of reading through a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedThrough {
    /// How many records were read.
    pub records: u64,
    /// The records that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Reports records that cannot be read because they are damaged or of a later version.
///
/// Contract: lists skip such a record; asked for by its id, the answer is [`Unavailable`]. In both cases it is
/// remembered, until it has been read successfully.
///
/// A new kind of record is a variant of [`RecordKind`]: the compiler then names every place that must handle it. The
/// test is `tests/it/store/damage.rs`.
#[async_trait]
pub trait Integrity: Send + Sync {
    /// How many records this process failed to read within the last day and has not read since; 1,000 at most.
    fn unreadable(&self) -> usize;

    /// Reads up to `limit` records of each kind, the newest where they have an order. In Redis, profiles and sessions
    /// cannot be listed, and are left out.
    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable>;
}
