//! What is answered to a verdict on logins that somebody else has judged since the form was opened, or that their users have denied: who,
//! and what, and the form again.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::{
    domain::{
        alert::{alert::AnsweredBy, statements::Statement},
        history::login_record::LoginRecord,
        privacy::note::{Decision, Note, Verdict},
    },
    http::{
        console::{
            assets::Assets,
            frame::Frame,
            page::{filters, page},
            parts::{
                notes::{NoteShown, shown},
                rows::{Moment, Row},
                view::{SEARCH, View},
            },
        },
        door::{fault::Fault, state::State},
    },
};

/// What stands in the place of a verdict where the user has said that it was not them.
const DENIED: &str = "denied";

/// What is to be decided once more.
pub struct Again {
    /// What was decided.
    pub decision: Decision,
    /// Where to go afterwards: a page of ours.
    pub next: String,
    /// What the form has shown before, as it sends it: else what is known already would be asked about in turn.
    pub seen: Vec<String>,
    /// On how many other logins the verdict was given.
    pub given: usize,
    /// The logins of which something was said meanwhile.
    pub open: Vec<(LoginRecord, Since)>,
}

/// What was said of a login since the form was opened.
pub enum Since {
    /// Somebody else has judged it.
    Judged(Note),
    /// The user has said that it was not them.
    Denied(Statement),
}

/// The page.
#[derive(Template)]
#[template(path = "console/views/meanwhile.html")]
struct MeanwhilePage {
    assets: Assets,
    frame: Frame,
    verdict: &'static str,
    reason: String,
    next: String,
    seen: Vec<String>,
    given: usize,
    open: Vec<Open>,
}

/// A login of which something was said meanwhile.
struct Open {
    row: Row,
    /// What the form sends to say that this was shown: the verdict, or the login as one that is denied.
    seen: String,
    said: &'static str,
    /// Whether it is a warning.
    warns: bool,
    by: String,
    why: String,
    at: Option<Moment>,
}

impl Open {
    fn judged(row: Row, note: NoteShown) -> Self {
        let said = note.verdict.unwrap_or_default();
        let warns = said == Verdict::Compromised.as_str();
        Self { row, seen: note.id, said, warns, by: note.author, why: note.text, at: Some(note.at) }
    }

    fn denied(view: &View, row: Row, denial: &Statement) -> Self {
        let why = match denial.by {
            Some(AnsweredBy::User) => "by the link of the mail",
            Some(AnsweredBy::Api) => "in your product",
            Some(AnsweredBy::Operator | AnsweredBy::ApiVerdict) | None => "",
        };
        let at = denial.at.map(|it| Moment::new(view, it));
        let (by, why) = ("the user".to_owned(), why.to_owned());
        Self { seen: row.id.clone(), row, said: DENIED, warns: true, by, why, at }
    }
}

/// Says who has judged or denied them, and asks again. The page is a refusal, unless some of the logins were judged as asked for.
///
/// # Errors
/// When the store does not answer.
pub async fn ask_again(state: &State, view: View, again: Again) -> Result<HttpResponse, Fault> {
    let view = view.timeless();
    let notes = again.open.iter().filter_map(|(_, since)| match since {
        Since::Judged(note) => Some(note.clone()),
        Since::Denied(_) => None,
    });
    let notes: Vec<Note> = notes.collect();
    let mut judged = shown(state, &view, &notes).await?.into_iter();
    let open = again.open.iter().filter_map(|(login, since)| {
        let row = Row::new(&view, login);
        match since {
            Since::Judged(_) => judged.next().map(|note| Open::judged(row, note)),
            Since::Denied(denial) => Some(Open::denied(&view, row, denial)),
        }
    });
    let status = if again.given == 0 { StatusCode::CONFLICT } else { StatusCode::OK };
    let told = MeanwhilePage {
        assets: Assets,
        open: open.collect(),
        verdict: again.decision.verdict.as_str(),
        reason: again.decision.reason,
        next: again.next,
        seen: again.seen,
        given: again.given,
        frame: Frame::new(view, SEARCH),
    };
    page(status, &told)
}

impl MeanwhilePage {
    /// What has happened to the logins: they were judged, denied, or both.
    fn happened(&self) -> &'static str {
        let n_denied = self.open.iter().filter(|it| it.said == DENIED).count();
        match n_denied {
            0 => "judged",
            1 if self.open.len() == 1 => "denied by the user",
            all if all == self.open.len() => "denied by their users",
            _ => "judged or denied",
        }
    }
}
