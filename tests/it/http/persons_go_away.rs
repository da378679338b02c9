//! The parts about persons of a store that leaves.

use std::{collections::HashSet, ops::Range, sync::atomic::Ordering};

use async_trait::async_trait;
use watchlight::{
    domain::{
        ids::{LoginId, NoteId, TenantId, UserKey},
        privacy::note::Note,
        tenant::webhook::TenantEvent,
    },
    ports::{NoteStore, RestrictionStore, Unavailable},
};

use super::store_goes_away::Leaving;

#[async_trait]
impl RestrictionStore for Leaving {
    async fn put_restricted(&self, tenant: &TenantId, user: &UserKey, is: bool) -> Result<(), Unavailable> {
        self.answers()?;
        self.inner.put_restricted(tenant, user, is).await
    }

    async fn restricted(&self, tenant: &TenantId) -> Result<HashSet<[u8; 16]>, Unavailable> {
        self.answers()?;
        self.inner.restricted(tenant).await
    }
}

#[async_trait]
impl NoteStore for Leaving {
    async fn put_note(&self, user: &UserKey, note: &Note, event: Option<TenantEvent>) -> Result<bool, Unavailable> {
        self.answers()?;
        self.noted.fetch_add(1, Ordering::SeqCst);
        let _waited = self.notes.read().await;
        self.inner.put_note(user, note, event).await
    }

    async fn note(&self, id: NoteId) -> Result<Option<Note>, Unavailable> {
        self.answers()?;
        self.inner.note(id).await
    }

    async fn notes_of_login(&self, user: &UserKey, login: LoginId) -> Result<Vec<Note>, Unavailable> {
        self.answers()?;
        self.inner.notes_of_login(user, login).await
    }

    async fn notes_of_user(
        &self,
        user: &UserKey,
        after: Option<NoteId>,
        limit: usize,
    ) -> Result<Vec<Note>, Unavailable> {
        self.answers()?;
        self.inner.notes_of_user(user, after, limit).await
    }

    async fn notes_of_tenant(
        &self,
        tenant: &TenantId,
        ids: Range<NoteId>,
        limit: usize,
    ) -> Result<Vec<Note>, Unavailable> {
        self.answers()?;
        self.inner.notes_of_tenant(tenant, ids, limit).await
    }

    async fn notes_of_logins(&self, logins: &[(UserKey, LoginId)]) -> Result<Vec<Note>, Unavailable> {
        self.answers()?;
        self.inner.notes_of_logins(logins).await
    }

    async fn remove_notes(&self, user: &UserKey) -> Result<u64, Unavailable> {
        self.answers()?;
        self.inner.remove_notes(user).await
    }
}
