//! `/console/`: what is to be looked at now, the most urgent first, together where it has one cause.

use std::{
    collections::BTreeSet,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        alert::alert::AnsweredBy,
        ids::{LoginId, UserId},
        login::login::Outcome,
        policy::policy::Level,
        privacy::audit::Action,
        search::{query::Query, times::Span},
        tenant::api_key::Scope,
        time::DAY_MS,
        wording::figures::{count, grouped},
    },
    http::{
        console::{
            assets::Assets,
            drawing::histogram::Histogram,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{linked::Linked, over_time::over_time, range::ago, rows::Row, view::View},
            views::{
                queue::groups::{Line, Part, pages, together},
                search::amiss,
            },
        },
        door::{
            argument::Argument,
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::named_once,
            problem::Kind,
            query::Parameters,
            state::State,
        },
    },
    service::inquiry::open::{Open, OpenLogins},
    words::inquiry::aftermath::denied,
};

/// Where the queue is.
pub const QUEUE: &str = "/console/";
/// How its address says which page of it is meant.
pub const PAGE: &str = "page";
/// How many lines with one cause are open to view, if as many got in; the others are folded.
const UNFOLDED: usize = 20;
/// How many are at least.
const UNFOLDED_AT_LEAST: usize = 5;

/// The queue, and which page of it.
pub struct QueueView {
    view: View,
    page: usize,
}

impl QueueView {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let must = || Fault::parameter(PAGE, "must be the number of a page");
        let page = parameters.take(PAGE).filter(|it| !it.is_empty());
        let page = page.map_or(Ok(1), |it| it.parse().map_err(|_| must()))?;
        let view = View::read_noted(request, parameters)?;
        Ok(Self { view, page })
    }
}

impl FromRequest for QueueView {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for QueueView {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// The page.
#[derive(Template)]
#[template(path = "console/views/queue.html")]
struct QueuePage {
    assets: Assets,
    frame: Frame,
    strip: Histogram,
    /// How many are open, and how many of these are of a high risk: `96`, or `at least 500`.
    open: String,
    high: String,
    is_empty: bool,
    /// Whether there are more than were gathered.
    has_more: bool,
    /// How many users have said that it was not them.
    denied: usize,
    groups: Vec<Group>,
    /// The other pages: their numbers, and where they are; this one is nowhere.
    pages: Vec<(usize, Option<String>)>,
    may_judge: bool,
    all: String,
    rest: String,
    /// What was sent with it, where nothing was judged.
    returned: Option<Returned>,
}

/// A form of the queue by which nothing was judged.
pub struct Returned {
    /// The reason that was typed.
    pub reason: String,
    /// The logins that were chosen, and are there.
    pub chosen: BTreeSet<LoginId>,
    /// How many of those that were chosen are not there.
    pub gone: usize,
}

/// Open logins with one cause.
struct Group {
    /// The cause, in words; none for those that stand alone.
    cause: Option<String>,
    /// Its place on the page, so that no two have one name.
    number: usize,
    /// How many of its logins are on this page, if not all are.
    here: Option<String>,
    search: Option<String>,
    items: Vec<Item>,
    /// Those that are folded.
    folded: Vec<Item>,
}

/// One line: a login that is open, and what else is open of its user with the same cause.
struct Item {
    row: Row,
    ago: String,
    /// What was said of it.
    said: Option<&'static str>,
    /// How many more logins the line stands for.
    others: usize,
    /// All of their ids, as the form sends them.
    ids: String,
    logins: Vec<LoginId>,
    /// Whether it was chosen, in a form by which nothing was judged.
    is_chosen: bool,
    /// The verdicts on them that their users have contradicted, which whoever judges again has seen, and those that are denied.
    seen: Vec<String>,
}

/// Shows what is to be looked at.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a search that cannot be read is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, asked: QueueView, state: Data<State>) -> Result<HttpResponse, Fault> {
    shown(&caller, asked, &state, None).await
}

/// Shows it once more to whoever has pressed a verdict on this page and chosen no login, or one that is not there; the reason that was
/// typed and the choice are still there.
///
/// # Errors
/// As [`show`].
pub async fn again<S>(
    caller: &Caller<S>,
    view: View,
    state: &State,
    (page, returned): (usize, Returned),
) -> Result<HttpResponse, Fault> {
    caller.is_instead(Action::Search);
    caller.asks("");
    shown(caller, QueueView { view, page }, state, Some(returned)).await
}

async fn shown<S>(
    caller: &Caller<S>,
    QueueView { view, page: number }: QueueView,
    state: &State,
    returned: Option<Returned>,
) -> Result<HttpResponse, Fault> {
    let query = match view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(view, fault),
    };
    let open = state.inquiries.open(&state.history, &caller.tenant, &query).await?;
    let day = Query::default().within(Span::new(Some(view.now.plus_ms(-DAY_MS)), None));
    let strip =
        over_time(&state.history, &view, &day).await?.picture(&view, &day.span(), "Logins of the last 24 hours");
    let (users, queue) = QueuePage::new(&view, &query, strip, (open, number));
    caller.names(&named_once(users.iter()));
    let status = match &returned {
        None => StatusCode::OK,
        Some(Returned { gone: 0, .. }) => StatusCode::BAD_REQUEST,
        Some(_) => StatusCode::NOT_FOUND,
    };
    let mut queue = queue;
    let chosen = returned.as_ref().map(|it| &it.chosen);
    for item in queue.groups.iter_mut().flat_map(|it| it.items.iter_mut().chain(&mut it.folded)) {
        item.is_chosen = chosen.is_some_and(|it| item.logins.iter().any(|id| it.contains(id)));
    }
    page(status, &QueuePage { returned, ..queue })
}

impl QueuePage {
    /// The page with this number, or the last one; and whose logins it shows.
    fn new(view: &View, query: &Query, strip: Histogram, (open, number): (OpenLogins, usize)) -> (Vec<UserId>, Self) {
        let OpenLogins { logins, is_whole, has_all_high } = open;
        let number_of = |number: usize, is_all: bool| {
            let number = grouped(number);
            if is_all { number } else { format!("at least {number}") }
        };
        let high = logins.iter().filter(|it| it.login.assessment.level == Level::High).count();
        let denied = logins.iter().filter(|it| it.denied == Some(Some(AnsweredBy::User))).count();
        let (open, is_empty) = (number_of(logins.len(), is_whole), logins.is_empty());
        let mut pages = pages(together(logins));
        let (count, number) = (pages.len(), number.clamp(1, pages.len().max(1)));
        let shown = if pages.is_empty() { Vec::new() } else { pages.swap_remove(number - 1) };
        let users = shown.iter().flat_map(|it| it.lines.iter().flatten()).map(|it| it.login.user.clone()).collect();
        let page_of = |it: usize| (it, (it != number).then(|| view.own_with(&[(PAGE, &it.to_string())])));
        let all = view.search("level:medium,high");
        let rest = view.search("level:medium,high verdict:none");
        let here = if number == 1 { view.clone() } else { view.clone().on_page(PAGE, number.to_string()) };
        let queue = Self {
            assets: Assets,
            strip,
            open,
            high: number_of(high, has_all_high),
            is_empty,
            has_more: !is_whole,
            denied,
            groups: shown.iter().zip(1..).map(|(it, number)| Group::new(view, it, number)).collect(),
            pages: if count > 1 { (1..=count).map(page_of).collect() } else { Vec::new() },
            may_judge: view.operator.may(Scope::DevicesWrite),
            all,
            rest,
            returned: None,
            frame: Frame::new(here, QUEUE).with(elsewhere(view, query)),
        };
        (users, queue)
    }
}

/// The same as files, of all that is open, and the two calls of the API that tell it.
fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    let call = |terms: &str| {
        let q = format!("{query} {terms} verdict:none");
        Elsewhere::new(view, QUEUE, "/v1/logins", &[("q", q.trim_start())], false).curl
    };
    let files =
        [("from", view.range.from_text.as_deref()), ("to", view.range.to_text.as_deref()), ("q", Some(&*view.q))];
    let files = files.map(|(name, value)| (name, value.unwrap_or_default()));
    let files = Elsewhere::new(view, "/console/queue", "", &files, true);
    Elsewhere { curl: format!("{}; {}", call("level:medium,high"), call("answer:denied")), ..files }
}

impl Group {
    fn new(view: &View, part: &Part, number: usize) -> Self {
        let lines = part.lines.as_slice();
        let network = lines.first().and_then(|it| it.first()).and_then(|it| it.login.whereabouts.network.as_ref());
        let words = part.cause.as_ref().map(|it| {
            let name = network.map(|it| it.name.as_str()).filter(|it| !it.is_empty());
            let network = name.map_or_else(|| format!("AS{}", it.asn), str::to_owned);
            let entered = if part.entered == 0 { "none".to_owned() } else { grouped(part.entered) };
            let signal = it.signal.as_str().replace('_', " ");
            format!("{}, {entered} got in: {signal}, from {network}", count(part.logins, "login"))
        });
        let q = part.cause.as_ref().map(|it| format!("signal:{} asn:{}", it.signal.as_str(), it.asn));
        // Whoever got in comes first.
        let entered = lines.iter().filter(|it| it.iter().any(|it| it.login.outcome == Outcome::Success)).count();
        let open = entered.clamp(UNFOLDED_AT_LEAST, UNFOLDED);
        let (shown, folded) = lines.split_at(if part.cause.is_some() { open.min(lines.len()) } else { lines.len() });
        let all = |lines: &[Line]| lines.iter().filter_map(|it| Item::new(view, it)).collect();
        Self {
            cause: words,
            number,
            here: part.here().map(grouped),
            search: q.map(|it| view.href("/console/campaign", &[("q", &it)])),
            items: all(shown),
            folded: all(folded),
        }
    }

    /// What the open part is, for whoever hears it.
    fn label(&self) -> String {
        self.cause.clone().unwrap_or_else(|| format!("Logins with causes of their own, group {}", self.number))
    }

    /// Whether some of those that are folded were chosen.
    fn is_unfolded(&self) -> bool {
        self.folded.iter().any(|it| it.is_chosen)
    }

    fn folded_label(&self) -> String {
        format!("The others: {}", self.label())
    }
}

/// What the form says was shown of a login: the verdict that its user has contradicted, and that it is denied.
fn shown_of(open: &Open) -> impl Iterator<Item = String> {
    let denied = open.denied.map(|_| open.login.id.to_string());
    open.seen.map(|it| it.to_string()).into_iter().chain(denied)
}

impl Item {
    fn new(view: &View, line: &[Open]) -> Option<Self> {
        let first = line.first()?;
        let row = Row::new(view, &first.login);
        let user = Linked { narrow: None, ..row.user.clone() };
        let ids: Vec<String> = line.iter().map(|it| it.login.id.to_string()).collect();
        Some(Self {
            row: Row { user, ..row },
            ago: ago(first.login.occurred_at, view.now),
            said: first.denied.map(|by| denied(by, first.is_contradicted)),
            others: ids.len() - 1,
            ids: ids.join(","),
            logins: line.iter().map(|it| it.login.id).collect(),
            is_chosen: false,
            seen: line.iter().flat_map(shown_of).collect(),
        })
    }
}
