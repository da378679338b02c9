//! The audit, as callers read it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        ids::UserId,
        privacy::{
            audit::{AuditEvent, SubjectKind},
            chain::AuditEntry,
        },
    },
    wire::{examples, time},
};

/// A page of the audit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::privacy::audit)]
pub struct AuditListBody {
    /// The entries, the newest first.
    pub data: Vec<AuditEntryBody>,
    /// The `cursor` of the next page; null if this is the last one. A page may have fewer entries than asked for and be
    /// followed by another one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// What somebody read or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryBody {
    /// Counts the tenant's entries, from 1 on without a gap.
    number: u64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who: `key:` and the public part of an API key, `operator:` and a name, `cli` or `system`.
    actor: String,
    /// What: see the list of actions.
    action: &'static str,
    /// What came of it: `done`, `nothing_found` or `refused`.
    outcome: &'static str,
    /// To whom or what; null if it was no single thing.
    #[schema(required = true)]
    subject: Option<AuditSubjectBody>,
    /// What was asked of a list: the query of the request.
    #[schema(required = true)]
    query: Option<String>,
    /// What for, as the caller said in `X-Purpose`.
    #[schema(required = true)]
    purpose: Option<String>,
    /// The hash that chains this entry to the one before it, 64 hexadecimal digits.
    hash: String,
}

/// To whom or what it was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditSubjectBody {
    /// `user`, `login`, `alert`, `device`, `address`, `webhook`, `api_key`, `request`, `note` or `receipt`.
    kind: &'static str,
    /// Its id; null for a user, and for what has been erased since.
    #[schema(required = true)]
    id: Option<String>,
    /// Whose it is; null if it belongs to no user, or the user has been erased since.
    #[schema(required = true)]
    user_id: Option<String>,
}

impl AuditEntryBody {
    /// The entry as it travels.
    #[must_use]
    pub fn new(entry: &AuditEntry) -> Self {
        let AuditEvent { at, actor, action, outcome, kind, detail, .. } = &entry.event;
        let detail = detail.clone().unwrap_or_default();
        let subject = |kind: SubjectKind| AuditSubjectBody {
            kind: kind.as_str(),
            id: detail.id.clone(),
            user_id: detail.user.as_ref().map(UserId::as_str).map(str::to_owned),
        };
        Self {
            number: entry.number,
            at: time::to_text(*at),
            actor: actor.to_string(),
            action: action.as_str(),
            outcome: outcome.as_str(),
            subject: kind.map(subject),
            query: detail.query.clone(),
            purpose: detail.purpose.clone(),
            hash: data_encoding::HEXLOWER.encode(&entry.hash),
        }
    }
}
