//! Notes on logins as callers write and read them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        privacy::note::{Note, checked_text},
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

/// A note on a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::note)]
pub struct NoteBody {
    /// Identifies the note: `nte_…`.
    #[schema(example = "nte_01M88BR29V3HMEG27S69NTFQE2")]
    id: String,
    /// The login.
    login: String,
    /// What was written.
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
            text: note.text.clone(),
            author: note.author.clone(),
            created_at: time::to_text(note.created_at),
        }
    }
}

/// The notes on a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::person::notes)]
pub struct NoteList {
    /// The notes, the earliest first.
    pub data: Vec<NoteBody>,
}
