//! Notes in the audit what is done on the command line.

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

/// An e-mail address as the audit names it: by its keyed hash.
#[must_use]
pub fn address(foundation: &Foundation, tenant: &TenantId, email: &str) -> Option<Subject> {
    let hash = data_encoding::HEXLOWER.encode(&foundation.keyring.tenant(tenant).email(email).0);
    Some(Subject::thing(SubjectKind::Address, &hash))
}
