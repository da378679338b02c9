//! Whether what is kept can be read.

use async_trait::async_trait;

use crate::ports::unavailable::Unavailable;

/// What a store keeps as records of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordKind {
    /// What is known of a user.
    Profile,
    /// A login.
    Login,
    /// An alert and its delivery.
    Alert,
    /// A session.
    Session,
    /// An API key.
    ApiKey,
    /// A webhook.
    Webhook,
    /// What came of an attempt to post.
    Attempt,
    /// Something that waits to be posted.
    Event,
    /// A policy of a tenant, the present one or one that was kept.
    Policy,
    /// An address that gets no more mail.
    Suppression,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Profile,
        Self::Login,
        Self::Alert,
        Self::Session,
        Self::ApiKey,
        Self::Webhook,
        Self::Attempt,
        Self::Event,
        Self::Policy,
        Self::Suppression,
    ];

    /// The name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Login => "login",
            Self::Alert => "alert",
            Self::Session => "session",
            Self::ApiKey => "api_key",
            Self::Webhook => "webhook",
            Self::Attempt => "webhook_attempt",
            Self::Event => "event",
            Self::Policy => "policy",
            Self::Suppression => "suppression",
        }
    }
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// What it is.
    pub kind: RecordKind,
    /// Its id; where that is a hash, in hexadecimal.
    pub id: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a look through a store has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedThrough {
    /// How many records were read.
    pub records: u64,
    /// Those that could not be.
    pub unreadable: Vec<Unreadable>,
}

/// Tells of records that cannot be read: damaged ones, and those of a later version.
///
/// Contract: in a list such a record is passed over; asked for by id, it is [`Unavailable`]. Either is remembered, and read
/// again by somebody who can, it is forgotten.
///
/// A new kind of record is a variant of [`RecordKind`], which makes the compiler name every place that has to look at it. The
/// test is `tests/it/store/damage.rs`.
#[async_trait]
pub trait Integrity: Send + Sync {
    /// How many records this process has met within a day that could not be read, and not read since; 1,000 at most.
    fn unreadable(&self) -> usize;

    /// Reads up to `limit` records of each kind, the newest where there is an order. Users and sessions in Redis cannot be listed, and are not
    /// looked at.
    async fn look_through(&self, limit: usize) -> Result<LookedThrough, Unavailable>;
}
