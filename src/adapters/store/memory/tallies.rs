//! Tallies, in memory: they change with the logins.

use std::ops::RangeInclusive;

use crate::{
    adapters::store::{
        backend::{Reply, TallyBytes},
        memory::store::{Memory, StoredLogin, Tables},
        record::clear::tally::changed,
        tallying::{TallyChange, TallyChanges},
    },
    domain::{
        ids::{LoginId, TenantId},
        search::tallies::Quarter,
    },
};

impl TallyBytes for Memory {
    async fn is_counted(&self) -> Reply<bool> {
        Ok(true)
    }

    async fn put_counted(&self) -> Reply<()> {
        Ok(())
    }

    async fn tallies(
        &self,
        tenant: &TenantId,
        quarters: RangeInclusive<Quarter>,
        limit: usize,
    ) -> Reply<Vec<(Quarter, Vec<u8>)>> {
        let tables = self.tables();
        if quarters.is_empty() {
            return Ok(Vec::new());
        }
        let (first, last) = quarters.into_inner();
        let found = tables.tallies.range((tenant.clone(), first)..=(tenant.clone(), last)).rev();
        Ok(found.take(limit).map(|((_, quarter), counts)| (*quarter, counts.clone())).collect())
    }

    async fn next_quarter(&self, tenant: Option<&TenantId>, from: Quarter) -> Reply<Option<(TenantId, Quarter)>> {
        let tables = self.tables();
        let place = |(id, login): (&LoginId, &StoredLogin)| (login.tenant.clone(), Quarter::of(id.time()));
        Ok(tables.logins.iter().map(place).filter(|(of, quarter)| (Some(of), *quarter) >= (tenant, from)).min())
    }

    async fn put_facets(&self, _: &TenantId, facets: Vec<(LoginId, Vec<u8>)>) -> Reply<()> {
        let mut tables = self.tables();
        for (id, bytes) in facets {
            if let Some(login) = tables.logins.get_mut(&id).filter(|it| it.facets.is_empty()) {
                login.facets = bytes;
            }
        }
        Ok(())
    }

    async fn recount(&self, tenant: &TenantId, quarters: RangeInclusive<Quarter>) -> Reply<u64> {
        let mut tables = self.tables();
        tables.tallies.retain(|(of, quarter), _| of != tenant || !quarters.contains(quarter));
        let mut changes = TallyChanges::default();
        let is_counted =
            |it: &(&LoginId, &StoredLogin)| it.1.tenant == *tenant && quarters.contains(&Quarter::of(it.0.time()));
        let mut counted = 0;
        for (id, login) in tables.logins.iter().filter(is_counted) {
            changes.come(tenant, *id, &login.facets);
            counted += 1;
        }
        tables.count(changes);
        Ok(counted)
    }
}

impl Tables {
    /// Changes tallies. They are always readable here.
    pub fn count(&mut self, changes: TallyChanges) {
        for (place, TallyChange { delta, .. }) in changes {
            let stored = self.tallies.remove(&place).unwrap_or_default();
            if let Ok(Some(next)) = changed(&stored, &delta) {
                self.tallies.insert(place, next);
            }
        }
    }

    /// Deletes a login, from its indexes and the tallies too. Returns whether there was one.
    pub fn forget_login(&mut self, id: LoginId) -> bool {
        self.brief_logins.remove(&id);
        let Some(login) = self.logins.remove(&id) else { return false };
        for name in login.indexes {
            self.index.remove(&(name, id));
        }
        let mut changes = TallyChanges::default();
        changes.go(&login.tenant, id, &login.facets);
        self.count(changes);
        true
    }
}
