//! Entries of the audit.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        ids::{TenantId, UserId},
        keyring::{Keyring, TenantKeys},
        privacy::audit::{Action, Actor, AuditDetail, AuditEvent, Outcome, SubjectKind},
    },
    ports::Store,
    service::{privacy::audit::Audit, retention::Sweeps},
};

use crate::{
    store::samples::{acme, at},
    support::services::{idle_devices, operators},
};

/// The audit in a store, by this clock.
pub fn audit_over(store: &Arc<dyn Store>, clock: &Arc<ManualClock>) -> Audit {
    Audit::new(store.clone(), clock.clone(), Keyring::new([7; 32]))
}

/// What a retention deletes by other means than a trim of the store.
pub fn sweeps(store: &Arc<dyn Store>, clock: &Arc<ManualClock>) -> Sweeps {
    let operators = operators(store, clock.clone(), Keyring::new([7; 32]));
    Sweeps { idle: idle_devices(store), audit: audit_over(store, clock), operators }
}

/// The keys of a tenant of the tests.
pub fn keys_of(tenant: &TenantId) -> TenantKeys {
    Keyring::new([7; 32]).tenant(tenant)
}

pub fn ana() -> UserId {
    UserId::parse("ana").unwrap()
}

/// Something that is about a user, or about none.
pub fn event(tenant: &TenantId, user: Option<&UserId>, ms: i64) -> AuditEvent {
    AuditEvent {
        tenant: tenant.clone(),
        at: at(ms),
        actor: Actor::Key("7k2m9q4w8x1c5v3b".to_owned()),
        action: if user.is_some() { Action::Read } else { Action::Search },
        outcome: Outcome::Done,
        kind: user.map(|_| SubjectKind::Login),
        user: user.map(|it| keys_of(tenant).user(it)),
        detail: Some(AuditDetail {
            user: user.cloned(),
            id: user.map(|_| "lgn_01M88BR29V3HMEG27S69NTFQE2".to_owned()),
            query: Some("status=new&limit=100".to_owned()),
            purpose: Some("Ticket 4711, Frau Müller".to_owned()),
        }),
    }
}

/// So many events of `acme`, every second about Ana.
pub fn events(count: i64) -> Vec<AuditEvent> {
    (0..count).map(|ms| event(&acme(), Some(&ana()).filter(|_| ms % 2 == 0), ms)).collect()
}
