//! `/console/rehearse`: what a change of the policy would have done to the logins of a search.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        login::login::Invalid,
        policy::policy::Policy,
        rehearsal::{
            outlook::{Outlook, Told},
            rehearsed::{Known, Rehearsed},
            tally::{OfSignal, Rehearsal},
        },
        search::{query::Query, value::Value},
    },
    http::{
        api::tenant::rehearsal::body_of,
        console::{
            assets::Assets,
            drawing::{level::level as drawn, markup::Markup},
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                linked::{Linked, page_of},
                rows::Moment,
                tried::{Group, Tried, label_of},
                view::View,
            },
            views::search::amiss,
            ways::see_other,
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::named_once,
            state::State,
        },
    },
    service::{
        inquiry::rehearsal::{Asked, MAX_REHEARSED, Outcome},
        tenant::policies::PolicyError,
    },
    wire::policy::PolicyBody,
    words::inquiry::rehearsing::{unrehearsed, untold},
};

/// Where it is.
pub const REHEARSE: &str = "/console/rehearse";

/// The page.
#[derive(Template)]
#[template(path = "console/views/rehearse.html")]
struct RehearsePage {
    assets: Assets,
    frame: Frame,
    groups: Vec<Group>,
    muted: String,
    trust: String,
    exclude: String,
    /// Why the change cannot be made.
    problem: Option<String>,
    shown: Option<Shown>,
    /// Changes to begin with, each with where it is rehearsed.
    examples: Vec<(&'static str, String)>,
    most: usize,
}

/// What it would have done.
struct Shown {
    rehearsal: Rehearsal,
    at_least: bool,
    changed: Vec<Changed>,
    signals: Vec<(Linked, u64, u64, u64)>,
    cannot_tell: Vec<String>,
}

/// A login that would change.
struct Changed {
    href: String,
    at: Moment,
    user: Linked,
    was: Markup,
    is: Markup,
    told_was: &'static str,
    told_is: &'static str,
    reason: String,
    known: Option<&'static str>,
    slips: bool,
}

/// Shows a change, and what it would have done.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a change or a search that cannot be read is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, tried: Tried, state: Data<State>) -> Result<HttpResponse, Fault> {
    if tried.has_blanks {
        return Ok(see_other(&tried.view.own()));
    }
    let query = match tried.view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(tried.view, fault),
    };
    if let Some(user) = tried.view.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let policy = state.policies.of(&caller.tenant, state.clock.now()).await?;
    let asked = if tried.is_empty() { None } else { Some(rehearse(&caller, &tried, &policy, &query, &state).await) };
    let (outcome, problem) = match asked.transpose() {
        Ok(outcome) => (outcome, None),
        Err(PolicyError::Invalid(Invalid { field, problem, .. })) => {
            (None, Some(format!("{} {problem}.", label_of(&field))))
        }
        Err(other) => return Err(other.into()),
    };
    let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    page(status, &RehearsePage::new(&tried, &policy, &query, outcome, problem))
}

/// The same as data.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn json(caller: Caller<LoginsRead>, tried: Tried, state: Data<State>) -> Result<HttpResponse, Fault> {
    let query = tried.view.asked().map_err(|fault| Fault::query("q", fault))?;
    if let Some(user) = tried.view.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let policy = state.policies.of(&caller.tenant, state.clock.now()).await?;
    let outcome = rehearse(&caller, &tried, &policy, &query, &state).await?;
    Ok(HttpResponse::Ok().json(body_of(&outcome, Some(query.to_string()))))
}

async fn rehearse(
    caller: &Caller<LoginsRead>,
    tried: &Tried,
    policy: &Policy,
    query: &Query,
    state: &State,
) -> Result<Outcome, PolicyError> {
    let body: PolicyBody = tried.body(policy).map_err(PolicyError::Invalid)?;
    let change = body.into_change().map_err(PolicyError::Invalid)?;
    let asked = Asked { tenant: &caller.tenant, query, replaced: None, change: &change };
    let outcome = state.inquiries.rehearse(&state.history, asked).await?;
    let named = outcome.rehearsal.shown.iter().map(|it| &it.user);
    caller.names(&named_once(named.filter(|it| tried.view.user() != Some(*it))));
    Ok(outcome)
}

impl RehearsePage {
    fn new(tried: &Tried, policy: &Policy, query: &Query, outcome: Option<Outcome>, problem: Option<String>) -> Self {
        let elsewhere = elsewhere(tried, policy, query);
        let shown = outcome.map(|it| Shown::new(tried, it));
        let frame = Frame::new(tried.view.clone(), REHEARSE);
        Self {
            assets: Assets,
            groups: tried.groups(policy),
            muted: tried.written("muted").to_owned(),
            trust: tried.written("trust").to_owned(),
            exclude: tried.written("exclude").to_owned(),
            frame: if shown.is_some() { frame.with(elsewhere) } else { frame },
            problem,
            shown,
            examples: examples(&tried.view),
            most: MAX_REHEARSED,
        }
    }
}

/// Changes that many a tenant thinks of: stricter ones, and one that mails less.
fn examples(view: &View) -> Vec<(&'static str, String)> {
    const EXAMPLES: [(&str, &str, &str); 4] = [
        ("a data centre weighs 0.4", "hosting_network", "0.4"),
        ("a new device weighs 0.6", "new_device", "0.6"),
        ("a new country weighs 0.6", "new_country", "0.6"),
        ("a new country weighs 0.2", "new_country", "0.2"),
    ];
    EXAMPLES.iter().map(|(name, rule, value)| (*name, view.href(REHEARSE, &[("q", &view.q), (rule, value)]))).collect()
}

/// The call of the API that tells the same, for whoever has a key.
fn elsewhere(tried: &Tried, policy: &Policy, query: &Query) -> Elsewhere {
    let query = query.to_string();
    let mut asked = vec![("q", tried.view.q.as_str())];
    asked.extend(tried.view.range.from_text.as_deref().map(|it| ("from", it)));
    asked.extend(tried.view.range.to_text.as_deref().map(|it| ("to", it)));
    asked.extend(tried.changes.iter().map(|(name, value)| (*name, value.as_str())));
    let page = Elsewhere::new(&tried.view, REHEARSE, "/v1/policy/rehearsal", &asked, false);
    let call = Elsewhere::new(&tried.view, REHEARSE, "/v1/policy/rehearsal", &[("q", &query)], false);
    let body = tried.json(policy).map(|it| it.to_string()).unwrap_or_default().replace('\'', "'\\''");
    let curl = format!("{} -H \"Content-Type: application/json\" -d '{body}'", call.curl);
    Elsewhere { json: page.json, csv: None, curl, part: None }
}

impl Shown {
    /// Whether of any login it is known what it was.
    fn has_known(&self) -> bool {
        self.changed.iter().any(|it| it.known.is_some())
    }

    fn new(tried: &Tried, outcome: Outcome) -> Self {
        let view = &tried.view;
        let Outcome { rehearsal, at_least, unrehearsed: rules, .. } = outcome;
        let signal = |(kind, of): (&_, &OfSignal)| {
            let name = Linked::new(view, Value::Signal(*kind), kind.as_str().replace('_', " "));
            (name, of.logins, of.mailed.lost, of.mailed.gained)
        };
        let untold = rehearsal.untold.iter().map(|(what, logins)| untold(*what, *logins));
        Self {
            changed: rehearsal.shown.iter().map(|it| Changed::new(tried, it)).collect(),
            signals: rehearsal.signals.iter().map(signal).filter(|it| it.2 + it.3 > 0).collect(),
            cannot_tell: rules.iter().map(|it| unrehearsed(it)).chain(untold).collect(),
            at_least,
            rehearsal,
        }
    }
}

impl Changed {
    fn new(tried: &Tried, login: &Rehearsed) -> Self {
        let view = &tried.view;
        let level = |it: &Outlook| drawn(it.level, it.score);
        Self {
            href: page_of(view, &Value::Login(login.login)),
            at: Moment::new(view, login.occurred_at),
            user: Linked::plain(view, Value::User(login.user.clone())),
            was: level(&login.was),
            is: level(&login.is),
            told_was: told(login.was.told),
            told_is: told(login.is.told),
            reason: login.was.reason.or(login.is.reason).map_or_else(String::new, |it| it.as_str().replace('_', " ")),
            known: login.known.as_str(),
            slips: login.known == Known::Attack && login.was.is_noticed() && !login.is.is_noticed(),
        }
    }
}

const fn told(told: Told) -> &'static str {
    match told {
        Told::No => "not warned",
        Told::Mailed => "mailed",
        Told::Held(_) => "held back",
    }
}
