//! Notes on logins, and verdicts on them.

use std::ops::Range;

use async_trait::async_trait;

use crate::domain::ids::{LoginId, NoteId, TenantId, UserKey};
use crate::domain::privacy::note::Note;
use crate::domain::tenant::webhook::TenantEvent;
use crate::ports::unavailable::Unavailable;

/// Keeps notes, each in the partition of its login's user.
///
/// Contract:
/// - A note is found as soon as `put_note` has returned, until it is [trimmed](crate::ports::Upkeep::trim) by the time at
///   which it was written, whatever becomes of its login.
/// - A list leaves out what cannot be read, and [`Integrity`](crate::ports::Integrity) remembers it.
#[async_trait]
pub trait NoteStore: Send + Sync {
    /// Adds a note, and stores the event for the tenant with it, or neither; `false`, and nothing changes, if there is one of
    /// this id.
    async fn put_note(&self, user: &UserKey, note: &Note, event: Option<TenantEvent>) -> Result<bool, Unavailable>;

    /// A note by id, of any tenant: the caller compares it.
    async fn note(&self, id: NoteId) -> Result<Option<Note>, Unavailable>;

    /// The notes on a login of this user, in the order of their ids.
    async fn notes_of_login(&self, user: &UserKey, login: LoginId) -> Result<Vec<Note>, Unavailable>;

    /// Notes on logins of this user with ids above `after`, in the order of their ids, at most `limit`, and fewer only if
    /// there are no more.
    async fn notes_of_user(
        &self,
        user: &UserKey,
        after: Option<NoteId>,
        limit: usize,
    ) -> Result<Vec<Note>, Unavailable>;

    /// Notes on the tenant's logins with `ids.start <= id < ids.end`, those on the newest login first, at most `limit`, and
    /// fewer only if there are no more. Notes of other tenants are passed over one by one: there are as many as people
    /// write.
    async fn notes_of_tenant(
        &self,
        tenant: &TenantId,
        ids: Range<NoteId>,
        limit: usize,
    ) -> Result<Vec<Note>, Unavailable>;

    /// The notes on these logins of these users, in no particular order.
    async fn notes_of_logins(&self, logins: &[(UserKey, LoginId)]) -> Result<Vec<Note>, Unavailable>;

    /// Deletes all notes on logins of this user; how many there were.
    async fn remove_notes(&self, user: &UserKey) -> Result<u64, Unavailable>;
}
