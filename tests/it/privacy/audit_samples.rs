//! Entries of the audit.

use std::sync::Arc;

use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        ids::{TenantId, UserId},
        keyring::{Keyring, TenantKeys},
        privacy::{
            audit::{Action, Actor, AuditDetail, AuditEvent, Outcome, SubjectKind},
            chain::{AuditEntry, AuditHead},
        },
    },
    ports::Store,
    service::{privacy::audit::Audit, retention::Sweeps},
};

use crate::{
    store::samples::{acme, at},
    support::services::idle_devices,
};

/// The audit in a store, by this clock.
pub fn audit_over(store: &Arc<dyn Store>, clock: &Arc<ManualClock>) -> Audit {
    Audit::new(store.clone(), clock.clone(), Keyring::new([7; 32]))
}

/// What a retention deletes by other means than a trim of the store.
pub fn sweeps(store: &Arc<dyn Store>, clock: &Arc<ManualClock>) -> Sweeps {
    Sweeps { idle: idle_devices(store), audit: audit_over(store, clock) }
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

/// So many entries of `acme` behind another one, every second about Ana.
pub fn entries(mut head: AuditHead, count: i64) -> Vec<AuditEntry> {
    let (keys, ana) = (keys_of(&acme()), ana());
    let entry = |ms: i64| {
        let user = Some(&ana).filter(|_| ms % 2 == 0);
        let entry = AuditEntry::after(head, event(&acme(), user, ms), &keys);
        head = entry.head();
        entry
    };
    (0..count).map(entry).collect()
}

/// An entry with every part filled.
pub fn entry() -> AuditEntry {
    AuditEntry::after(AuditHead { number: 299, hash: [5; 32] }, event(&acme(), Some(&ana()), 0), &keys_of(&acme()))
}

/// An entry of which nothing is left that names a person.
pub fn bare_entry() -> AuditEntry {
    let event = AuditEvent { actor: Actor::Cli, detail: None, ..event(&acme(), None, 0) };
    AuditEntry::after(AuditHead::default(), event, &keys_of(&acme()))
}
