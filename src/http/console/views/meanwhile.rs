//! What is answered to a verdict on logins that somebody else has judged since the form was opened: who, and what, and the form again.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        privacy::note::{Decision, Note},
    },
    http::{
        console::{
            assets::Assets,
            frame::Frame,
            page::{filters, page},
            parts::{
                notes::{NoteShown, shown},
                rows::Row,
                view::{SEARCH, View},
            },
        },
        door::{fault::Fault, state::State},
    },
};

/// What is to be decided once more.
pub struct Again {
    /// What was decided.
    pub decision: Decision,
    /// Where to go afterwards: a page of ours.
    pub next: String,
    /// On how many other logins the verdict was given.
    pub given: usize,
    /// The logins that were judged meanwhile, and how.
    pub open: Vec<(LoginRecord, Note)>,
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
    given: usize,
    open: Vec<Open>,
}

/// A login that was judged meanwhile.
struct Open {
    row: Row,
    note: NoteShown,
}

/// Says who has judged them, and asks again. The page is a refusal, unless some of the logins were judged as asked for.
///
/// # Errors
/// When the store does not answer.
pub async fn ask_again(state: &State, view: View, again: Again) -> Result<HttpResponse, Fault> {
    let view = view.timeless();
    let notes: Vec<Note> = again.open.iter().map(|(_, note)| note.clone()).collect();
    let told = shown(state, &view, &notes).await?;
    let open = again.open.iter().zip(told).map(|((login, _), note)| Open { row: Row::new(&view, login), note });
    let status = if again.given == 0 { StatusCode::CONFLICT } else { StatusCode::OK };
    let told = MeanwhilePage {
        assets: Assets,
        open: open.collect(),
        verdict: again.decision.verdict.as_str(),
        reason: again.decision.reason,
        next: again.next,
        given: again.given,
        frame: Frame::new(view, SEARCH),
    };
    page(status, &told)
}
