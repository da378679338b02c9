//! The audit.

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AuditBytes, AuditRow, Entry},
        coded::{sealing::layout, store::Coded},
        name::Name,
        record::{bytes::Malformed, privacy::audit},
    },
    domain::{
        ids::TenantId,
        privacy::{
            audit::AuditDetail,
            chain::{AuditBase, AuditEntry, AuditHead},
        },
        salt::SealingKey,
    },
    ports::{Appended, AuditEnds, AuditFound, AuditPage, AuditStore, Unavailable},
};

#[async_trait]
impl<Backend: AuditBytes> AuditStore for Coded<Backend> {
    async fn append_audit(
        &self,
        tenant: &TenantId,
        head: AuditHead,
        entries: &[AuditEntry],
    ) -> Result<Appended, Unavailable> {
        let row = |entry: &AuditEntry| AuditRow {
            number: entry.number,
            user: entry.event.user.map(|it| it.hash),
            hash: entry.hash,
            record: self.seal_detail(entry),
        };
        self.backend.append_audit(tenant, head, entries.iter().map(row).collect()).await
    }

    async fn audit_page(&self, page: AuditPage<'_>) -> Result<Vec<AuditFound>, Unavailable> {
        let stored = self.backend.audit_page(page).await?;
        Ok(self.found(page.tenant, &stored))
    }

    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<AuditFound>, Unavailable> {
        let stored = self.backend.audit_after(tenant, after, limit).await?;
        Ok(self.found(tenant, &stored))
    }

    async fn audit_ends(&self, tenant: &TenantId) -> Result<AuditEnds, Unavailable> {
        let ends = self.backend.audit_ends(tenant).await?;
        Ok(AuditEnds { head: ends.head, base: ends.base.as_deref().map(audit::decode_base).transpose()? })
    }

    async fn audited_tenants(&self) -> Result<Vec<TenantId>, Unavailable> {
        let mut tenants = self.backend.audited_tenants().await?;
        tenants.sort_unstable();
        Ok(tenants)
    }

    async fn forget_audit(&self, tenant: &TenantId, base: &AuditBase) -> Result<(), Unavailable> {
        self.backend.forget_audit(tenant, base.last.number, audit::encode_base(base)).await
    }
}

impl<Backend> Coded<Backend> {
    /// Seals what names a person with a key of the tenant, and leaves the rest in the clear.
    fn seal_detail(&self, entry: &AuditEntry) -> Vec<u8> {
        let record = audit::encode(entry);
        let Some(detail) = audit::decode_clear(&record).ok().map(|(_, it)| it).filter(|it| !it.is_empty()) else {
            return record;
        };
        let sealed = layout::seal_part(&self.audit_key(&entry.event.tenant), &place(entry.number), detail);
        [&record[..record.len() - detail.len()], &sealed].concat()
    }

    fn open_detail(&self, tenant: &TenantId, number: u64, record: &[u8]) -> Result<AuditEntry, Malformed> {
        let (mut entry, detail) = audit::decode_clear(record)?;
        if !layout::is_sealed(detail) {
            return audit::decode(record);
        }
        let opened = layout::open_part(&self.audit_key(tenant), &place(number), detail);
        // Another detail than the entry was written with, so that whoever verifies the chain finds it changed.
        let read = opened.map_or_else(|_| Ok(AuditDetail::default()), |it| audit::decode_detail(&it))?;
        entry.event.detail = Some(read);
        Ok(entry)
    }

    fn audit_key(&self, tenant: &TenantId) -> SealingKey {
        self.sealer.keys(tenant).tenant_seal()
    }

    fn found(&self, tenant: &TenantId, stored: &[Entry<u64>]) -> Vec<AuditFound> {
        let read = |Entry { id, record }: &Entry<u64>| AuditFound {
            number: *id,
            entry: self.read(Name::Audit(tenant, *id), record, |it| self.open_detail(tenant, *id, it)).ok(),
        };
        stored.iter().map(read).collect()
    }
}

/// What the sealed part of an entry is bound to, beside the tenant, whose key it is sealed with.
fn place(number: u64) -> Vec<u8> {
    [&b"audit\0"[..], &number.to_be_bytes()].concat()
}
