//! What the store in memory keeps of mailboxes that get no more mail, of what is counted, and of sessions.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        alert::suppression::{Cause, Suppression},
        history::session::Session,
        ids::{EmailKey, TenantId},
        time::Timestamp,
    },
    ports::{Count, SessionChange},
};

/// Suppressions that get no more mail, and counters with the time when they expire.
#[derive(Debug, Default)]
pub struct Lists {
    suppressed: BTreeMap<(TenantId, EmailKey), Suppression>,
    counters: HashMap<[u8; 16], (u64, Timestamp)>,
    sessions: HashMap<[u8; 16], (u64, Session, Timestamp)>,
}

impl Lists {
    /// Puts a mailbox on the list; whether it was not there.
    pub fn suppress(&mut self, tenant: &TenantId, email: EmailKey, why: Suppression) -> bool {
        let name = (tenant.clone(), email);
        let is_new = !self.suppressed.contains_key(&name);
        self.suppressed.entry(name).or_insert(why);
        is_new
    }

    /// Which mailboxes are on the list.
    #[must_use]
    pub fn suppressions(&self, asked: &[(TenantId, EmailKey)]) -> Vec<Option<Suppression>> {
        asked.iter().map(|it| self.suppressed.get(it).copied()).collect()
    }

    /// Takes a mailbox off the list; whether it was there.
    pub fn lift(&mut self, tenant: &TenantId, email: EmailKey) -> bool {
        self.suppressed.remove(&(tenant.clone(), email)).is_some()
    }

    /// How many of a tenant's mailboxes are on the list.
    #[must_use]
    pub fn count_suppressions(&self, tenant: &TenantId) -> Vec<(Cause, u64)> {
        let of = |cause| self.suppressed.iter().filter(|((it, _), why)| it == tenant && why.cause == cause).count();
        Cause::ALL.map(|cause| (cause, of(cause) as u64)).to_vec()
    }

    /// Adds to counters.
    pub fn count(&mut self, counts: &[Count], now: Timestamp) -> Vec<u64> {
        let mut one = |it: &Count| {
            let (value, expires_at) = self.counters.get(&it.key).copied().unwrap_or_default();
            let (value, expires_at) = if expires_at > now { (value, expires_at) } else { (0, it.expires_at) };
            let value = value.saturating_add(it.add);
            if it.add > 0 {
                self.counters.insert(it.key, (value, expires_at));
            }
            value
        };
        counts.iter().map(&mut one).collect()
    }

    /// A session and its version.
    #[must_use]
    pub fn session(&self, key: [u8; 16]) -> Option<(u64, Session)> {
        self.sessions.get(&key).map(|(version, session, _)| (*version, session.clone()))
    }

    /// Replaces the session of this version, or adds it; whether it was of this version.
    pub fn put_session(&mut self, key: [u8; 16], change: SessionChange<'_>) -> bool {
        let SessionChange { version, session, now, life_ms } = change;
        let is_latest = self.sessions.get(&key).map_or(0, |it| it.0) == version;
        if is_latest {
            self.sessions.insert(key, (version + 1, session.clone(), now.plus_ms(life_ms)));
        }
        is_latest
    }

    /// Forgets counters and sessions that have expired.
    pub fn forget_expired(&mut self, now: Timestamp) {
        self.sessions.retain(|_, (_, _, expires_at)| *expires_at > now);
        self.counters.retain(|_, (_, expires_at)| *expires_at > now);
    }
}
