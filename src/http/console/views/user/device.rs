//! `/console/users/{id}/devices/{device}`: one device's life.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{DeviceId, UserId},
        login::login::Outcome,
        search::{
            query::{Query, Term},
            value::Value,
        },
        tenant::api_key::Scope,
    },
    http::{
        console::{
            assets::Assets,
            drawing::{histogram::Histogram, map::journey::Journey},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Facet, Names, facets},
                linked::Linked,
                over_time::over_time,
                rows::Rows,
                view::{SEARCH, View},
            },
            views::user::{habits::journey, user::DeviceShown},
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            path::{At, DeviceOf},
            state::State,
        },
    },
};

/// How many logins are shown.
const SHOWN: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "console/views/device.html")]
struct DevicePage {
    assets: Assets,
    frame: Frame,
    user: Linked,
    id: String,
    name: String,
    /// What is known of it; none if it is no longer, or was never, among the user's devices.
    known: Option<DeviceShown>,
    logins: u64,
    failed: u64,
    picture: Histogram,
    journey: Journey,
    facets: Vec<Facet>,
    rows: Rows,
    /// The user's other devices: their name, and where the two are compared.
    others: Vec<(String, String)>,
    links: Vec<(&'static str, String)>,
    may_decide: bool,
}

/// Shows a device.
///
/// # Errors
/// 404 for a device from which no login came; the failures that its row in `http/routes.rs` names.
pub async fn show(
    caller: Caller<LoginsRead>,
    view: View,
    At(DeviceOf { user, device }): At<DeviceOf>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    state.people.check_readable(&caller.tenant, &user).await?;
    let view = view.about(about(&user, device)).ever();
    let query = view.asked().map_err(|fault| Fault::query("q", fault))?;
    let records = state.history.page(&caller.tenant, &query, None, SHOWN).await?.records;
    let devices = state.devices.list(&caller.tenant, &user).await?;
    let known = devices.iter().find(|it| it.id == device);
    let latest = records.first();
    let Some(name) = known.map(|it| it.agent.name()).or_else(|| latest.map(|it| it.device.agent.name())) else {
        return Err(Fault::NotFound);
    };
    let bars = over_time(&state.history, &view, &query).await?;
    let others = match latest {
        Some(latest) => others(&state, &view, latest).await?,
        None => Vec::new(),
    };
    let shown = DevicePage {
        assets: Assets,
        user: Linked::plain(&view, Value::User(user.clone())),
        id: device.to_string(),
        name,
        known: known.map(|it| DeviceShown::new(&view, &user, it)),
        logins: bars.logins,
        failed: bars.failed(),
        picture: bars.picture(&view, "Logins from this device"),
        journey: journey(&view, "Where it was", &records),
        facets: facets(&state.history, &view, &query, &Names::of(&records)).await?,
        rows: Rows::new(&view, "The latest logins from this device", &records).of_one(),
        others,
        links: links(&view, latest),
        may_decide: view.operator.may(Scope::DevicesWrite),
        frame: Frame::new(view.clone(), SEARCH).with(elsewhere(&view, &query)),
    };
    page(StatusCode::OK, &shown)
}

fn about(user: &UserId, device: DeviceId) -> Query {
    Query::default().with(Term::is(Value::User(user.clone()))).with(Term::is(Value::Device(device)))
}

fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &query.to_string())], true)
}

fn links(view: &View, latest: Option<&LoginRecord>) -> Vec<(&'static str, String)> {
    let Some(latest) = latest else { return Vec::new() };
    let fingerprint = Term::is(Value::Fingerprint(latest.fingerprint)).to_string();
    vec![
        ("Who else has its fingerprint", view.href("/console/about", &[("q", &fingerprint)])),
        ("Browsers like it", view.search_ever(&format!("like:{}", latest.id))),
    ]
}

/// The user's other devices, each by its latest login that is at hand.
async fn others(state: &State, view: &View, latest: &LoginRecord) -> Result<Vec<(String, String)>, Fault> {
    let of_user = Query::default().with(Term::is(Value::User(latest.user.clone())));
    let found = state.history.page(&view.operator.tenant, &of_user, None, 200).await?;
    let mut seen = vec![latest.device.id];
    let mut others = Vec::new();
    for login in found.records.iter().filter(|it| it.outcome == Outcome::Success) {
        if !seen.contains(&login.device.id) {
            seen.push(login.device.id);
            let href = view.href(&format!("/console/compare/{}/{}", login.id, latest.id), &[]);
            others.push((login.device.agent.name(), href));
        }
    }
    Ok(others)
}
