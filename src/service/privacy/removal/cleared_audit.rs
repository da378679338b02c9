//! The audit of a tenant that is removed. Its entries say who has read what about whom, so they go with the people. One stays: that
//! the tenant was removed. The chain begins with it, and can be verified.

use crate::{
    domain::{
        ids::{ReceiptId, TenantId},
        keyring::TenantKeys,
        privacy::{
            audit::{Action, Subject, SubjectKind},
            chain::AuditBase,
        },
    },
    ports::{AuditFound, AuditPage, AuditStore, Unavailable},
    service::privacy::audit::{Audit, Deed},
};

/// How many entries are read, and deleted, at once.
const STEP: usize = 1_000;
/// Among how many of the newest entries that of the removal is looked for.
const NEWEST: usize = 100;

/// Notes that a tenant was removed, unless that is noted, and deletes all entries from before.
///
/// # Errors
/// When the store does not answer. It is safe to call this again.
pub async fn clear(
    store: &dyn AuditStore,
    audit: &Audit,
    keys: &TenantKeys,
    receipt: ReceiptId,
) -> Result<(), Unavailable> {
    let tenant = keys.tenant();
    if noted_as(store, tenant, receipt).await?.is_none() {
        let subject = Subject::thing(SubjectKind::Receipt, &receipt);
        audit.note(tenant, Deed::on_command_line(Action::RemoveTenant, Some(subject))).await?;
    }
    let missing = || Unavailable("the entry of the removal is not in the audit".to_owned());
    let noted = noted_as(store, tenant, receipt).await?.ok_or_else(missing)?;
    loop {
        let begins = store.audit_ends(tenant).await?.base.map_or(0, |it| it.last.number);
        let oldest = store.audit_after(tenant, begins, STEP).await?;
        // One that cannot be read goes with those behind it.
        let mut before = oldest.into_iter().filter(|it| it.number < noted).filter_map(|it| it.entry);
        let Some(last) = before.next_back() else { return Ok(()) };
        store.forget_audit(tenant, &AuditBase::new(keys, last.head())).await?;
    }
}

/// The number of the entry that says that the tenant was removed with this receipt.
async fn noted_as(store: &dyn AuditStore, tenant: &TenantId, receipt: ReceiptId) -> Result<Option<u64>, Unavailable> {
    let newest = store.audit_page(AuditPage { tenant, user: None, before: None, limit: NEWEST }).await?;
    let id = receipt.to_string();
    let is_it = |it: &AuditFound| {
        let event = it.entry.as_ref().map(|it| &it.event).filter(|it| it.action == Action::RemoveTenant);
        event.and_then(|it| it.detail.as_ref()).is_some_and(|it| it.id.as_ref() == Some(&id))
    };
    Ok(newest.iter().find(|it| is_it(it)).map(|it| it.number))
}
