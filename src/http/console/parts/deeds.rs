//! Entries of the audit as the rows of a table: when, who, what, about whom, what for.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use url::form_urlencoded;

use crate::{
    domain::{
        ids::UserId,
        operator::operator::Operator,
        privacy::{
            audit::{Action, Actor, AuditDetail, Outcome, SubjectKind},
            chain::AuditEntry,
        },
        search::value::Value,
    },
    http::console::{
        page::filters,
        parts::{
            linked::page_of,
            rows::Moment,
            view::View,
            words::{of_action, of_kind},
        },
    },
};

/// Where the audit is.
pub const AUDIT: &str = "/console/audit";
/// What of a query says which page of a list it was, and not what was asked.
const OF_PAGES: [&str; 3] = ["cursor", "limit", "tenant"];

/// The e-mail addresses of operators, by how the audit names them.
#[derive(Clone, Debug, Default)]
pub struct Emails(BTreeMap<String, String>);

impl Emails {
    /// Those of the operators who see nothing that whoever looks does not see, too. Of others one is told the id, as by the API.
    #[must_use]
    pub fn of(view: &View, operators: Vec<Operator>) -> Self {
        let own = &view.operator.sees;
        let known = operators.into_iter().filter(|it| own.includes_all(&it.sees));
        Self(known.map(|it| (it.id.to_string(), it.email)).collect())
    }

    /// The address of an operator, if it may be told.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }
}

/// Entries of the audit as a table. Shows itself in a template.
#[derive(Clone, Debug, Template)]
#[template(path = "console/parts/deeds.html")]
pub struct Deeds {
    /// The entries, in their order.
    pub rows: Vec<DeedRow>,
    /// What the table is, for whoever hears it.
    pub caption: &'static str,
    /// Whether each row says whom it is about: not where all are about one user.
    pub has_subjects: bool,
    /// Whether any of them says what for.
    has_purposes: bool,
}

/// The template escapes.
impl HtmlSafe for Deeds {}

/// What somebody did, as a row.
#[derive(Clone, Debug)]
pub struct DeedRow {
    at: Moment,
    actor: Told,
    action: Told,
    /// The action's id in the API.
    id: &'static str,
    /// What came of it, if it was not simply done.
    outcome: Option<&'static str>,
    user: Option<Told>,
    /// What it was done to, if that is more than a user: its kind, and its id.
    thing: Option<(&'static str, Told)>,
    /// What was asked of a list, by the names of what was asked.
    asked: Vec<(String, Told)>,
    purpose: String,
}

/// A text, and where it leads.
#[derive(Clone, Debug)]
pub struct Told {
    text: String,
    href: Option<String>,
}

impl Deeds {
    /// A table of these entries.
    #[must_use]
    pub fn new(view: &View, caption: &'static str, entries: &[AuditEntry], emails: &Emails) -> Self {
        let rows: Vec<DeedRow> = entries.iter().map(|it| DeedRow::new(view, it, emails)).collect();
        let has_purposes = rows.iter().any(|it| !it.purpose.is_empty());
        Self { rows, caption, has_subjects: true, has_purposes }
    }

    /// The same about one user.
    #[must_use]
    pub fn of_one(self) -> Self {
        Self { has_subjects: false, ..self }
    }
}

impl DeedRow {
    fn new(view: &View, entry: &AuditEntry, emails: &Emails) -> Self {
        let event = &entry.event;
        let detail = event.detail.clone().unwrap_or_default();
        // Nothing is sealed for somebody whom nobody knows, and what was sealed is unreadable once they are forgotten.
        let is_unknown = event.user.is_some() && detail.user.is_none();
        let user = detail.user.as_ref().map(|it| Told::user(view, it));
        let user = user.or_else(|| is_unknown.then(|| Told::nowhere("unknown, or since forgotten")));
        Self {
            at: Moment::new(view, event.at),
            actor: actor(view, &event.actor, emails),
            action: Told {
                text: of_action(event.action).to_owned(),
                href: Some(view.href(AUDIT, &[("action", event.action.as_str())])),
            },
            id: event.action.as_str(),
            outcome: match event.outcome {
                Outcome::Done => None,
                Outcome::Nothing => Some("nothing found"),
                Outcome::Refused => Some("refused"),
            },
            user,
            thing: event.kind.and_then(|it| thing(view, it, &detail, emails)),
            asked: detail.query.as_deref().map(|it| asked(view, event.action, it)).unwrap_or_default(),
            purpose: detail.purpose.unwrap_or_default(),
        }
    }
}

impl Told {
    fn nowhere(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None }
    }

    fn user(view: &View, user: &UserId) -> Self {
        Self { text: user.as_str().to_owned(), href: Some(page_of(view, &Value::User(user.clone()))) }
    }
}

/// Who it was; leads to what else they did.
fn actor(view: &View, actor: &Actor, emails: &Emails) -> Told {
    let text = match actor {
        Actor::Key(id) => format!("API key {id}"),
        Actor::Operator(id) if *id == view.operator.id.to_string() => "you".to_owned(),
        Actor::Operator(id) => emails.get(id).unwrap_or(id).to_owned(),
        Actor::Cli => "command line".to_owned(),
        Actor::System => "the service".to_owned(),
    };
    Told { text, href: Some(view.href(AUDIT, &[("actor", &actor.to_string())])) }
}

/// What it was done to, if that is more than a user: its kind, and its id, if that is known.
fn thing(view: &View, kind: SubjectKind, detail: &AuditDetail, emails: &Emails) -> Option<(&'static str, Told)> {
    let id = detail.id.as_deref();
    let href = id.and_then(|id| match kind {
        SubjectKind::Login => Some(view.href(&format!("/console/logins/{id}"), &[])),
        SubjectKind::Alert => Some(view.search_ever(&format!("alert:{id}"))),
        SubjectKind::User
        | SubjectKind::Device
        | SubjectKind::Address
        | SubjectKind::Webhook
        | SubjectKind::ApiKey
        | SubjectKind::Request
        | SubjectKind::Note
        | SubjectKind::Receipt
        | SubjectKind::Operator => None,
    });
    let text = match (kind, id) {
        (SubjectKind::User, _) => return None,
        (SubjectKind::Operator, Some(id)) => emails.get(id).unwrap_or(id),
        (_, id) => id.unwrap_or_default(),
    };
    Some((of_kind(kind), Told { text: text.to_owned(), href }))
}

/// What was asked of a list, but for which page of it: a search leads to itself.
fn asked(view: &View, action: Action, query: &str) -> Vec<(String, Told)> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let kept = pairs.filter(|(name, value)| !OF_PAGES.contains(&name.as_ref()) && !value.is_empty());
    let told = kept.map(|(name, value)| {
        let href = (action == Action::Search && name == "q").then(|| view.search_ever(&value));
        let name = if name == "q" { "search".into() } else { name };
        (name.into_owned(), Told { text: value.into_owned(), href })
    });
    told.collect()
}
