//! `/console/audit` and `/console/users/{id}/reads`: who has read what about whom, and changed what.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use askama::Template;

use crate::{
    domain::{
        ids::UserId,
        operator::role::CONSOLE_TENANT,
        privacy::audit::{Action, Actor},
        search::value::Value,
        time::Timestamp,
    },
    http::{
        api::privacy::audit::number,
        console::{
            assets::Assets,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                deeds::{AUDIT, Deeds, Emails},
                linked::{page_of, user_path},
                view::View,
                words::of_action,
            },
        },
        door::{
            caller::{Caller, PrivacyRead},
            fault::Fault,
            page::{Listed, Page},
            path::At,
            query::Parameters,
            state::State,
        },
    },
    service::privacy::audit::{AuditFilter, AuditList},
};

/// The page of the audit.
#[derive(Template)]
#[template(path = "console/views/audit.html")]
struct AuditPage {
    assets: Assets,
    frame: Frame,
    deeds: Deeds,
    /// What is asked for, as the form has it: whom it is about, by whom, which action.
    user: String,
    actor: String,
    action: &'static str,
    /// Whether what is asked for is never in the audit of this tenant.
    is_of_the_console: bool,
    /// The actions to choose, by their ids and names.
    actions: Vec<(&'static str, &'static str)>,
    /// The page without the filters.
    whole: String,
    next: Option<String>,
}

/// The page of who has looked at one person.
#[derive(Template)]
#[template(path = "console/views/reads.html")]
struct ReadsPage {
    assets: Assets,
    frame: Frame,
    deeds: Deeds,
    user: String,
    user_page: String,
    /// Everything in the audit about the person.
    all: String,
    next: Option<String>,
}

/// What the address of the audit asks.
pub struct Audited {
    view: View,
    filter: AuditFilter,
}

/// What the address of the list of one person's readers asks.
pub struct ReadsOf {
    view: View,
    user: UserId,
}

impl Listed for Audited {
    fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        let keyring = &State::of(request)?.keyring;
        // People know operators by their addresses.
        let actor = |text: &str| {
            let is_email = text.contains('@') && !text.contains(':');
            if is_email { Some(Actor::Operator(keyring.operator_id(text).to_string())) } else { Actor::parse(text) }
        };
        let view = View::read(request, parameters)?;
        let filter = AuditFilter {
            user: given(parameters, "user", "must have 1 to 256 bytes and no control characters", UserId::parse)?,
            actor: given(
                parameters,
                "actor",
                "must be an operator's e-mail address, `key:ID`, `operator:ID`, `cli` or `system`",
                actor,
            )?,
            action: given(parameters, "action", "must be an action such as `person.read`", Action::parse)?,
            ..within(&view)
        };
        Ok(Self { view: view.with_filters(named(&filter)), filter })
    }

    /// What is meant: an operator's address stands for the id.
    fn signed(&self, _: &str) -> String {
        self.view.own()
    }

    fn user(&self) -> Option<&UserId> {
        self.filter.user.as_ref()
    }
}

impl Listed for ReadsOf {
    fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        let At(user) = At::of(request)?;
        Ok(Self { view: View::read(request, parameters)?.ever(), user })
    }

    fn signed(&self, _: &str) -> String {
        self.view.own()
    }

    fn user(&self) -> Option<&UserId> {
        Some(&self.user)
    }
}

/// Takes out a parameter that a form sends empty where nothing is chosen, and reads it.
fn given<T>(
    parameters: &mut Parameters,
    name: &str,
    must: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    let text = parameters.take(name).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).ok_or_else(|| Fault::parameter(name, must))
}

/// What lies in the view's time.
fn within(view: &View) -> AuditFilter {
    let span = view.span();
    AuditFilter { from: span.from(), to: span.to(), ..AuditFilter::default() }
}

/// What is asked for but for the time, as addresses have it.
fn named(filter: &AuditFilter) -> Vec<(&'static str, String)> {
    vec![
        ("user", filter.user.as_ref().map_or_else(String::new, |it| it.as_str().to_owned())),
        ("actor", filter.actor.as_ref().map_or_else(String::new, Actor::to_string)),
        ("action", filter.action.map_or_else(String::new, |it| it.as_str().to_owned())),
    ]
}

/// Shows what was read about persons and what was changed, the newest first.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn show(
    caller: Caller<PrivacyRead>,
    asked: Page<Audited>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let Audited { view, filter } = &asked.list;
    let found = state.audit.page(&caller.tenant, filter, asked.before.map(number), asked.limit).await?;
    let emails = Emails::of(view, state.operators.list(None).await?);
    let (actor, whole) = (actor_text(filter, &emails), view.href(AUDIT, &[]));
    let shown = AuditPage {
        assets: Assets,
        deeds: Deeds::new(view, "What was read and changed, the newest first", &found.entries, &emails),
        user: filter.user.as_ref().map_or_else(String::new, |it| it.as_str().to_owned()),
        actor,
        action: filter.action.map_or("", Action::as_str),
        is_of_the_console: is_of_the_console(view, filter.action),
        actions: Action::ALL.iter().map(|it| (it.as_str(), of_action(*it))).collect(),
        whole,
        next: next(&asked, view, &found),
        frame: Frame::new(view.clone(), AUDIT).with(elsewhere(view, filter)).lasting_as(lasting(&asked, view)),
    };
    page(StatusCode::OK, &shown)
}

/// Shows who has read about one person, when and what for, the newest first.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn reads(
    caller: Caller<PrivacyRead>,
    asked: Page<ReadsOf>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let ReadsOf { view, user } = &asked.list;
    let filter = AuditFilter { user: Some(user.clone()), reads_only: true, ..within(view) };
    let found = state.audit.page(&caller.tenant, &filter, asked.before.map(number), asked.limit).await?;
    let emails = Emails::of(view, state.operators.list(None).await?);
    let path = format!("{}/reads", user_path(user));
    let call = format!("/v1{}", path.trim_start_matches("/console"));
    let shown = ReadsPage {
        assets: Assets,
        deeds: Deeds::new(view, "Who has looked, the newest first", &found.entries, &emails).of_one(),
        user: user.as_str().to_owned(),
        user_page: page_of(view, &Value::User(user.clone())),
        all: view.href(AUDIT, &[("user", user.as_str())]),
        next: next(&asked, view, &found),
        frame: Frame::new(view.clone(), AUDIT)
            .with(Elsewhere::new(view, &path, &call, &[], false))
            .lasting_as(lasting(&asked, view)),
    };
    page(StatusCode::OK, &shown)
}

/// Where the next page is.
fn next<L: Listed>(asked: &Page<L>, view: &View, found: &AuditList) -> Option<String> {
    let cursor = asked.cursor(u128::from(found.next?).to_be_bytes());
    Some(view.own_with(&[("cursor", &cursor)]))
}

/// This page's address as it says the same later, if it is not the first one.
fn lasting<L: Listed>(asked: &Page<L>, view: &View) -> Option<String> {
    // Cursors are signed with the address itself.
    let first = view.lasting();
    let cursor = asked.cursor_in(&first, asked.before?);
    Some(format!("{first}&cursor={cursor}"))
}

/// The actor as the form has it: an operator by the address, if it may be told.
fn actor_text(filter: &AuditFilter, emails: &Emails) -> String {
    match &filter.actor {
        Some(Actor::Operator(id)) => emails.get(id).map_or_else(|| format!("operator:{id}"), str::to_owned),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// Whether an action is noted with the tenant of the console alone, which is not this one.
fn is_of_the_console(view: &View, action: Option<Action>) -> bool {
    let is_its = matches!(action, Some(Action::JoinOperator | Action::SignIn | Action::SignOut));
    is_its && view.operator.tenant.as_str() != CONSOLE_TENANT
}

/// The call of the API that tells the same.
fn elsewhere(view: &View, filter: &AuditFilter) -> Elsewhere {
    let time = |it: Option<Timestamp>| it.map_or_else(String::new, Timestamp::to_text);
    let mut asked = named(filter);
    asked.extend([("from", time(filter.from)), ("to", time(filter.to))]);
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Elsewhere::new(view, AUDIT, "/v1/audit", &asked, false)
}
