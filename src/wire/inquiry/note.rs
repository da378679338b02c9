//! Notes and verdicts on logins as callers write and read them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        privacy::note::{Note, Verdict, checked_text},
    },
    wire::{examples, time},
};

/// A note to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::person::note_request)]
pub struct NoteRequest {
    /// 1 to 4096 bytes; no control characters but new lines and tabs.
    #[schema(required = true, value_type = String, max_length = 4096)]
    text: Option<String>,
}

impl NoteRequest {
    /// What is to be written.
    ///
    /// # Errors
    /// It is missing, too long, or holds control characters.
    pub fn into_text(self) -> Result<String, Invalid> {
        let text = self.text.ok_or_else(|| Invalid::new("text", "is required"))?;
        checked_text(&text).map_err(|problem| Invalid::new("text", problem))?;
        Ok(text)
    }
}

/// A verdict to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::person::verdict_request)]
pub struct VerdictRequest {
    /// `safe`, `compromised` or `unsure`.
    #[schema(required = true, value_type = String)]
    verdict: Option<String>,
    /// Why: at most 4096 bytes; no control characters but new lines and tabs.
    #[schema(max_length = 4096)]
    reason: Option<String>,
}

impl VerdictRequest {
    /// The verdict, and its reason, which may be empty.
    ///
    /// # Errors
    /// The verdict is missing or is none, or the reason is too long or holds control characters.
    pub fn into_verdict(self) -> Result<(Verdict, String), Invalid> {
        let verdict = self.verdict.ok_or_else(|| Invalid::new("verdict", "is required"))?;
        let verdict = Verdict::parse(&verdict)
            .ok_or_else(|| Invalid::new("verdict", "must be `safe`, `compromised` or `unsure`"))?;
        let reason = self.reason.unwrap_or_default();
        if !reason.trim().is_empty() {
            checked_text(&reason).map_err(|problem| Invalid::new("reason", problem))?;
        }
        Ok((verdict, reason.trim().to_owned()))
    }
}

/// A note or a verdict on a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::note)]
pub struct NoteBody {
    /// Identifies the note: `nte_…`.
    #[schema(example = "nte_01M88BR29V3HMEG27S69NTFQE2")]
    id: String,
    /// The login.
    login: String,
    /// What was decided: `safe`, `compromised` or `unsure`; null for a note that decides nothing.
    #[schema(required = true)]
    verdict: Option<&'static str>,
    /// What was written: the note, or the reason of the verdict, which may be empty.
    text: String,
    /// Who wrote it: the public part of an API key.
    author: String,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
}

impl NoteBody {
    /// A note as it is shown.
    #[must_use]
    pub fn new(note: &Note) -> Self {
        Self {
            id: note.id.to_string(),
            login: note.login.to_string(),
            verdict: note.verdict.map(Verdict::as_str),
            text: note.text.clone(),
            author: note.author.clone(),
            created_at: time::to_text(note.created_at),
        }
    }
}

/// A verdict that was given, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::verdict_given)]
pub struct VerdictGiven {
    /// The verdict.
    #[serde(flatten)]
    verdict: NoteBody,
    /// Whether the login's device is denied by it: after `compromised`, if the user still has it.
    device_denied: bool,
}

impl VerdictGiven {
    /// A verdict as it is answered.
    #[must_use]
    pub fn new(verdict: &Note, device_denied: bool) -> Self {
        Self { verdict: NoteBody::new(verdict), device_denied }
    }
}

/// The notes and verdicts on a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::notes)]
pub struct NoteList {
    /// The notes and verdicts, the earliest first.
    pub data: Vec<NoteBody>,
}
