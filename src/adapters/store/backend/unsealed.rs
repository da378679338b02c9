//! What backends do so that records from before sealing are found, and replaced by sealed ones.

use crate::{
    adapters::store::backend::rows::Reply,
    domain::{
        ids::{AlertId, EventId, LoginId, Partition, RequestId, TenantId, UserKey, WebhookId},
        salt::Salt,
    },
    ports::ClearCopies,
};

/// Where a record is that is sealed today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPlace {
    /// A user's profile. A backend that does not divide users into partitions gives partition 0.
    Profile(UserKey),
    /// A login.
    Login(LoginId),
    /// An alert.
    Alert(AlertId),
    /// A session, by its key. A backend that does not divide users into partitions gives partition 0.
    Session([u8; 16], Partition),
    /// An event; with a webhook, a message about it.
    Event(EventId, Option<WebhookId>),
    /// A person's request.
    Request(RequestId),
}

/// The parts of a row that may be sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowParts {
    /// The record.
    pub record: Vec<u8>,
    /// The recipient of an alert's mail.
    pub recipient: Option<Vec<u8>>,
    /// What went wrong last with an alert's mail.
    pub last_error: Option<Vec<u8>>,
    /// The body of a message.
    pub body: Option<Vec<u8>>,
}

/// A row, as far as it may be sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    /// Where it is.
    pub place: RowPlace,
    /// What stands there.
    pub parts: RowParts,
}

/// Some rows.
#[derive(Debug)]
pub struct RowPage {
    /// The rows.
    pub rows: Vec<StoredRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Vec<u8>>,
}

/// A row that is to get other parts.
#[derive(Clone, Debug)]
pub struct RowChange {
    /// The row as it was read.
    pub seen: StoredRow,
    /// What is to stand there.
    pub next: RowParts,
    /// Whose it is, and the salt that `next` is sealed with; `None` for what is sealed with a key of the tenant.
    pub owner: Option<(UserKey, Salt)>,
}

/// A salt for a user who has none, because a row is theirs.
#[derive(Clone, Debug)]
pub struct FirstSalt {
    /// The row as it was read.
    pub seen: StoredRow,
    /// Whose it is.
    pub user: UserKey,
    /// The salt.
    pub salt: Salt,
}

/// Finds rows whose records may be unsealed, and replaces these.
pub trait UnsealedBytes: Send + Sync {
    /// The next rows, sealed or not, about `limit`. A page may have none and not be the last.
    fn rows_to_seal(&self, from: Option<Vec<u8>>, limit: usize) -> impl Future<Output = Reply<RowPage>> + Send;

    /// The rows at these places, as far as there are any, in any order.
    fn rows_at(&self, places: Vec<RowPlace>) -> impl Future<Output = Reply<Vec<StoredRow>>> + Send;

    /// The tenant of a user, as a login, an alert, a session or a request of theirs tells it.
    fn tenant_of_user(&self, user: &UserKey) -> impl Future<Output = Reply<Option<TenantId>>> + Send;

    /// Adds salts, as [`SaltBytes`](crate::adapters::store::backend::SaltBytes) says, and returns for each the one that is
    /// kept. `None`, and none is added, if the row has changed, the user is being forgotten, or there is a sealed profile:
    /// then there was a salt.
    fn put_first_salts(&self, salts: Vec<FirstSalt>) -> impl Future<Output = Reply<Vec<Option<Salt>>>> + Send;

    /// Replaces each row that is still as it was read, and whose owner has that salt and is not being forgotten; in this
    /// order, and how many.
    fn replace_rows(&self, changes: Vec<RowChange>) -> impl Future<Output = Reply<u64>> + Send;
}

/// What belongs to sealing as a whole.
pub trait UnsealedUpkeep: Send + Sync {
    /// About how many rows a walk meets.
    fn row_count(&self) -> impl Future<Output = Reply<u64>> + Send;

    /// The note of how many were unsealed.
    fn unsealed_note(&self) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// Replaces the note.
    fn put_unsealed_note(&self, note: Vec<u8>) -> impl Future<Output = Reply<()>> + Send;

    /// Removes what was replaced from the files.
    fn remove_clear_copies(&self) -> impl Future<Output = Reply<ClearCopies>> + Send;
}
