//! `/console/about`: one address, network, country or fingerprint, and whom it has touched.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        history::login_record::LoginRecord,
        ids::UserId,
        login::login::Outcome,
        search::{field::Field, parameters::range, query::Query, value::Value},
        time::Timestamp,
        wording::figures::count,
    },
    http::{
        console::{
            assets::Assets,
            drawing::{histogram::Histogram, markup::shortened},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Facets, name_of},
                linked::Linked,
                over_time::Bars,
                overview::{Most, found},
                rows::{Moment, Rows},
                view::{SEARCH, View},
            },
            views::search::amiss,
            ways::see_other,
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            state::State,
        },
    },
    words::explanation::english_place,
};

/// How many of the latest logins the users are gathered from: fewer where no index leads to them, as for a country.
const GATHERED: Most = Most { led_to: 500, sought: 200 };
/// How many users are shown: those who were entered first.
const VISITORS: usize = 40;
/// How many logins are shown.
const SHOWN: usize = 20;
/// How many of the first logins are read to tell when the first was.
const FIRST: usize = 200;

/// The page.
#[derive(Template)]
#[template(path = "console/views/about.html")]
struct AboutPage {
    assets: Assets,
    frame: Frame,
    /// What it is: `address`, `network`, `country`, `fingerprint`.
    kind: &'static str,
    name: String,
    /// All of it, where its name is short.
    whole: Option<String>,
    /// What the places database says of it.
    known: Vec<String>,
    logins: u64,
    failed: u64,
    is_exact: bool,
    first: Option<Moment>,
    last: Option<Moment>,
    picture: Histogram,
    /// How many users it has touched, of those that were gathered.
    touched: usize,
    users: Vec<Visitor>,
    /// How many logins the users were gathered from, if there are more.
    gathered: Option<usize>,
    facets: Facets,
    rows: Rows,
    search: String,
    campaign: String,
}

/// A user whom it has touched.
struct Visitor {
    user: Linked,
    entered: usize,
    failed: usize,
    first: Moment,
    last: Moment,
}

/// Shows what is known about the one thing that `q` names; if it names none, it is a search.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let view = view.ever();
    let query = match view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(view, fault),
    };
    let Some((kind, value)) = thing(&query) else { return Ok(see_other(&view.search(&view.q))) };
    let hidden = state.people.hidden(&caller.tenant).await?;
    let (found, mut overview) = found(&state.history, &view, &query, (None, GATHERED), None).await?;
    let gathered = found.next.is_some().then_some(found.records.len());
    let earliest = found.records.last().filter(|_| gathered.is_none()).map(|it| it.occurred_at);
    let shown: Vec<LoginRecord> = found.records.into_iter().filter(|it| !hidden.hides(&it.user)).collect();
    let visitors = visitors(&shown);
    let touched = visitors.len();
    let visitors = first_of(visitors);
    let rows = shown.iter().take(SHOWN);
    let people: BTreeSet<&UserId> = visitors.iter().map(|(user, _)| *user).chain(rows.map(|it| &it.user)).collect();
    caller.names(&people.into_iter().cloned().collect::<Vec<UserId>>());
    let names = overview.names((&state.history, &view), &query, &shown).await?;
    let facets = overview.facets(&view, &names);
    let (name, is_long) = (name_of(&value, &names), matches!(value, Value::Fingerprint(_)));
    let bars = overview.bars;
    let first = match earliest {
        Some(at) => Some(Moment::new(&view, at)),
        None => first_seen(&state, &view, &query, &bars).await?,
    };
    let about = AboutPage {
        assets: Assets,
        kind,
        name: if is_long { shortened(&name, 16) } else { name.clone() },
        whole: is_long.then_some(name),
        known: known(&value, &shown, gathered.is_none()),
        logins: bars.logins,
        failed: bars.failed(),
        is_exact: bars.is_exact,
        first,
        last: shown.first().map(|it| Moment::new(&view, it.occurred_at)),
        picture: bars.picture(&view, &query.span(), "Logins over time"),
        touched,
        users: visitors.into_iter().map(|(user, visits)| Visitor::new(&view, user, &visits)).collect(),
        gathered,
        facets,
        rows: Rows::new(&view, "The latest logins", shown.iter().take(SHOWN)),
        search: view.search_here(&view.q),
        campaign: view.href("/console/campaign", &[("q", &view.q)]),
        frame: Frame::new(view.clone(), SEARCH).with(elsewhere(&view, &query)),
    };
    page(StatusCode::OK, &about)
}

fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &query.to_string())], true).only("All its logins")
}

/// The one thing that a search names, if it has a page of this kind.
fn thing(query: &Query) -> Option<(&'static str, Value)> {
    const KINDS: [(Field, &str); 4] = [
        (Field::Address, "Address"),
        (Field::Asn, "Network"),
        (Field::Country, "Country"),
        (Field::Fingerprint, "Fingerprint"),
    ];
    let (kind, value) = KINDS.iter().find_map(|(field, kind)| Some((*kind, query.only(*field)?.clone())))?;
    let is_network = matches!(&value, Value::Address(it) if it.prefix_len() < it.max_prefix_len());
    Some((if is_network { "Addresses" } else { kind }, value))
}

/// When the first login was: to the second if there are few at first, or else the day.
async fn first_seen(state: &State, view: &View, query: &Query, bars: &Bars) -> Result<Option<Moment>, Fault> {
    let Some((day, span)) = bars.first().zip(bars.first_span()) else { return Ok(None) };
    let first = state.history.page(&view.operator.tenant, &query.clone().within(span), None, FIRST).await?;
    let at = first.records.last().filter(|_| first.next.is_none()).map(|it| Moment::new(view, it.occurred_at));
    Ok(Some(at.unwrap_or_else(|| {
        let told = view.range.zone.at(day).strftime("%-d %b %Y").to_string();
        Moment { whole: told.clone(), told, text: day.to_text() }
    })))
}

/// What else is known of it, as its logins tell; of an address, and of addresses whose logins all tell the same.
fn known(value: &Value, logins: &[LoginRecord], are_all: bool) -> Vec<String> {
    let Some(latest) = logins.first() else { return Vec::new() };
    let network = |it: &LoginRecord| it.whereabouts.network.as_ref().map(|it| format!("{} (AS{})", it.name, it.asn));
    let place = |it: &LoginRecord| it.whereabouts.place.as_ref().and_then(|it| english_place(&it.named()));
    match value {
        Value::Address(asked) => {
            let is_one = asked.prefix_len() == asked.max_prefix_len();
            let is_small = range(asked).within_one_prefix().is_some();
            let has = |of: &dyn Fn(&LoginRecord) -> Option<String>| {
                let told = of(latest).filter(|told| is_one || logins.iter().all(|it| of(it).as_ref() == Some(told)));
                told.filter(|_| is_small || are_all)
            };
            // A login of which only the network is kept may have come from there.
            let unsure = logins.iter().filter(|it| !it.ip.surely_lies_in(&range(asked))).count();
            let unsure = (unsure > 0).then(|| {
                let logins = count(unsure, "login");
                format!("Of {logins} only the network is kept: whether it was this address is not known.")
            });
            has(&place).into_iter().chain(has(&network)).chain(unsure).collect()
        }
        Value::Fingerprint(_) => vec![latest.device.agent.name()],
        _ => Vec::new(),
    }
}

/// What a user did there, from the first of the gathered logins to the last.
struct Visits {
    entered: usize,
    failed: usize,
    first: Timestamp,
    last: Timestamp,
}

fn visitors(logins: &[LoginRecord]) -> BTreeMap<&UserId, Visits> {
    let mut visitors: BTreeMap<&UserId, Visits> = BTreeMap::new();
    for login in logins {
        let at = login.occurred_at;
        let visits = visitors.entry(&login.user).or_insert(Visits { entered: 0, failed: 0, first: at, last: at });
        visits.first = visits.first.min(at);
        visits.last = visits.last.max(at);
        match login.outcome {
            Outcome::Success => visits.entered += 1,
            Outcome::Failure => visits.failed += 1,
        }
    }
    visitors
}

/// Who got in first, the latest first, then who was tried last; as many as are shown.
fn first_of(visitors: BTreeMap<&UserId, Visits>) -> Vec<(&UserId, Visits)> {
    let mut all: Vec<(&UserId, Visits)> = visitors.into_iter().collect();
    all.sort_by_key(|(_, it)| (it.entered == 0, Reverse(it.last)));
    all.truncate(VISITORS);
    all
}

impl Visitor {
    fn new(view: &View, user: &UserId, visits: &Visits) -> Self {
        Self {
            user: Linked::plain(view, Value::User(user.clone())),
            entered: visits.entered,
            failed: visits.failed,
            first: Moment::new(view, visits.first),
            last: Moment::new(view, visits.last),
        }
    }
}
