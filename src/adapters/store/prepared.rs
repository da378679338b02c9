//! A commit as bytes.

use std::collections::HashSet;

use crate::{
    adapters::store::record::{self, delivery::DeliveryRow},
    domain::{
        alert::alert::{Answer, Delivery, State},
        ids::{AlertId, EventId, LoginId, TenantId, UserKey},
        tenant::webhook::TenantEvent,
        time::Timestamp,
    },
    ports::{Commit, CommitError, Idempotency, LoginWrite},
};

/// A commit with everything encoded: only bytes are left to store.
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
    /// Answers about this user's alerts.
    pub answers: Vec<(AlertId, Answer)>,
    /// The events for the tenant.
    pub events: Vec<PreparedEvent>,
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
    /// Index entry: the first half of the fingerprint.
    pub fingerprint: [u8; 16],
    /// The idempotency key to remember.
    pub idempotency: Option<Idempotency>,
    /// The alert that it raises, if any.
    pub alert: Option<PreparedAlert>,
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

impl PreparedEvent {
    /// Encodes an event that is due when it happens.
    #[must_use]
    pub fn new(event: &TenantEvent) -> Self {
        Self { id: event.id, tenant: event.tenant.clone(), record: record::event::encode(event), due_at: event.at }
    }
}

impl PreparedCommit {
    /// Encodes a commit. Answers and events about alerts in another partition, which cannot be this user's, are left
    /// out: the commit must not write to that partition.
    ///
    /// # Errors
    /// [`CommitError::Duplicate`] if the commit itself contains a login or an idempotency key twice.
    pub fn new(commit: Commit) -> Result<Self, CommitError> {
        let (mut keys, mut ids) = (HashSet::new(), HashSet::new());
        for login in &commit.logins {
            let new_key = login.idempotency.as_ref().is_none_or(|it| keys.insert(it.key));
            if !new_key || !ids.insert(login.record.id) {
                return Err(CommitError::Duplicate);
            }
        }
        let mut answers = commit.answers;
        answers.retain(|(alert, _)| alert.partition() == commit.user.partition);
        let events = commit.events.iter().filter(|it| it.id.partition() == commit.user.partition);
        Ok(Self {
            tenant: commit.tenant,
            user: commit.user,
            version: commit.version,
            profile: commit.profile.as_ref().map(record::user::profile::encode),
            logins: commit.logins.into_iter().map(PreparedLogin::new).collect(),
            answers,
            events: events.map(PreparedEvent::new).collect(),
            now: commit.now,
        })
    }
}

impl PreparedLogin {
    fn new(write: LoginWrite) -> Self {
        let alert = write.alert.map(|(alert, delivery)| PreparedAlert {
            id: alert.id,
            record: record::alert::encode(&alert),
            delivery: record::delivery::encode(only_what_waits_is_due(delivery)),
        });
        Self {
            id: write.record.id,
            record: record::login::encode(&write.record),
            prefix: write.prefix.0,
            fingerprint: write.record.fingerprint.short(),
            idempotency: write.idempotency,
            alert,
        }
    }
}

/// A delivery is due if and only if it is queued or being sent: stores find work only by `due_at`.
fn only_what_waits_is_due(delivery: Delivery) -> Delivery {
    let waits = matches!(delivery.state, State::Queued | State::Sending);
    Delivery { due_at: delivery.due_at.filter(|_| waits), ..delivery }
}
