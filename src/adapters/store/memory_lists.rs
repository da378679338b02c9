//! What the store in memory keeps of mailboxes that get no more mail, and of what is counted.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        ids::{MailboxKey, TenantId},
        suppression::{Cause, Suppression},
        time::Timestamp,
    },
    ports::Count,
};

/// Mailboxes that get no more mail, and counters with the time when they expire.
#[derive(Debug, Default)]
pub struct Lists {
    suppressed: BTreeMap<(TenantId, MailboxKey), Suppression>,
    counters: HashMap<[u8; 16], (u64, Timestamp)>,
}

impl Lists {
    /// Puts a mailbox on the list; whether it was not there.
    pub fn suppress(&mut self, tenant: &TenantId, mailbox: MailboxKey, why: Suppression) -> bool {
        let name = (tenant.clone(), mailbox);
        let is_new = !self.suppressed.contains_key(&name);
        self.suppressed.entry(name).or_insert(why);
        is_new
    }

    /// Which mailboxes are on the list.
    #[must_use]
    pub fn suppressions(&self, asked: &[(TenantId, MailboxKey)]) -> Vec<Option<Suppression>> {
        asked.iter().map(|it| self.suppressed.get(it).copied()).collect()
    }

    /// Takes a mailbox off the list; whether it was there.
    pub fn lift(&mut self, tenant: &TenantId, mailbox: MailboxKey) -> bool {
        self.suppressed.remove(&(tenant.clone(), mailbox)).is_some()
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

    /// Forgets counters that have expired.
    pub fn forget_expired(&mut self, now: Timestamp) {
        self.counters.retain(|_, (_, expires_at)| *expires_at > now);
    }
}
