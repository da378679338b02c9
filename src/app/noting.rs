//! Notes in the audit what is done on the command line.

use std::collections::BTreeSet;

use crate::{
    app::{compose::Foundation, fault::Fault},
    domain::{
        ids::TenantId,
        privacy::audit::{Action, Subject, SubjectKind},
    },
    service::privacy::audit::Deed,
};

/// Notes that somebody has done this on the command line.
///
/// # Errors
/// When the store does not answer.
pub async fn note(
    foundation: &Foundation,
    tenant: &TenantId,
    action: Action,
    subject: Option<Subject>,
) -> Result<(), Fault> {
    Ok(foundation.audit().note(tenant, Deed::on_command_line(action, subject)).await?)
}

/// Notes in the audit of every tenant, as far as keys and the audit tell which there are, what concerns all of them.
///
/// # Errors
/// When the store does not answer.
pub async fn note_for_all(foundation: &Foundation, action: Action) -> Result<(), Fault> {
    let of_keys = foundation.api_keys().list().await?.into_iter().map(|it| it.tenant);
    let tenants: BTreeSet<TenantId> = of_keys.chain(foundation.audit().tenants().await?).collect();
    for tenant in &tenants {
        note(foundation, tenant, action, None).await?;
    }
    Ok(())
}

/// An e-mail address as the audit names it: by its keyed hash.
#[must_use]
pub fn address(foundation: &Foundation, tenant: &TenantId, email: &str) -> Option<Subject> {
    let hash = data_encoding::HEXLOWER.encode(&foundation.keyring.tenant(tenant).email(email).0);
    Some(Subject::thing(SubjectKind::Address, &hash))
}
