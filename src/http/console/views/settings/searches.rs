//! `/console/settings/searches`: the searches that the tenant has saved. One is saved on the page of its search, and deleted here.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    domain::tenant::{
        api_key::Scope,
        saved_search::{SavedSearch, SearchName},
    },
    http::{
        console::{
            assets::Assets,
            done::Done,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{rows::Moment, view::View},
            views::{
                judging::read,
                settings::tabs::{SEARCHES, SETTINGS, Tabs},
            },
            ways::see_other,
        },
        door::{
            body::Form,
            caller::{Caller, DevicesWrite, LoginsRead},
            fault::Fault,
            state::State,
        },
    },
    service::tenant::saved_searches::Wanted,
};

/// What a name must be.
const NAME: &str = "must have 1 to 80 characters, and no control characters";

/// The page.
#[derive(Template)]
#[template(path = "console/settings/searches.html")]
struct SearchesPage {
    assets: Assets,
    frame: Frame,
    tabs: Tabs,
    searches: Vec<SearchRow>,
    /// Where a button deletes one, if whoever looks may.
    delete: Option<String>,
    /// Whether whoever looks may save one.
    may_save: bool,
}

/// A saved search, as a row.
struct SearchRow {
    name: String,
    q: String,
    href: String,
    saved_at: Moment,
    /// Whether webhooks are told of the first login that it finds.
    notifies: bool,
    /// That login's page, and when it was received.
    found: Option<(String, Moment)>,
}

/// What the form of the page of a search sends.
#[derive(Deserialize)]
struct SaveForm {
    name: String,
    q: String,
    /// There if it is ticked.
    #[serde(default)]
    notify: Option<String>,
}

/// What the button sends that deletes one.
#[derive(Deserialize)]
struct DeleteForm {
    name: String,
}

/// Shows the searches that were saved.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let saved = state.saved_searches.list(&caller.tenant).await?;
    let may_delete = view.operator.may(Scope::DevicesWrite);
    let shown = SearchesPage {
        assets: Assets,
        tabs: Tabs::new(&view, SEARCHES),
        searches: saved.searches.iter().map(|it| SearchRow::new(&view, it)).collect(),
        may_save: may_delete,
        delete: may_delete.then(|| view.href("/console/searches/delete", &[])),
        frame: Frame::new(view.clone().timeless(), SETTINGS).with(Elsewhere::new(
            &view,
            SEARCHES,
            "/v1/searches",
            &[],
            false,
        )),
    };
    page(StatusCode::OK, &shown)
}

/// Saves a search, in the place of the one of its name, and shows it.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn save(
    caller: Caller<DevicesWrite>,
    view: View,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let SaveForm { name, q, notify } = read(&form)?;
    let (name, q) = (named(&name)?, q.trim().to_owned());
    let back = view.search(&q);
    let before = state.saved_searches.list(&caller.tenant).await?;
    let is_known = before.searches.iter().any(|it| it.name == name);
    state.saved_searches.put(&caller.tenant, Wanted { name, q, notify: notify.is_some() }, view.now).await?;
    let done = if is_known { Done::Replaced } else { Done::Saved };
    Ok(see_other(&view.operator.told(&state, done, &back)))
}

/// Deletes a saved search, and shows the others.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn delete(
    caller: Caller<DevicesWrite>,
    view: View,
    Form(form): Form,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let name = named(&read::<DeleteForm>(&form)?.name)?;
    let is_deleted = state.saved_searches.remove(&caller.tenant, &name).await?;
    let back = || view.operator.told(&state, Done::Deleted, &view.href(SEARCHES, &[]));
    if is_deleted { Ok(see_other(&back())) } else { Err(Fault::NotFound) }
}

fn named(text: &str) -> Result<SearchName, Fault> {
    SearchName::parse(text.trim()).ok_or_else(|| Fault::parameter("name", NAME))
}

impl SearchRow {
    fn new(view: &View, search: &SavedSearch) -> Self {
        let found = search.found.map(|it| {
            let page = view.href(&format!("/console/logins/{}", it.login), &[]);
            (page, Moment::new(view, it.at))
        });
        Self {
            name: search.name.as_str().to_owned(),
            q: search.q.clone(),
            href: view.search(&search.q),
            saved_at: Moment::new(view, search.saved_at),
            notifies: search.notify,
            found,
        }
    }
}
