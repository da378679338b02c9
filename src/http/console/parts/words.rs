//! What the audit's actions and subjects are called on pages, in a few words.

use crate::domain::privacy::audit::{Action, SubjectKind};

/// What was done.
#[must_use]
pub const fn of_action(action: Action) -> &'static str {
    match action {
        Action::Read => "looked at a person",
        Action::Search => "searched or listed persons",
        Action::Export => "exported a person's data",
        Action::Rectify => "corrected a person's data",
        Action::Erase => "erased a person",
        Action::Processing => "changed how a person is processed",
        Action::Request => "handled a person's request",
        Action::Note => "wrote a note",
        Action::Verdict => "gave a verdict",
        Action::Confirm => "confirmed a device",
        Action::Deny => "denied a device",
        Action::Forget => "deleted a device",
        Action::Resend => "sent an alert again",
        Action::Lift => "lifted a suppression",
        Action::Policy => "changed the policy",
        Action::CreateKey => "created an API key",
        Action::RevokeKey => "revoked an API key",
        Action::Webhook => "changed a webhook",
        Action::Settings => "changed settings",
        Action::Trim => "trimmed the history",
        Action::ReadAudit => "read the audit",
        Action::Breach => "listed those affected by a breach",
        Action::RemoveTenant => "removed a tenant",
        Action::ReadPolicy => "read the policy",
        Action::Seal => "sealed old records",
        Action::InviteOperator => "invited an operator",
        Action::RevokeOperator => "revoked an operator",
        Action::ReadOperators => "read who the operators are",
        Action::JoinOperator => "took up an invitation",
        Action::SignIn => "signed in",
        Action::SignOut => "signed out",
    }
}

/// What kind of thing it was done to.
#[must_use]
pub const fn of_kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "user",
        SubjectKind::Login => "login",
        SubjectKind::Alert => "alert",
        SubjectKind::Device => "device",
        SubjectKind::Address => "address",
        SubjectKind::Webhook => "webhook",
        SubjectKind::ApiKey => "API key",
        SubjectKind::Request => "request",
        SubjectKind::Note => "note",
        SubjectKind::Receipt => "receipt",
        SubjectKind::Operator => "operator",
    }
}
