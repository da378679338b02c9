//! What the store in memory keeps of policies.

use std::collections::HashMap;

use crate::{
    adapters::store::record::{bytes::Malformed, policy},
    domain::{
        ids::TenantId,
        policy::{change::PolicyChange, policy::PolicyVersion},
        time::Timestamp,
    },
    ports::RecordKind,
};

/// What tenants want to be different, and policies with the time when they judged last.
#[derive(Debug, Default)]
pub struct PolicyTables {
    changes: HashMap<TenantId, (u64, Vec<u8>)>,
    kept: HashMap<(TenantId, PolicyVersion), (Vec<u8>, Timestamp)>,
}

impl PolicyTables {
    /// What a tenant wants, and how often that was written.
    ///
    /// # Errors
    /// The record cannot be read.
    pub fn change(&self, tenant: &TenantId) -> Result<(u64, PolicyChange), Malformed> {
        match self.changes.get(tenant) {
            Some((times, record)) => Ok((*times, policy::decode(record)?)),
            None => Ok((0, PolicyChange::default())),
        }
    }

    /// Replaces what was written so many times; whether it was.
    pub fn put_change(&mut self, tenant: &TenantId, times: u64, change: &PolicyChange) -> bool {
        let is_latest = self.changes.get(tenant).map_or(0, |it| it.0) == times;
        if is_latest {
            self.changes.insert(tenant.clone(), (times + 1, policy::encode(change)));
        }
        is_latest
    }

    /// Keeps a policy that judged at `now`.
    pub fn keep(&mut self, tenant: &TenantId, version: PolicyVersion, whole: &PolicyChange, now: Timestamp) {
        let kept = self.kept.entry((tenant.clone(), version)).or_insert_with(|| (policy::encode(whole), now));
        kept.1 = kept.1.max(now);
    }

    /// A policy that was kept.
    ///
    /// # Errors
    /// The record cannot be read.
    pub fn kept(&self, tenant: &TenantId, version: PolicyVersion) -> Result<Option<PolicyChange>, Malformed> {
        self.kept.get(&(tenant.clone(), version)).map(|(record, _)| policy::decode(record)).transpose()
    }

    /// Every record, by name.
    pub fn records(&self) -> impl Iterator<Item = (RecordKind, String, &[u8])> {
        let changes = self.changes.iter().map(|(tenant, (_, it))| (tenant.as_str().to_owned(), &it[..]));
        let kept =
            self.kept.iter().map(|((tenant, version), (it, _))| (format!("{} {version}", tenant.as_str()), &it[..]));
        changes.chain(kept).map(|(id, it)| (RecordKind::Policy, id, it))
    }

    /// Forgets policies that judged last before `cutoff`.
    pub fn forget_before(&mut self, cutoff: Timestamp) {
        self.kept.retain(|_, (_, used_at)| *used_at >= cutoff);
    }
}
