//! The audit, in memory.

use crate::{
    adapters::store::{
        backend::{AuditBytes, AuditEndsRow, AuditRow, Entry, Reply},
        memory::store::Memory,
    },
    domain::{ids::TenantId, privacy::chain::AuditHead},
    ports::{Appended, AuditPage},
};

fn entry((number, row): (&u64, &AuditRow)) -> Entry<u64> {
    Entry { id: *number, record: row.record.clone() }
}

impl AuditBytes for Memory {
    async fn append_audit(&self, tenant: &TenantId, head: AuditHead, rows: Vec<AuditRow>) -> Reply<Appended> {
        let mut tables = self.tables();
        let chain = tables.audits.entry(tenant.clone()).or_default();
        if chain.ends.head != head {
            return Ok(Appended::Behind(chain.ends.head));
        }
        for row in rows {
            chain.ends.head = row.head();
            chain.rows.insert(row.number, row);
        }
        Ok(Appended::Stored(chain.ends.head))
    }

    async fn audit_page(&self, page: AuditPage<'_>) -> Reply<Vec<Entry<u64>>> {
        let tables = self.tables();
        let Some(chain) = tables.audits.get(page.tenant) else { return Ok(Vec::new()) };
        let of = page.user.map(|it| it.hash);
        let rows = chain.rows.range(..page.before.unwrap_or(u64::MAX)).rev();
        Ok(rows.filter(|(_, row)| of.is_none() || row.user == of).take(page.limit).map(entry).collect())
    }

    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Reply<Vec<Entry<u64>>> {
        let tables = self.tables();
        let Some(chain) = tables.audits.get(tenant) else { return Ok(Vec::new()) };
        Ok(chain.rows.range(after.saturating_add(1)..).take(limit).map(entry).collect())
    }

    async fn audit_ends(&self, tenant: &TenantId) -> Reply<AuditEndsRow> {
        Ok(self.tables().audits.get(tenant).map(|it| it.ends.clone()).unwrap_or_default())
    }

    async fn audited_tenants(&self) -> Reply<Vec<TenantId>> {
        Ok(self.tables().audits.keys().cloned().collect())
    }

    async fn forget_audit(&self, tenant: &TenantId, number: u64, base: Vec<u8>) -> Reply<()> {
        let mut tables = self.tables();
        if let Some(chain) = tables.audits.get_mut(tenant).filter(|it| it.base_number < number) {
            chain.rows = chain.rows.split_off(&number.saturating_add(1));
            chain.ends.base = Some(base);
            chain.base_number = number;
        }
        Ok(())
    }
}
