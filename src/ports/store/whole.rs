//! All parts of a store.

use crate::ports::store::{
    alerts::AlertStore,
    api_keys::ApiKeyStore,
    counters::Counters,
    events::EventQueue,
    history::{
        browsers::BrowserStore, clues::ClueStore, commits::CommitStore, logins::LoginStore,
        saved_searches::SavedSearchStore, segments::SegmentStore, sessions::SessionStore,
    },
    identity::IdentityStore,
    integrity::Integrity,
    operators::{OperatorSessionStore, OperatorStore},
    outbox::Outbox,
    policies::PolicyStore,
    privacy::{
        audit::AuditStore,
        erasures::{ErasureLedger, ErasureStore},
        notes::NoteStore,
        people::PeopleStore,
        removals::{RemovalLedger, RemovalStore},
        requests::RequestStore,
        restrictions::RestrictionStore,
        unsealed::UnsealedStore,
    },
    profiles::ProfileStore,
    suppressions::SuppressionStore,
    tallies::TallyStore,
    upkeep::Upkeep,
    webhooks::WebhookStore,
};

/// A whole store. Only `app` sees it: it opens one and hands each service the parts that it needs
/// (`tests/it/layers.rs`). A backend is a store as soon as it implements every part.
///
/// To add a part: a file beside this one with the trait, its structs and its contract; its name in the list here; an
/// implementation in each backend; and a contract test in `tests/it/store` that runs over all backends.
pub trait Store:
    IdentityStore
    + Integrity
    + ProfileStore
    + LoginStore
    + CommitStore
    + SavedSearchStore
    + BrowserStore
    + ClueStore
    + TallyStore
    + SegmentStore
    + AlertStore
    + Outbox
    + EventQueue
    + WebhookStore
    + SuppressionStore
    + Counters
    + SessionStore
    + RestrictionStore
    + NoteStore
    + PolicyStore
    + ApiKeyStore
    + OperatorStore
    + OperatorSessionStore
    + PeopleStore
    + RequestStore
    + ErasureStore
    + ErasureLedger
    + RemovalStore
    + RemovalLedger
    + AuditStore
    + UnsealedStore
    + Upkeep
{
}

impl<Backend> Store for Backend where
    Backend: IdentityStore
        + Integrity
        + ProfileStore
        + LoginStore
        + CommitStore
        + SavedSearchStore
        + BrowserStore
        + ClueStore
        + TallyStore
        + SegmentStore
        + AlertStore
        + Outbox
        + EventQueue
        + WebhookStore
        + SuppressionStore
        + Counters
        + SessionStore
        + RestrictionStore
        + NoteStore
        + PolicyStore
        + ApiKeyStore
        + OperatorStore
        + OperatorSessionStore
        + PeopleStore
        + RequestStore
        + ErasureStore
        + ErasureLedger
        + RemovalStore
        + RemovalLedger
        + AuditStore
        + UnsealedStore
        + Upkeep
{
}
