//! Everything that one backend keeps.

use crate::ports::store::{
    alerts::AlertStore, api_keys::ApiKeyStore, counters::Counters, events::EventQueue, identity::IdentityStore,
    integrity::Integrity, logins::LoginStore, outbox::Outbox, policies::PolicyStore, profiles::ProfileStore,
    sessions::SessionStore, suppressions::SuppressionStore, upkeep::Upkeep, webhooks::WebhookStore,
};

/// A whole store. Only `app` sees it, which opens one and hands each service the parts that it needs
/// (`tests/it/layers.rs`); a backend has it by keeping every part.
///
/// To add a part: a file beside this one with the trait, its structs and its contract; its name here; its implementation in
/// each backend; a contract test in `tests/it/store` that runs over all of them.
pub trait Store:
    IdentityStore
    + Integrity
    + ProfileStore
    + LoginStore
    + AlertStore
    + Outbox
    + EventQueue
    + WebhookStore
    + SuppressionStore
    + Counters
    + SessionStore
    + PolicyStore
    + ApiKeyStore
    + Upkeep
{
}

impl<Backend> Store for Backend where
    Backend: IdentityStore
        + Integrity
        + ProfileStore
        + LoginStore
        + AlertStore
        + Outbox
        + EventQueue
        + WebhookStore
        + SuppressionStore
        + Counters
        + SessionStore
        + PolicyStore
        + ApiKeyStore
        + Upkeep
{
}
