//! A change of the policy, as the address of a page holds it: only what is to be other than now.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde_json::{Map, Value, json};

use crate::{
    domain::{
        login::login::Invalid,
        policy::policy::{Policy, SignalKind},
        privacy::audit::Subject,
    },
    http::{
        console::parts::view::View,
        door::{argument::Argument, audited::Note, fault::Fault, problem::Kind, query::Parameters},
    },
    wire::policy::PolicyBody,
};

/// Rules that are a share of one, and what they are called.
const SHARES: [(&str, &str); 5] = [
    ("medium_from", "Medium from a score of"),
    ("high_from", "High from a score of"),
    ("strong_from", "A signal is strong from"),
    ("recognized_from", "Recognized from"),
    ("certain_from", "Certain from"),
];
/// Rules that are a whole number.
const COUNTS: [(&str, &str); 4] = [
    ("mails_per_hour", "Within an hour, at most"),
    ("mails_per_day", "Within a day, at most"),
    ("late_after_hours", "None about logins older than (hours)"),
    ("copied_within_hours", "A device looks copied within (hours)"),
];
/// The rules that are none of these.
const OTHERS: [&str; 3] = ["muted", "trust", "exclude"];
/// What networks are called that are trusted for a rehearsal.
const REHEARSED: &str = "Rehearsed";

/// A change of the policy, and the view that it is about.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The view.
    pub view: View,
    /// What is changed: names and values as they were written, none of them empty.
    pub changes: Vec<(&'static str, String)>,
    /// Whether the address has parameters that say nothing, as forms send them.
    pub has_blanks: bool,
}

/// Some rules under a heading.
#[derive(Clone, Debug)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// A rule that can be changed.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The name of its parameter.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// As it is now.
    pub now: String,
    /// What was written; empty if it stays.
    pub written: String,
    /// Whether it is a share of one, and not a whole number.
    pub is_share: bool,
}

impl Tried {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let mut view = View::read(request, &mut parameters)?;
        let (mut changes, mut has_blanks) = (Vec::new(), false);
        let named = SHARES.iter().map(|it| it.0).chain(COUNTS.iter().map(|it| it.0)).chain(OTHERS);
        for name in SignalKind::ALL.iter().map(|it| it.as_str()).chain(named) {
            match parameters.take(name).map(|it| it.trim().to_owned()) {
                Some(value) if value.is_empty() => has_blanks = true,
                Some(value) => changes.push((name, value)),
                None => {}
            }
        }
        parameters.finish()?;
        view.filters.clone_from(&changes);
        let note = Note::of(request);
        note.about(view.user().cloned().map(Subject::user));
        note.query(request.query_string());
        Ok(Self { view, changes, has_blanks })
    }

    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// What was written for a rule; empty if it stays.
    #[must_use]
    pub fn written(&self, name: &str) -> &str {
        self.changes.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value)
    }

    /// The change as the API takes it.
    ///
    /// # Errors
    /// A value that is no number.
    pub fn body(&self, policy: &Policy) -> Result<PolicyBody, Invalid> {
        let unreadable = |_| Invalid::new("the change", "cannot be read");
        serde_json::from_value(self.json(policy)?).map_err(unreadable)
    }

    /// The same as JSON.
    ///
    /// # Errors
    /// As [`body`](Self::body).
    pub fn json(&self, policy: &Policy) -> Result<Value, Invalid> {
        let (mut body, mut weights) = (Map::new(), Map::new());
        let whole = json!(PolicyBody::new(policy));
        for (name, text) in &self.changes {
            let share = || text.parse::<f64>().map_err(|_| Invalid::new(*name, "must be a number from 0 to 1"));
            let count = || text.parse::<u32>().map_err(|_| Invalid::new(*name, "must be a whole number"));
            match *name {
                "muted" => drop(body.insert((*name).to_owned(), json!(text == "true"))),
                "trust" => {
                    let ranges: Vec<&str> = text.split([' ', ',', '\n']).filter(|it| !it.is_empty()).collect();
                    let added = json!({"name": REHEARSED, "ranges": ranges});
                    body.insert("trusted_networks".to_owned(), with(&whole["trusted_networks"], [added]));
                }
                "exclude" => {
                    let users = text.split(['\n', ',']).map(str::trim).filter(|it| !it.is_empty()).map(Value::from);
                    body.insert("excluded_users".to_owned(), with(&whole["excluded_users"], users));
                }
                _ if COUNTS.iter().any(|it| it.0 == *name) => drop(body.insert((*name).to_owned(), json!(count()?))),
                _ if SHARES.iter().any(|it| it.0 == *name) => drop(body.insert((*name).to_owned(), json!(share()?))),
                _ => drop(weights.insert((*name).to_owned(), json!(share()?))),
            }
        }
        if !weights.is_empty() {
            body.insert("weights".to_owned(), Value::Object(weights));
        }
        Ok(Value::Object(body))
    }

    /// The rules that can be changed, as they are now and as they were written.
    #[must_use]
    pub fn groups(&self, policy: &Policy) -> Vec<Group> {
        let whole = json!(PolicyBody::new(policy));
        let rule = |(name, label): (&'static str, String), now: String, is_share: bool| Rule {
            name,
            label,
            now,
            written: self.written(name).to_owned(),
            is_share,
        };
        let weights = SignalKind::ALL.iter().map(|kind| {
            let name = kind.as_str();
            rule((name, name.replace('_', " ")), policy.weights.get(*kind).to_string(), true)
        });
        let named =
            |it: &(&'static str, &str), is_share| rule((it.0, it.1.to_owned()), whole[it.0].to_string(), is_share);
        vec![
            Group { title: "Weights of signals", rules: weights.collect() },
            Group { title: "Thresholds", rules: SHARES.iter().map(|it| named(it, true)).collect() },
            Group { title: "Mails", rules: COUNTS.iter().map(|it| named(it, false)).collect() },
        ]
    }
}

/// What the page calls a rule that the API names so.
#[must_use]
pub fn label_of(field: &str) -> String {
    let rule = SHARES.iter().chain(&COUNTS).find(|it| it.0 == field).map(|it| format!("“{}”", it.1));
    let weight = || Some(format!("The weight of “{}”", field.strip_prefix("weights.")?.replace('_', " ")));
    let list = || match field.split(['[', '.']).next() {
        Some("trusted_networks" | "trust") => "A trusted network".to_owned(),
        Some("excluded_users" | "exclude") => "An excluded user".to_owned(),
        _ => SignalKind::parse(field)
            .map_or_else(|| field.to_owned(), |it| format!("The weight of “{}”", it.as_str().replace('_', " "))),
    };
    rule.or_else(weight).unwrap_or_else(list)
}

/// A list with some more.
fn with(list: &Value, more: impl IntoIterator<Item = Value>) -> Value {
    let known = list.as_array().cloned().unwrap_or_default();
    Value::Array(known.into_iter().chain(more).collect())
}

impl FromRequest for Tried {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Tried {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}
