//! The audit. The detail of an entry, which names a person, is sealed with the key of that person, and so can no longer be
//! read when they are forgotten. Where nothing is kept of the person, and where an entry is about nobody, it is sealed
//! with a key of the tenant.

use std::collections::HashMap;

use async_trait::async_trait;

use crate::{
    adapters::store::{
        backend::{AuditBytes, AuditRow, Entry, SaltBytes},
        coded::{sealing::layout, store::Coded},
        name::Name,
        record::{
            bytes::Malformed,
            privacy::audit::{self, StoredDetail, StoredEntry},
        },
    },
    domain::{
        ids::{TenantId, UserKey},
        keyring::TenantKeys,
        privacy::{
            audit::AuditEvent,
            chain::{AuditBase, AuditEntry, AuditHead, sealed_detail_hash},
        },
        salt::{Salt, SealingKey},
    },
    ports::{Appended, AuditEnds, AuditFound, AuditPage, AuditStore, Unavailable},
};

/// Who can open a detail, as its first byte says.
const THE_TENANT: u8 = 0;
const THE_PERSON: u8 = 1;

/// Salts of persons, by the hashes of their ids.
type Salts = HashMap<[u8; 16], Salt>;

#[async_trait]
impl<Backend: AuditBytes + SaltBytes> AuditStore for Coded<Backend> {
    async fn append_audit(
        &self,
        keys: &TenantKeys,
        head: AuditHead,
        events: &[AuditEvent],
    ) -> Result<Appended, Unavailable> {
        let users: Vec<UserKey> = events.iter().filter_map(|it| it.user).collect();
        // One that is remembered may be destroyed by now. Its person was forgotten then, and nobody has to read this again.
        let salts = self.salts_of(&users, true).await?;
        let ours = self.sealer.keys(keys.tenant());
        let mut newest = head;
        let row = |event: &AuditEvent| {
            let detail = seal_detail(&ours, newest.next_number(), event, &salts);
            let entry = AuditEntry::after(newest, event.clone(), &detail, keys);
            newest = entry.head();
            let record = [audit::encode(entry.number, event, &entry.hash), detail].concat();
            AuditRow { number: entry.number, user: event.user.map(|it| it.hash), hash: entry.hash, record }
        };
        let rows = events.iter().map(row).collect();
        self.backend.append_audit(keys.tenant(), head, rows).await
    }

    async fn audit_page(&self, page: AuditPage<'_>) -> Result<Vec<AuditFound>, Unavailable> {
        let stored = self.backend.audit_page(page).await?;
        self.found(page.tenant, &stored).await
    }

    async fn audit_after(&self, tenant: &TenantId, after: u64, limit: usize) -> Result<Vec<AuditFound>, Unavailable> {
        let stored = self.backend.audit_after(tenant, after, limit).await?;
        self.found(tenant, &stored).await
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

impl<Backend: SaltBytes> Coded<Backend> {
    async fn found(&self, tenant: &TenantId, stored: &[Entry<u64>]) -> Result<Vec<AuditFound>, Unavailable> {
        let keys = self.sealer.keys(tenant);
        let decoded: Vec<_> = stored.iter().map(|it| audit::decode(&it.record)).collect();
        let users: Vec<UserKey> = decoded.iter().flatten().filter_map(|it| it.event.user).collect();
        // A person who was forgotten by another process, and has logged in since, is told by the salt that is kept now.
        let salts = self.salts_of(&users, false).await?;
        let read = |(number, entry): (u64, Result<StoredEntry<'_>, Malformed>)| {
            let opened = entry.and_then(|it| open(&keys, number, it, &salts));
            AuditFound { number, entry: self.noted(Name::Audit(tenant, number), opened).ok() }
        };
        Ok(stored.iter().map(|it| it.id).zip(decoded).map(read).collect())
    }
}

/// A detail as it is stored: who can open it, and the sealed bytes.
fn seal_detail(keys: &TenantKeys, number: u64, event: &AuditEvent, salts: &Salts) -> Vec<u8> {
    let Some(detail) = &event.detail else { return Vec::new() };
    let person = event.user.and_then(|it| Some(keys.person(&it, *salts.get(&it.hash)?)));
    let (who, key, detail) = match (person, event.user) {
        (Some(key), _) => (THE_PERSON, key, detail.clone()),
        (None, Some(_)) => (THE_TENANT, keys.tenant_seal(), detail.clone().without_the_person()),
        (None, None) => (THE_TENANT, keys.tenant_seal(), detail.clone()),
    };
    [&[who], &layout::seal_part(&key, &place(number), &audit::encode_detail(&detail))[..]].concat()
}

/// Opens an entry. One whose person was forgotten has no detail any more.
fn open(keys: &TenantKeys, place_number: u64, stored: StoredEntry<'_>, salts: &Salts) -> Result<AuditEntry, Malformed> {
    let StoredEntry { number, mut event, hash, detail } = stored;
    let opened = |key: &SealingKey, sealed: &[u8]| {
        let opened = layout::open_part(key, &place(place_number), sealed).map_err(|_| Malformed::Sealed)?;
        audit::decode_detail(&opened)
    };
    let detail_hash = match detail {
        StoredDetail::HashedBefore(detail_hash, sealed) => {
            // Its hash does not tell whether the sealed bytes were changed: that they open does.
            event.detail = Some(opened(&keys.tenant_seal(), sealed)?);
            detail_hash
        }
        StoredDetail::Hashed(bytes) => {
            // What does not open is of somebody who was forgotten, or the hash shows that it was changed.
            event.detail = match bytes.split_first() {
                Some((&THE_TENANT, sealed)) => opened(&keys.tenant_seal(), sealed).ok(),
                Some((&THE_PERSON, sealed)) => {
                    let salt = event.user.and_then(|it| Some((it, *salts.get(&it.hash)?)));
                    salt.and_then(|(user, salt)| opened(&keys.person(&user, salt), sealed).ok())
                }
                _ => None,
            };
            sealed_detail_hash(bytes)
        }
    };
    Ok(AuditEntry { number, event, detail_hash, hash })
}

/// What the sealed part of an entry is bound to, beside the key.
fn place(number: u64) -> Vec<u8> {
    [&b"audit\0"[..], &number.to_be_bytes()].concat()
}
