//! `/console/tail`: a search that follows. Without script it is the latest logins, and a reload shows newer ones.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{policy::policy::Level, search::parser::parse_followed},
    http::{
        console::{
            assets::Assets,
            drawing::{level::level, markup::Markup},
            frame::{Elsewhere, Frame},
            page::page,
            parts::{rows::Rows, view::View},
            views::search::amiss,
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            state::State,
        },
    },
    service::history::tail::followed::FOLLOWED,
};

/// Where the tail is.
pub const TAIL: &str = "/console/tail";
/// How many logins are there before those that come.
const SHOWN: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "console/views/tail.html")]
struct TailPage {
    assets: Assets,
    frame: Frame,
    rows: Rows,
    /// Where the events come from.
    events: String,
    /// The levels as they are shown, the lowest first, for logins that come.
    levels: [Markup; 3],
}

/// Shows the latest logins of a search, and those that come.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a search that cannot be followed is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    if let Err(fault) = parse_followed(&view.q, view.now, FOLLOWED) {
        return amiss(view, fault);
    }
    let view = view.ever().staying();
    let query = match view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(view, fault),
    };
    if let Some(user) = view.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let hidden = state.people.hidden(&caller.tenant).await?;
    let found = state.history.page(&caller.tenant, &query, None, SHOWN).await?;
    let shown = found.records.iter().filter(|it| !hidden.hides(&it.user));
    let elsewhere = Elsewhere::new(&view, "/console/tail", "/v1/logins/tail", &[("q", &view.q)], false);
    let tail = TailPage {
        assets: Assets,
        rows: Rows::new(&view, "Logins as they come, newest first", shown),
        events: elsewhere.json.replace("/console/tail.json", "/console/tail.events"),
        levels: [Level::Low, Level::Medium, Level::High].map(|it| level(it, 0.0)),
        frame: Frame::new(view, TAIL),
    };
    page(StatusCode::OK, &tail)
}
