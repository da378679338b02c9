//! Notes and verdicts as pages show them: when, who, and what.

use crate::{
    domain::{
        alert::statements::{Statement, Statements},
        privacy::note::{Note, Verdict},
        tenant::api_key::Scope,
    },
    http::{
        console::parts::{deeds::Emails, rows::Moment, view::View},
        door::{fault::Fault, state::State},
    },
    service::inquiry::case::Case,
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
    /// A note, its author by the id.
    fn new(view: &View, note: &Note) -> Self {
        Self {
            id: note.id.to_string(),
            at: Moment::new(view, note.created_at),
            author: note.author.clone(),
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
    let colleagues = Colleagues::of(state, view, notes.iter().map(|it| it.author.as_str())).await?;
    Ok(notes.iter().map(|it| colleagues.note(view, it)).collect())
}

/// What colleagues are called: `you`, or by the e-mail address to whoever may list operators, or by the id.
pub struct Colleagues {
    /// The id of whoever looks.
    own: String,
    /// Their address.
    own_email: String,
    emails: Emails,
}

impl Colleagues {
    /// What these authors of notes, verdicts and answers are called.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn of(state: &State, view: &View, authors: impl Iterator<Item = &str>) -> Result<Self, Fault> {
        let own = view.operator.id.to_string();
        let mut others = authors.filter(|it| it.starts_with("opr_") && *it != own);
        let emails = if view.operator.may(Scope::OperatorsRead) && others.next().is_some() {
            Emails::of(view, state.operators.list(None).await?)
        } else {
            Emails::default()
        };
        Ok(Self { own, own_email: view.operator.email.clone(), emails })
    }

    /// What the author with this id is called.
    #[must_use]
    pub fn name(&self, author: &str) -> String {
        if author == self.own { "you".to_owned() } else { self.emails.get(author).unwrap_or(author).to_owned() }
    }

    /// A note as it is shown.
    #[must_use]
    pub fn note(&self, view: &View, note: &Note) -> NoteShown {
        NoteShown { author: self.name(&note.author), ..NoteShown::new(view, note) }
    }

    /// A case with the names in the place of ids. It leaves the house, so nobody is `you` in it.
    #[must_use]
    pub fn named_in(&self, mut case: Case) -> Case {
        let name = |author: &str| if author == self.own { self.own_email.clone() } else { self.name(author) };
        for finding in &mut case.findings {
            finding.notes.iter_mut().for_each(|it| it.author = name(&it.author));
            let statement = finding.delivery.as_mut().and_then(|it| it.statements.colleague.as_mut());
            for author in statement.into_iter().filter_map(|it| it.author.as_mut()) {
                *author = name(author);
            }
        }
        case
    }

    /// What was said of a warning, with the names in the place of ids.
    #[must_use]
    pub fn named(&self, statements: &Statements) -> Statements {
        let named = |it: Statement| Statement { author: it.author.map(|author| self.name(&author)), ..it };
        let Statements { own, colleague } = statements.clone();
        Statements { own: own.map(named), colleague: colleague.map(named) }
    }
}

/// Who has said something of a warning.
pub fn authors(statements: &Statements) -> impl Iterator<Item = &str> {
    statements.all().filter_map(|it| it.author.as_deref())
}
