//! `/console/users/{id}/devices/{device}`: one device's life.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use futures_util::future::try_join_all;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::{DeviceId, UserId},
        search::{
            query::{Query, Term},
            times::Span,
            value::Value,
        },
        tenant::api_key::Scope,
        user::device::KnownDevice,
    },
    http::{
        console::{
            assets::Assets,
            drawing::{histogram::Histogram, map::journey::Journey},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Facets, Names},
                linked::Linked,
                overview::{Most, found},
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
    service::history::search::LoginPage,
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
    facets: Facets,
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
    let (LoginPage { records, .. }, mut overview) =
        found(&state.history, &view, &query, (None, Most::of(SHOWN)), None).await?;
    let devices = state.devices.list(&caller.tenant, &user).await?;
    let known = devices.iter().find(|it| it.id == device);
    let latest = records.first();
    let Some(name) = known.map(|it| it.agent.name()).or_else(|| latest.map(|it| it.device.agent.name())) else {
        return Err(Fault::NotFound);
    };
    let facets = overview.facets(&view, &Names::of(&records));
    let bars = overview.bars;
    let others = match latest {
        Some(latest) => others(&state, &view, latest, &devices).await?,
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
        picture: bars.picture(&view, &query.span(), "Logins from this device"),
        journey: journey(&view, "Where it was", &records),
        facets,
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
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &query.to_string())], true).only("All its logins")
}

fn links(view: &View, latest: Option<&LoginRecord>) -> Vec<(&'static str, String)> {
    let Some(latest) = latest else { return Vec::new() };
    let fingerprint = Term::is(Value::Fingerprint(latest.fingerprint)).to_string();
    vec![
        ("Who else has its fingerprint", view.href("/console/about", &[("q", &fingerprint)])),
        ("Browsers like it", view.search_ever(&format!("like:{}", latest.id))),
    ]
}

/// The user's other devices, each with where its latest login is compared with that of this one. A device whose latest login is
/// no longer kept is left out.
async fn others(
    state: &State,
    view: &View,
    latest: &LoginRecord,
    devices: &[KnownDevice],
) -> Result<Vec<(String, String)>, Fault> {
    let last_of = async |device: &KnownDevice| {
        let at = device.last_seen;
        let query = about(&latest.user, device.id).within(Span::new(Some(at), Some(at.plus_ms(1))));
        state.history.page(&view.operator.tenant, &query, None, 1).await
    };
    let others: Vec<&KnownDevice> = devices.iter().filter(|it| it.id != latest.device.id).collect();
    let found = try_join_all(others.iter().map(|it| last_of(it))).await?;
    let shown = others.into_iter().zip(found).filter_map(|(device, found)| {
        let href = view.href(&format!("/console/compare/{}/{}", found.records.first()?.id, latest.id), &[]);
        Some((device.agent.name(), href))
    });
    Ok(shown.collect())
}
