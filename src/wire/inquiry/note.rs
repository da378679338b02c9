//! Notes and verdicts on logins as callers write and read them.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        ids::NoteId,
        login::login::Invalid,
        privacy::note::{Decision, Note, Seen, Verdict, checked_text},
    },
    wire::{examples, time},
};

/// A note to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::person::note_request)]
pub struct NoteRequest {
    /// 1 to 4096 characters; no control characters but new lines and tabs.
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
#[expect(clippy::option_option, reason = "left out, none, or given: three things that are said of a member")]
pub struct VerdictRequest {
    /// `safe`, `compromised` or `unsure`.
    #[schema(required = true, value_type = String)]
    verdict: Option<String>,
    /// Why: at most 4096 characters; no control characters but new lines and tabs.
    #[schema(max_length = 4096)]
    reason: Option<String>,
    /// The verdict that you have seen hold, by its id; null if there was none. If another one holds by now, yours is not given: 409,
    /// `judged_meanwhile`, with that one as `verdict`. Left out, yours replaces whichever holds.
    #[schema(value_type = Option<String>, required = false, example = "nte_01M88BR29V4V5W6X7Y8Z9A0B1C")]
    #[serde(default, deserialize_with = "named")]
    replaces: Option<Option<String>>,
}

/// A member that is there, be it `null`.
#[expect(clippy::option_option, reason = "left out, none, or given: three things that are said of a member")]
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl VerdictRequest {
    /// What is decided.
    ///
    /// # Errors
    /// The verdict is missing or is none, the reason is too long or holds control characters, or what it replaces is no id.
    pub fn into_decision(self) -> Result<Decision, Invalid> {
        let verdict = self.verdict.ok_or_else(|| Invalid::new("verdict", "is required"))?;
        let verdict = Verdict::parse(&verdict)
            .ok_or_else(|| Invalid::new("verdict", "must be `safe`, `compromised` or `unsure`"))?;
        let reason = self.reason.unwrap_or_default();
        if !reason.trim().is_empty() {
            checked_text(&reason).map_err(|problem| Invalid::new("reason", problem))?;
        }
        let id = |it: String| NoteId::parse(&it).ok_or_else(|| Invalid::new("replaces", "must be `nte_…`, or null"));
        let seen = match self.replaces {
            None => Seen::Whatever,
            Some(verdict) => Seen::NoneBut(verdict.map(id).transpose()?.into_iter().collect()),
        };
        Ok(Decision { verdict, reason: reason.trim().to_owned(), seen })
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
    /// The verdict that held before it; null if there was none.
    #[schema(required = true)]
    replaced: Option<NoteBody>,
}

impl VerdictGiven {
    /// A verdict as it is answered.
    #[must_use]
    pub fn new(verdict: &Note, replaced: Option<&Note>, device_denied: bool) -> Self {
        Self { verdict: NoteBody::new(verdict), device_denied, replaced: replaced.map(NoteBody::new) }
    }
}

/// The notes and verdicts on a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::notes)]
pub struct NoteList {
    /// The notes and verdicts, the earliest first.
    pub data: Vec<NoteBody>,
}
