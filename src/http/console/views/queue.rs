//! `/console/`: what is to be looked at now, the most urgent first, together where it has one cause.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        alert::alert::Answer,
        history::login_record::LoginRecord,
        ids::LoginId,
        policy::policy::{Level, SignalKind},
        search::{
            query::{Query, Term},
            times::Span,
            value::Value,
        },
        tenant::api_key::Scope,
        time::DAY_MS,
    },
    http::{
        console::{
            assets::Assets,
            drawing::histogram::Histogram,
            frame::{Elsewhere, Frame},
            page::page,
            parts::{
                linked::Linked,
                over_time::over_time,
                range::ago,
                rows::Row,
                view::{SEARCH, View},
            },
            views::search::amiss,
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            state::State,
        },
    },
};

/// Where the queue is.
pub const QUEUE: &str = "/console/";
/// How many of the latest logins that may be open are looked at.
const LOOKED_AT: usize = 120;
/// So many logins with one cause stand together.
const TOGETHER: usize = 3;
/// How many logins with one cause are open to view; the others are folded.
const UNFOLDED: usize = 5;

/// The page.
#[derive(Template)]
#[template(path = "console/views/queue.html")]
struct QueuePage {
    assets: Assets,
    frame: Frame,
    strip: Histogram,
    /// How many are open, and whether there may be more.
    open: usize,
    has_more: bool,
    denied: usize,
    high: usize,
    groups: Vec<Group>,
    may_judge: bool,
    all: String,
}

/// Open logins with one cause.
struct Group {
    /// The cause, in words; none for those that stand alone.
    cause: Option<String>,
    search: Option<String>,
    items: Vec<Item>,
    /// Those that are folded.
    folded: Vec<Item>,
}

/// A login that is open.
struct Item {
    row: Row,
    ago: String,
    is_denied: bool,
}

/// A login that is open, and what makes it urgent.
struct Open {
    login: LoginRecord,
    is_denied: bool,
}

/// What logins have in common that came of one cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    signal: SignalKind,
    asn: u32,
}

/// Shows what is to be looked at.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a search that cannot be read is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let query = match view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(view, fault),
    };
    let hidden = state.people.hidden(&caller.tenant).await?;
    let found = open(&state, &view, &query).await?;
    let has_more = found.1;
    let mut open: Vec<Open> = found.0.into_iter().filter(|it| !hidden.hides(&it.login.user)).collect();
    open.sort_by(|one, other| urgency(other).total_cmp(&urgency(one)).then(other.login.id.cmp(&one.login.id)));
    caller.names(&open.iter().map(|it| it.login.user.clone()).collect::<Vec<_>>());
    let day = Query::default().within(Span::new(Some(view.now.plus_ms(-DAY_MS)), None));
    let strip =
        over_time(&state.history, &view, &day).await?.picture(&view, &day.span(), "Logins of the last 24 hours");
    let queue = QueuePage {
        assets: Assets,
        strip,
        open: open.len(),
        has_more,
        denied: open.iter().filter(|it| it.is_denied).count(),
        high: open.iter().filter(|it| it.login.assessment.level == Level::High).count(),
        groups: groups(&view, open),
        may_judge: view.operator.may(Scope::DevicesWrite),
        all: view.search("level:medium,high"),
        frame: Frame::new(view.clone(), QUEUE).with(elsewhere(&view, &query)),
    };
    page(StatusCode::OK, &queue)
}

fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    let q = risky(query.clone()).to_string();
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &q)], true)
}

/// Those of a search that are of a medium or high risk.
fn risky(query: Query) -> Query {
    let levels = Term::new(false, [Value::Level(Level::Medium), Value::Level(Level::High)]);
    levels.into_iter().fold(query, Query::with)
}

/// The latest logins that nobody has judged: those of a medium or high risk, and those whose users said that it was not them. And
/// whether there may be more.
async fn open(state: &State, view: &View, query: &Query) -> Result<(Vec<Open>, bool), Fault> {
    let tenant = &view.operator.tenant;
    let (by_answer, by_risk) = (query.clone().with(Term::is(Value::Answer(Answer::Denied))), risky(query.clone()));
    let (denied, risky) = tokio::try_join!(
        state.history.page(tenant, &by_answer, None, LOOKED_AT),
        state.history.page(tenant, &by_risk, None, LOOKED_AT),
    )?;
    let has_more = denied.next.is_some() || risky.next.is_some();
    let denied = denied.records.into_iter().map(|login| Open { login, is_denied: true });
    let risky = risky.records.into_iter().map(|login| Open { login, is_denied: false });
    let mut open: BTreeMap<LoginId, Open> = BTreeMap::new();
    for it in denied.chain(risky) {
        open.entry(it.login.id).or_insert(it);
    }
    let judged = state.notes.judged(open.values().map(|it| &it.login)).await?;
    open.retain(|id, _| !judged.contains(id));
    Ok((open.into_values().collect(), has_more))
}

/// The higher, the sooner it is to be looked at: a user who said that it was not them comes first.
fn urgency(open: &Open) -> f64 {
    open.login.assessment.score + if open.is_denied { 1.0 } else { 0.0 }
}

fn cause(login: &LoginRecord) -> Option<Cause> {
    let signal = login.assessment.signals.first()?.kind;
    let asn = login.whereabouts.network.as_ref()?.asn;
    Some(Cause { signal, asn })
}

/// Logins with one cause together, and all others together; the groups in the order of what is most urgent in each.
fn groups(view: &View, open: Vec<Open>) -> Vec<Group> {
    let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
    for it in open.iter().filter_map(|it| cause(&it.login)) {
        *counts.entry(it).or_default() += 1;
    }
    let mut groups: Vec<(Option<Cause>, Vec<Open>)> = Vec::new();
    for it in open {
        let cause = cause(&it.login).filter(|cause| counts.get(cause).is_some_and(|count| *count >= TOGETHER));
        match groups.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, items)) => items.push(it),
            None => groups.push((cause, vec![it])),
        }
    }
    groups.into_iter().map(|(cause, items)| Group::new(view, cause.as_ref(), &items)).collect()
}

impl Group {
    fn new(view: &View, cause: Option<&Cause>, items: &[Open]) -> Self {
        let network = items.first().and_then(|it| it.login.whereabouts.network.as_ref());
        let words = cause.map(|it| {
            let name = network.map(|it| it.name.as_str()).filter(|it| !it.is_empty());
            let network = name.map_or_else(|| format!("AS{}", it.asn), str::to_owned);
            format!("{} logins: {}, from {network}", items.len(), it.signal.as_str().replace('_', " "))
        });
        let q = cause.map(|it| format!("signal:{} asn:{}", it.signal.as_str(), it.asn));
        let unfolded = if cause.is_some() { UNFOLDED } else { items.len() };
        let (shown, folded) = items.split_at(unfolded.min(items.len()));
        let all = |items: &[Open]| items.iter().map(|it| Item::new(view, it)).collect();
        Self {
            cause: words,
            search: q.map(|it| view.href("/console/campaign", &[("q", &it)])),
            items: all(shown),
            folded: all(folded),
        }
    }
}

impl Group {
    /// What the open part is, for whoever hears it.
    fn label(&self) -> String {
        self.cause.clone().unwrap_or_else(|| "Logins with causes of their own".to_owned())
    }

    fn folded_label(&self) -> String {
        format!("The others: {}", self.label())
    }
}

impl Item {
    fn new(view: &View, open: &Open) -> Self {
        let row = Row::new(view, &open.login);
        let user = Linked { narrow: None, ..row.user.clone() };
        let ago = ago(open.login.occurred_at, view.now);
        Self { row: Row { user, ..row }, ago, is_denied: open.is_denied }
    }
}
