//! Changes of tallies that are stored together with what causes them.

use std::collections::{BTreeMap, btree_map};

use crate::{
    adapters::store::record::clear::{facets, tally::Delta},
    domain::{
        ids::{LoginId, TenantId},
        search::tallies::Quarter,
    },
};

/// Changes of tallies that belong to one transaction.
#[derive(Clone, Debug, Default)]
pub struct TallyChanges(BTreeMap<(TenantId, Quarter), TallyChange>);

/// How the tally of a tenant's quarter hour changes.
#[derive(Clone, Debug, Default)]
pub struct TallyChange {
    /// Whether what was counted before is dropped.
    pub begins_anew: bool,
    /// What is added, and taken away.
    pub delta: Delta,
}

impl TallyChanges {
    /// A login is stored, with these facets.
    pub fn come(&mut self, tenant: &TenantId, id: LoginId, facets: &[u8]) {
        self.count(tenant, id, facets, 1);
    }

    /// A login is deleted that has these facets. What has none was not counted.
    pub fn go(&mut self, tenant: &TenantId, id: LoginId, facets: &[u8]) {
        self.count(tenant, id, facets, -1);
    }

    /// A quarter hour is counted anew.
    pub fn begin_anew(&mut self, tenant: &TenantId, quarter: Quarter) {
        self.0.insert((tenant.clone(), quarter), TallyChange { begins_anew: true, delta: Delta::default() });
    }

    /// The same, unless it was begun anew already.
    pub fn begin_anew_unless_begun(&mut self, tenant: &TenantId, quarter: Quarter) {
        let begun = TallyChange { begins_anew: true, delta: Delta::default() };
        self.0.entry((tenant.clone(), quarter)).or_insert(begun);
    }

    /// Whose quarter hours change.
    pub fn places(&self) -> impl Iterator<Item = &(TenantId, Quarter)> {
        self.0.keys()
    }

    fn count(&mut self, tenant: &TenantId, id: LoginId, bytes: &[u8], sign: i64) {
        if let Ok(facets) = facets::decode(bytes) {
            let change = self.0.entry((tenant.clone(), Quarter::of(id.time()))).or_default();
            change.delta.add(&facets, sign);
        }
    }

    /// Adds what changes after these.
    pub fn then(&mut self, later: Self) {
        for (place, change) in later {
            match self.0.entry(place) {
                btree_map::Entry::Occupied(mut it) if !change.begins_anew => it.get_mut().delta.merge(change.delta),
                it => {
                    it.insert_entry(change);
                }
            }
        }
    }
}

impl IntoIterator for TallyChanges {
    type Item = ((TenantId, Quarter), TallyChange);
    type IntoIter = btree_map::IntoIter<(TenantId, Quarter), TallyChange>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
