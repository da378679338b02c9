//! Notes and verdicts as pages show them: when, who, and what.

use crate::{
    domain::{
        privacy::note::{Note, Verdict},
        tenant::api_key::Scope,
    },
    http::{
        console::parts::{deeds::Emails, rows::Moment, view::View},
        door::{fault::Fault, state::State},
    },
};

/// Something that a colleague wrote.
#[derive(Clone)]
pub struct NoteShown {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Moment,
    /// Who: `you`, an operator's id, or the public part of an API key.
    pub author: String,
    /// What was decided; `None` for a note that decides nothing.
    pub verdict: Option<&'static str>,
    /// What was written, which may be empty.
    pub text: String,
}

impl NoteShown {
    /// A note as it is shown to an operator.
    #[must_use]
    pub fn new(view: &View, note: &Note) -> Self {
        let is_own = note.author == view.operator.id.to_string();
        Self {
            id: note.id.to_string(),
            at: Moment::new(view, note.created_at),
            author: if is_own { "you".to_owned() } else { note.author.clone() },
            verdict: note.verdict.map(Verdict::as_str),
            text: note.text.clone(),
        }
    }
}

/// Notes as they are shown; a colleague's under the e-mail address, to whoever may list operators.
///
/// # Errors
/// When the store does not answer.
pub async fn shown(state: &State, view: &View, notes: &[Note]) -> Result<Vec<NoteShown>, Fault> {
    let mut shown: Vec<NoteShown> = notes.iter().map(|it| NoteShown::new(view, it)).collect();
    let is_colleague = |it: &NoteShown| it.author.starts_with("opr_");
    if view.operator.may(Scope::OperatorsRead) && shown.iter().any(is_colleague) {
        let emails = Emails::of(view, state.operators.list(None).await?);
        for note in &mut shown {
            note.author = emails.get(&note.author).unwrap_or(&note.author).to_owned();
        }
    }
    Ok(shown)
}
