//! `/console/users/{id}`: a user's devices, places and hours, alerts, sessions and logins on one page.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        alert::alert::{Alert, Delivery},
        history::login_record::LoginRecord,
        ids::UserId,
        login::login::Outcome,
        search::{
            query::{Query, Term},
            value::Value,
        },
        tenant::api_key::Scope,
        user::{device::KnownDevice, profile::Profile},
    },
    http::{
        console::{
            assets::Assets,
            drawing::{heat::HeatMap, map::journey::Journey, markup::Markup},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Names, name_of},
                linked::{Linked, device_path, user_path},
                range::ago,
                rows::{Moment, Rows},
                view::{SEARCH, View, clock_of},
            },
            views::user::habits::{journey, lanes, week},
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            path::At,
            state::State,
        },
    },
    words::inquiry::aftermath::answered_briefly,
};

/// From how many of the latest logins the pictures are made.
const DRAWN: usize = 500;
/// How many logins are shown.
const SHOWN: usize = 25;
/// How many alerts are shown.
const ALERTS: usize = 10;
/// How many sessions are shown, of as many of the latest logins that name one.
const SESSIONS: usize = 6;

/// The page.
#[derive(Template)]
#[template(path = "console/views/user.html")]
struct UserPage {
    assets: Assets,
    frame: Frame,
    name: String,
    profile: ProfileShown,
    devices: Vec<DeviceShown>,
    lanes: Markup,
    week: HeatMap,
    journey: Journey,
    alerts: Vec<AlertShown>,
    sessions: Vec<SessionShown>,
    rows: Rows,
    /// Of how many of the latest logins the pictures are, if there are more.
    drawn: Option<usize>,
    links: Vec<(&'static str, String)>,
    may_decide: bool,
}

/// What is remembered of the user.
struct ProfileShown {
    logins: u32,
    since: Option<Moment>,
    last: Option<String>,
    countries: Vec<Linked>,
    failed: usize,
}

/// A device as a row.
pub struct DeviceShown {
    /// Its name, which leads to its page.
    pub device: Linked,
    /// What the user or a colleague has said about it.
    pub trust: &'static str,
    /// Its earliest login.
    pub first: Moment,
    /// Its latest login.
    pub last: Moment,
    /// How many logins came from it.
    pub logins: u32,
    /// The path of its page.
    path: String,
    /// What addresses have behind the path.
    kept: String,
}

struct AlertShown {
    at: Moment,
    href: String,
    reasons: String,
    mail: String,
    answer: String,
}

struct SessionShown {
    login: String,
    started: Moment,
    state: String,
    moved: bool,
    calls: u64,
}

/// Shows a user.
///
/// # Errors
/// 404 for a user of whom nothing is known; the failures that its row in `http/routes.rs` names.
pub async fn show(
    caller: Caller<LoginsRead>,
    view: View,
    At(user): At<UserId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    state.people.check_readable(&caller.tenant, &user).await?;
    let view = view.about(Query::default().with(Term::is(Value::User(user.clone())))).ever();
    let query = view.asked().map_err(|fault| Fault::query("q", fault))?;
    let found = state.history.page(&caller.tenant, &query, None, DRAWN).await?;
    let profile = state.people.profile(&caller.tenant, &user).await?;
    if found.records.is_empty() && profile == Profile::default() {
        return Err(Fault::NotFound);
    }
    let devices = state.devices.list(&caller.tenant, &user).await?;
    let alerts = state.alerts.of_user(&caller.tenant, &user, None, ALERTS).await?;
    let sessions = sessions(&state, &view, &found.records).await?;
    let records = &found.records;
    let view = view.of_user_in(clock_of(records.iter().filter(|it| it.outcome == Outcome::Success)));
    let shown = UserPage {
        assets: Assets,
        name: user.as_str().to_owned(),
        profile: ProfileShown::new(&view, &profile, records),
        devices: devices.iter().map(|it| DeviceShown::new(&view, &user, it)).collect(),
        lanes: lanes(&view, &devices, records),
        week: week(&view, records),
        journey: journey(&view, "The latest places", records),
        alerts: alerts.alerts.iter().map(|(alert, delivery)| AlertShown::new(&view, alert, delivery)).collect(),
        sessions,
        rows: Rows::new(&view, "The latest logins", records.iter().take(SHOWN)).of_one(),
        drawn: found.next.is_some().then_some(records.len()),
        links: links(&view, &user),
        may_decide: view.operator.may(Scope::DevicesWrite),
        frame: Frame::new(view.clone(), SEARCH).with(elsewhere(&view, &query)),
    };
    page(StatusCode::OK, &shown)
}

fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &query.to_string())], true).only("All their logins")
}

fn links(view: &View, user: &UserId) -> Vec<(&'static str, String)> {
    let q = Term::is(Value::User(user.clone())).to_string();
    let reads = format!("{}/reads", user_path(user));
    let mut links = vec![
        ("All logins", view.search_ever(&q)),
        ("Unusual logins", view.search_ever(&format!("{q} level:medium,high"))),
        ("Failures", view.search_ever(&format!("{q} outcome:failure"))),
        ("As a campaign", view.href("/console/campaign", &[("q", &q)])),
    ];
    if view.operator.may(Scope::PrivacyRead) {
        links.push(("Who has looked", view.href(&reads, &[])));
    }
    links
}

impl ProfileShown {
    fn new(view: &View, profile: &Profile, records: &[LoginRecord]) -> Self {
        let country = |country| {
            let country = Value::Country(country);
            let name = name_of(&country, &Names::default());
            Linked::new(view, country, name)
        };

        Self {
            logins: profile.logins,
            since: profile.first_login_at.map(|it| Moment::new(view, it)),
            last: records.first().map(|it| ago(it.occurred_at, view.now)),
            countries: profile.countries.iter().map(|it| country(it.country)).collect(),
            failed: records.iter().filter(|it| it.outcome == Outcome::Failure).count(),
        }
    }
}

impl DeviceShown {
    /// Where a decision about it goes.
    #[must_use]
    pub fn path_of(&self, decision: &str) -> String {
        format!("{}/{decision}{}", self.path, self.kept)
    }

    /// A device as it is shown.
    #[must_use]
    pub fn new(view: &View, user: &UserId, device: &KnownDevice) -> Self {
        Self {
            device: Linked::device(view, user, device.id, device.agent.name()),
            trust: device.trust.as_str(),
            first: Moment::new(view, device.first_seen),
            last: Moment::new(view, device.last_seen),
            logins: device.logins,
            path: device_path(user, device.id),
            kept: view.href("", &[]),
        }
    }
}

impl AlertShown {
    fn new(view: &View, alert: &Alert, delivery: &Delivery) -> Self {
        let reasons: Vec<String> = alert.reasons.iter().map(|it| it.as_str().replace('_', " ")).collect();
        let why = delivery.suppressed.map(|it| format!(": {}", it.as_str().replace('_', " "))).unwrap_or_default();
        Self {
            at: Moment::new(view, alert.occurred_at),
            href: view.href(&format!("/console/logins/{}", alert.login), &[]),
            reasons: reasons.join(", "),
            mail: format!("{}{why}", delivery.state.as_str()),
            answer: answered_briefly(&delivery.statements),
        }
    }
}

/// The sessions of the latest logins that name one.
async fn sessions(state: &State, view: &View, records: &[LoginRecord]) -> Result<Vec<SessionShown>, Fault> {
    let mut shown = Vec::new();
    let named = records.iter().filter(|it| it.session_id.is_some() && it.outcome == Outcome::Success);
    for login in named.take(SESSIONS) {
        let Some(session) = state.sessions.of_login(login).await? else { continue };
        let moved = session.changed.is_some_and(|(_, it)| it.is_any());
        let alive = match session.ended_at {
            Some(at) => format!("ended {}", ago(at, view.now)),
            None if session.calls == 0 => format!("began {}, no use reported", ago(session.last_active_at, view.now)),
            None => format!("last used {}", ago(session.last_active_at, view.now)),
        };
        shown.push(SessionShown {
            login: view.href(&format!("/console/logins/{}", login.id), &[]),
            started: Moment::new(view, session.started_at),
            state: alive,
            moved,
            calls: session.calls,
        });
    }
    Ok(shown)
}
