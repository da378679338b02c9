//! Where one gets to from each page of the settings.

use askama::{Template, filters::HtmlSafe};

use crate::{domain::tenant::api_key::Scope, http::console::parts::view::View};

/// Where the settings are.
pub const SETTINGS: &str = "/console/settings";
/// Where operators are invited and revoked.
pub const OPERATORS: &str = "/console/settings/operators";
/// Where the policy is shown.
pub const POLICY: &str = "/console/settings/policy";
/// Where webhooks are shown.
pub const WEBHOOKS: &str = "/console/settings/webhooks";
/// Where saved searches are shown.
pub const SEARCHES: &str = "/console/settings/searches";

/// The pages, in their order, and what an operator must be allowed to see each.
const PAGES: [(&str, &str, Option<Scope>); 5] = [
    (SETTINGS, "You", None),
    (SEARCHES, "Saved searches", Some(Scope::LoginsRead)),
    (POLICY, "Policy", Some(Scope::LoginsRead)),
    (WEBHOOKS, "Webhooks", Some(Scope::WebhooksRead)),
    (OPERATORS, "Operators", Some(Scope::OperatorsRead)),
];

/// The pages that whoever looks may open. Shows itself in a template.
#[derive(Clone, Debug, Template)]
#[template(path = "console/settings/tabs.html")]
pub struct Tabs {
    tabs: Vec<Tab>,
}

/// One of them.
#[derive(Clone, Debug)]
struct Tab {
    name: &'static str,
    href: String,
    is_shown: bool,
}

/// The template escapes.
impl HtmlSafe for Tabs {}

impl Tabs {
    /// Those of a view, which is at `path`.
    #[must_use]
    pub fn new(view: &View, path: &str) -> Self {
        let open = PAGES.iter().filter(|(_, _, scope)| scope.is_none_or(|it| view.operator.may(it)));
        let tabs = open.map(|(to, name, _)| Tab { name, href: view.href(to, &[]), is_shown: *to == path });
        Self { tabs: tabs.collect() }
    }
}
