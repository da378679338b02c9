//! What backends keep of persons' wishes, and of what is written about them.

use std::ops::Range;

use crate::{
    adapters::store::{
        backend::rows::{Entry, Reply},
        prepared::PreparedEvent,
    },
    domain::{
        ids::{NoteId, TenantId, UserKey},
        time::Timestamp,
    },
};

/// A note as it is stored.
#[derive(Clone, Debug)]
pub struct NoteRow {
    /// The id.
    pub id: NoteId,
    /// When it was written: by this it is trimmed.
    pub created_at: Timestamp,
    /// The record.
    pub record: Vec<u8>,
    /// The event for the tenant, if any.
    pub event: Option<PreparedEvent>,
}

/// Keeps records of notes on a user's logins.
pub trait NoteBytes: Send + Sync {
    /// Adds a note and its event; `false`, and nothing changes, if there is one of this id.
    fn put_note(&self, user: &UserKey, note: NoteRow) -> impl Future<Output = Reply<bool>> + Send;

    /// A note by its id.
    fn note(&self, id: NoteId) -> impl Future<Output = Reply<Option<Vec<u8>>>> + Send;

    /// The user's notes with `ids.start <= id < ids.end`, in the order of their ids, at most `limit`.
    fn notes(
        &self,
        user: &UserKey,
        ids: Range<NoteId>,
        limit: usize,
    ) -> impl Future<Output = Reply<Vec<Entry<NoteId>>>> + Send;

    /// Notes of all users with `ids.start <= id < ids.end`, the highest ids first, at most `limit`, and fewer only if there
    /// are no more.
    fn newest_notes(&self, ids: Range<NoteId>, limit: usize) -> impl Future<Output = Reply<Vec<Entry<NoteId>>>> + Send;

    /// The notes of each of these users with ids in their range.
    fn notes_in(&self, of: &[(UserKey, Range<NoteId>)]) -> impl Future<Output = Reply<Vec<Entry<NoteId>>>> + Send;

    /// Deletes the user's notes; how many there were.
    fn remove_notes(&self, user: &UserKey) -> impl Future<Output = Reply<u64>> + Send;
}

/// Keeps which persons are restricted. There is no record: a person is listed or not.
pub trait RestrictionMarks: Send + Sync {
    /// Adds a person, or removes one.
    fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> impl Future<Output = Reply<()>> + Send;

    /// The hashes of a tenant's restricted persons, in any order.
    fn restricted(&self, tenant: &TenantId) -> impl Future<Output = Reply<Vec<[u8; 16]>>> + Send;
}
