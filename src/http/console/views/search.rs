//! `/console/search`: the logins of a search, when they were, and what they have in common.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        ids::LoginId,
        search::{fault::QueryFault, field::Field, query::Query, value::Value},
    },
    http::{
        console::{
            assets::Assets,
            drawing::histogram::Histogram,
            faces::see_other,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Facet, Names, facets},
                linked::page_of,
                over_time::{Bars, over_time},
                rows::Rows,
                view::{SEARCH, View},
            },
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::Page,
            state::State,
        },
    },
};

/// The page.
#[derive(Template)]
#[template(path = "console/views/search.html")]
struct SearchPage {
    assets: Assets,
    frame: Frame,
    rows: Rows,
    facets: Vec<Facet>,
    bars: Bars,
    picture: Histogram,
    /// The page of the one thing that is asked about, and what it is.
    thing: Option<(String, String)>,
    /// The next page.
    next: Option<String>,
    /// The search without the words.
    ever: String,
}

/// Where a search cannot be read.
#[derive(Template)]
#[template(path = "console/views/amiss.html")]
struct AmissPage {
    assets: Assets,
    frame: Frame,
}

/// Shows the logins of a search.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a search that cannot be read is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, asked: Page<View>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let view = &asked.list;
    let query = match view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(view.clone(), fault),
    };
    if let Some(Value::Login(login)) = query.only(Field::Login) {
        return Ok(see_other(&page_of(view, &Value::Login(*login))));
    }
    if let Some(user) = view.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let hidden = state.people.hidden(&caller.tenant).await?;
    let found = state.history.page(&caller.tenant, &query, asked.before.map(LoginId), asked.limit).await?;
    let shown: Vec<_> = found.records.into_iter().filter(|it| !hidden.hides(&it.user)).collect();
    let bars = over_time(&state.history, view, &query).await?;
    let next = found.next.map(|it| view.href(SEARCH, &[("q", &view.q), ("cursor", &asked.cursor(it.0))]));
    let search = SearchPage {
        assets: Assets,
        rows: Rows::new(view, "Logins, newest first", &shown),
        facets: facets(&state.history, view, &query, &Names::of(&shown)).await?,
        picture: bars.picture(view, "Logins over time"),
        bars,
        thing: thing(view, &query),
        next,
        ever: view.search_ever(&view.q),
        frame: Frame::new(view.clone(), SEARCH).with(elsewhere(view, &query)),
    };
    page(StatusCode::OK, &search)
}

/// The page of a search that cannot be read: where, why, and what would be right.
///
/// # Errors
/// When it cannot be rendered: a fault of this service.
pub fn amiss(view: View, fault: QueryFault) -> Result<HttpResponse, Fault> {
    let frame = Frame { amiss: Some(fault), ..Frame::new(view, SEARCH) };
    page(StatusCode::BAD_REQUEST, &AmissPage { assets: Assets, frame })
}

/// The call of the API that tells the same.
fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &query.to_string())], true)
}

/// The one thing that is asked about, if it has a page of its own.
fn thing(view: &View, query: &Query) -> Option<(String, String)> {
    const THINGS: [(Field, &str); 5] = [
        (Field::User, "user"),
        (Field::Address, "address"),
        (Field::Asn, "network"),
        (Field::Country, "country"),
        (Field::Fingerprint, "fingerprint"),
    ];
    THINGS.iter().find_map(|(field, name)| {
        let value = query.only(*field)?;
        Some((page_of(view, value), format!("{name} {}", value.text())))
    })
}
