//! A case: some logins, with what people have said of them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::alert::{AnsweredBy, Delivery, State},
        history::login_record::LoginRecord,
        ids::LoginId,
        privacy::note::{Note, Verdict, latest_verdict},
        rehearsal::rehearsed::Known,
    },
    wire::{alert::StatementBody, examples, inquiry::note::NoteBody, login::PastLoginBody},
};

/// Some logins that somebody has picked, in the order in which they happened, with what people have said of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::inquiry::case::case)]
pub struct CaseBody {
    /// The logins, the earliest first.
    pub data: Vec<CaseFindingBody>,
    /// Ids of logins that are not there, or may not be shown.
    pub missing: Vec<String>,
}

/// A login of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::inquiry::case::finding)]
pub struct CaseFindingBody {
    /// The login.
    #[serde(flatten)]
    login: PastLoginBody,
    /// The state of the mail: `queued`, `sending`, `sent`, `failed`, `suppressed`; null if there is no warning, or it is no longer
    /// kept.
    #[schema(required = true)]
    mail: Option<&'static str>,
    /// What the warning was answered: `none`, `confirmed`, `denied`; null as above.
    #[schema(required = true)]
    answer: Option<&'static str>,
    /// Who gave that answer, as an alert says it; null without one, and for answers from before that was kept.
    #[schema(required = true)]
    answered_by: Option<&'static str>,
    /// What the user answered, and what a colleague has.
    answers: Vec<StatementBody>,
    /// The verdict that holds: `safe`, `compromised`, `unsure`; null if there is none.
    #[schema(required = true)]
    verdict: Option<&'static str>,
    /// `attack` or `harmless`, by verdict and answer; null if neither decides it.
    #[schema(required = true)]
    known: Option<&'static str>,
    /// The notes and verdicts, the earliest first.
    notes: Vec<NoteBody>,
}

impl CaseBody {
    /// A case as it is shown.
    #[must_use]
    pub fn new(data: Vec<CaseFindingBody>, missing: &[LoginId]) -> Self {
        Self { data, missing: missing.iter().map(LoginId::to_string).collect() }
    }
}

impl CaseFindingBody {
    /// A login of a case, with its notes, what has become of its warning, and what is known of it.
    #[must_use]
    pub fn new(login: &LoginRecord, notes: &[Note], delivery: Option<&Delivery>, known: Known) -> Self {
        Self {
            login: PastLoginBody::new(login),
            mail: delivery.map(|it| State::as_str(it.state)),
            answer: delivery.map(|it| it.answer().as_str()),
            answered_by: delivery.and_then(|it| it.statements.answered_by()).map(AnsweredBy::as_str),
            answers: delivery.map(|it| StatementBody::all(&it.statements)).unwrap_or_default(),
            verdict: latest_verdict(notes).and_then(|it| it.verdict).map(Verdict::as_str),
            known: known.as_str(),
            notes: notes.iter().map(NoteBody::new).collect(),
        }
    }
}
