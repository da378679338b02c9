//! Who is signed in, what they may do, and whose logins they can look at.

use askama::{Template, filters::HtmlSafe};

use crate::{
    domain::operator::role::{CONSOLE_TENANT, Role},
    http::console::parts::{rows::Moment, view::View},
};

/// Who is signed in. Shows itself in a template.
#[derive(Clone, Debug, Template)]
#[template(path = "console/parts/you.html")]
pub struct You {
    email: String,
    role: &'static str,
    /// What the operator may do, in words.
    may: &'static str,
    /// When the operator signed in.
    since: Moment,
    /// When the session ends at the latest.
    until: Moment,
    tenants: Vec<TenantRow>,
}

/// A tenant that the operator can look at.
#[derive(Clone, Debug)]
struct TenantRow {
    name: String,
    /// This page about it.
    href: String,
    is_shown: bool,
    /// Whether it holds how operators sign in.
    is_console: bool,
}

/// The template escapes.
impl HtmlSafe for You {}

impl You {
    /// Whoever opens this view.
    #[must_use]
    pub fn new(view: &View) -> Self {
        let (operator, session) = (&view.operator, &view.operator.session);
        let tenants = operator.tenants.iter().map(|it| TenantRow {
            name: it.as_str().to_owned(),
            href: format!("{}?tenant={}", view.path, it.as_str()),
            is_shown: *it == operator.tenant,
            is_console: it.as_str() == CONSOLE_TENANT,
        });
        Self {
            email: operator.email.clone(),
            role: operator.role.as_str(),
            may: in_words(operator.role),
            since: Moment::new(view, session.begun_at),
            until: Moment::new(view, session.ends_at()),
            tenants: tenants.collect(),
        }
    }
}

const fn in_words(role: Role) -> &'static str {
    match role {
        Role::Reader => "looks at logins",
        Role::Analyst => "looks at logins and decides about devices, alerts and verdicts",
        Role::Admin => "everything, operators too",
    }
}
