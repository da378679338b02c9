//! `/console/search`: the logins of a search, when they were, and what they have in common.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        country_names::{country_name, country_named},
        ids::{LoginId, UserId},
        place::Country,
        search::{
            clear::counts::{By, Group, Top},
            fault::QueryFault,
            field::Field,
            query::{Query, Term},
            tallies::Dimension,
            value::Value,
        },
        user::profile::Profile,
    },
    http::{
        console::{
            assets::Assets,
            drawing::{
                heat::{HeatCell, HeatMap},
                histogram::Histogram,
                map::world::{CountryCount, WorldMap},
            },
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Facets, MORE, more},
                linked::page_of,
                over_time::Bars,
                overview::{Most, found},
                rows::Rows,
                saved::Saved,
                view::{COUNTS, SEARCH, View},
            },
            ways::see_other,
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::{Listed, Page, Searched},
            query::Parameters,
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
    shown: Shown,
    tabs: Vec<TabLink>,
    facets: Facets,
    bars: Bars,
    picture: Histogram,
    /// The page of the one thing that is asked about, and what it is.
    thing: Option<(String, String)>,
    /// Where one goes on from here.
    onward: [(&'static str, String); 3],
    saved: Saved,
    /// How many of the logins that would be on this page are of restricted persons.
    restricted: usize,
    /// The next page.
    next: Option<String>,
    /// The search without the words.
    ever: String,
    /// The country that is called like the user of whom nothing was found, and the search for it.
    country: Option<(&'static str, String)>,
}

/// How the logins of a search are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// As rows.
    #[default]
    Table,
    /// By country, on a map.
    Map,
    /// By the hour of the day.
    Hours,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Table, Self::Map, Self::Hours];

    /// The value of `show` in an address, and the name of the tab.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Table => ("", "Table"),
            Self::Map => ("map", "Map"),
            Self::Hours => ("hours", "Hours"),
        }
    }

    /// What logins are counted by to be shown like this.
    const fn by(self) -> Option<By> {
        match self {
            Self::Table => None,
            Self::Map => Some(By::Values(Dimension::Country)),
            Self::Hours => Some(By::Hour),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.names().0 == text)
    }
}

/// What the page's address holds: a view, and how it is shown.
pub struct SearchView {
    view: View,
    tab: Tab,
}

impl Listed for SearchView {
    fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        let tab = parameters.read("show", "must be `map` or `hours`", Tab::parse)?.unwrap_or_default();
        let more = parameters.read(MORE, "must be what logins have in common, such as `country`", more)?;
        let filters = vec![("show", tab.names().0.to_owned()), (MORE, more.unwrap_or_default().to_owned())];
        let view = View::read(request, parameters)?.with_filters(filters);
        Ok(Self { view, tab })
    }

    fn signed(&self, asked: &str) -> String {
        self.view.signed(asked)
    }

    fn user(&self) -> Option<&UserId> {
        self.view.user()
    }
}

/// A link to another tab.
struct TabLink {
    name: &'static str,
    href: String,
    is_shown: bool,
}

/// What is shown below the picture of time.
enum Shown {
    Table(Rows),
    Map(WorldMap),
    Hours(HeatMap),
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
pub async fn show(
    caller: Caller<LoginsRead>,
    asked: Page<SearchView>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let SearchView { view, tab } = &asked.list;
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
    let (hidden, (found, mut overview)) = tokio::try_join!(
        state.people.hidden(&caller.tenant),
        found(&state.history, view, &query, (asked.before.map(LoginId), Most::of(asked.limit)), tab.by()),
    )?;
    let found_here = found.records.len();
    let records: Vec<_> = found.records.into_iter().filter(|it| !hidden.hides(&it.user)).collect();
    // Who types the six letters of a mail wants its login.
    if let (Some(_), [only]) = (query.only(Field::Reference), records.as_slice()) {
        return Ok(see_other(&page_of(view, &Value::Login(only.id))));
    }
    let next = found.next.map(|it| view.href(SEARCH, &[("q", &view.q), ("cursor", &asked.cursor(it.0))]));
    let shown = match tab {
        Tab::Table => Shown::Table(Rows::new(view, "Logins, newest first", &records)),
        Tab::Map => Shown::Map(world(view, &overview.more)),
        Tab::Hours => Shown::Hours(hours(&overview.more)),
    };
    let names = overview.names((&state.history, view), &query, &records).await?;
    let is_somebody = overview.bars.logins > 0 || is_known(&state, view).await?;
    let thing = thing(view, &query).filter(|_| is_somebody);
    let saved = state.saved_searches.list(&caller.tenant).await?;
    let search = SearchPage {
        assets: Assets,
        shown,
        tabs: tabs(view, *tab),
        facets: overview.facets(view, &names),
        picture: overview.bars.picture(view, &query.span(), "Logins over time"),
        bars: overview.bars,
        thing,
        country: country_called(view),
        onward: [("As a campaign", "campaign"), ("Pick for a case", "case"), ("Rehearse a change", "rehearse")]
            .map(|(name, place)| (name, view.href(&format!("/console/{place}"), &[("q", &view.q)]))),
        saved: Saved::new(view, &saved.searches),
        restricted: found_here - records.len(),
        next,
        ever: view.itself_ever(),
        frame: Frame::new(view.clone(), SEARCH)
            .with(elsewhere(view, &query, (*tab, asked.before.map(LoginId)), &state))
            .lasting_as(lasting(&asked)),
    };
    page(StatusCode::OK, &search)
}

/// The country that is called like the one user of a search: who writes `usa` may mean either.
fn country_called(view: &View) -> Option<(&'static str, String)> {
    let user = view.user()?;
    let country = country_named(user.as_str()).or_else(|| Country::parse(user.as_str()))?;
    let (of_user, of_country) = (Term::is(Value::User(user.clone())), Term::is(Value::Country(country)));
    let query = view.asked().ok()?.at_any_time().without(&of_user).with(of_country);
    Some((country_name(country)?, view.search(&query.to_string())))
}

/// Whether whom a search is about has a page, if it is about one user.
async fn is_known(state: &State, view: &View) -> Result<bool, Fault> {
    let Some(user) = view.user() else { return Ok(true) };
    let tenant = &view.operator.tenant;
    let query = Query::default().with(Term::is(Value::User(user.clone())));
    let found = state.history.page(tenant, &query, None, 1).await?;
    Ok(!found.records.is_empty() || state.people.profile(tenant, user).await? != Profile::default())
}

/// The page of a search that cannot be read: where, why, and what would be right.
///
/// # Errors
/// When it cannot be rendered: a fault of this service.
pub fn amiss(view: View, fault: QueryFault) -> Result<HttpResponse, Fault> {
    let frame = Frame { amiss: Some(fault), ..Frame::new(view, SEARCH) };
    page(StatusCode::BAD_REQUEST, &AmissPage { assets: Assets, frame })
}

fn tabs(view: &View, shown: Tab) -> Vec<TabLink> {
    let link = |tab: Tab| {
        let (value, name) = tab.names();
        TabLink { name, href: view.href(SEARCH, &[("q", &view.q), ("show", value)]), is_shown: tab == shown }
    };
    Tab::ALL.map(link).into()
}

/// The logins of a search by country; each leads to the search in it.
fn world(view: &View, by_country: &Top) -> WorldMap {
    let countries = by_country.cells.iter().filter_map(|cell| {
        let Some(Value::Country(country)) = cell.group.value(Dimension::Country) else { return None };
        let href = view.narrowed(&Term::is(Value::Country(country)));
        Some(CountryCount { country, count: cell.logins, href: Some(href) })
    });
    WorldMap { title: "Logins by country".to_owned(), unit: "logins".to_owned(), countries: countries.collect() }
}

/// The logins of a search by the hour of the day, by the clock of the zone.
fn hours(by_hour: &Top) -> HeatMap {
    let mut counts: [HeatCell; 24] = std::array::from_fn(|_| HeatCell { count: 0, href: None });
    for cell in &by_hour.cells {
        if let Group::Hour(hour) = cell.group
            && let Some(counted) = counts.get_mut(usize::from(hour))
        {
            counted.count = cell.logins;
        }
    }
    HeatMap::hours("Logins by the hour of the day", "logins", counts)
}

/// The address of this page as it says the same later, if it is not the first.
fn lasting(asked: &Page<SearchView>) -> Option<String> {
    let first = asked.list.view.lasting();
    let cursor = asked.cursor_in(&View::question_of(&first), asked.before?);
    Some(format!("{first}&cursor={cursor}"))
}

/// The call of the API that tells the same: of this page of the rows, or of what is counted.
fn elsewhere(view: &View, query: &Query, (tab, before): (Tab, Option<LoginId>), state: &State) -> Elsewhere {
    let q = query.to_string();
    let zone = &view.range.zone.name;
    match tab {
        Tab::Table => {
            let cursor = before.map(|it| Searched::cursor(&state.keyring, &view.operator.tenant, &q, it));
            let asked = [("q", q.as_str()), ("cursor", cursor.as_deref().unwrap_or_default())];
            let page = Elsewhere::new(view, SEARCH, "/v1/logins", &asked, true);
            // A table has all rows of a search.
            let whole = Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &q)], true);
            Elsewhere { csv: whole.csv, ..page }
        }
        Tab::Map => {
            Elsewhere::new(view, COUNTS, "/v1/logins/counts", &[("by", "country"), ("top", "250"), ("q", &q)], true)
        }
        Tab::Hours => {
            let asked = [("by", "hour"), ("top", "24"), ("tz", zone.as_str()), ("q", &q)];
            Elsewhere::new(view, COUNTS, "/v1/logins/counts", &asked, true)
        }
    }
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
