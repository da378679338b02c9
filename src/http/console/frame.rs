//! What every page of the console has around it: where one is, where one can go, and whose data it is.

use url::form_urlencoded::Serializer;

use crate::{
    domain::{
        search::{fault::QueryFault, field::Field, value::Value},
        tenant::api_key::Scope,
    },
    http::{
        console::{drawing::markup::Markup, operator::Operator, parts::view::View},
        door::console::admission::TENANT,
    },
};

/// A place that one gets to from every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavEntry {
    /// Its path.
    pub path: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What an operator must be allowed to see it; `None`, if every operator may.
    pub scope: Option<Scope>,
}

/// The places, in their order. Only what there is.
pub const NAV: [NavEntry; 6] = [
    NavEntry { path: "/console/", name: "Queue", scope: Some(Scope::LoginsRead) },
    NavEntry { path: "/console/search", name: "Search", scope: Some(Scope::LoginsRead) },
    NavEntry { path: "/console/tail", name: "Live", scope: Some(Scope::LoginsRead) },
    NavEntry { path: "/console/rehearse", name: "Rehearse", scope: Some(Scope::LoginsRead) },
    NavEntry { path: "/console/audit", name: "Audit", scope: Some(Scope::PrivacyRead) },
    NavEntry { path: "/console/settings", name: "Settings", scope: None },
];

/// What is around a page. Every view's template has one, as `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What its address holds, and who looks at it.
    pub view: View,
    /// Where in [`NAV`] the page is.
    pub place: &'static str,
    /// What is wrong with the search in the head, if that cannot be read.
    pub amiss: Option<QueryFault>,
    /// Where this page is for programs.
    pub elsewhere: Option<Elsewhere>,
    /// This page's address as it says the same later, where the view alone does not know it: of a page of a list.
    pub lasting: Option<String>,
}

/// The same as a page shows, for programs.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// As JSON, for whoever has signed in.
    pub json: String,
    /// As a table; none where there is none.
    pub csv: Option<String>,
    /// The call of the API, for a shell.
    pub curl: String,
    /// What of the page they are, if that is not all.
    pub part: Option<&'static str>,
}

impl Elsewhere {
    /// The call of the API with this path and query that tells the same, which is under `page` in the console.
    #[must_use]
    pub fn new(view: &View, page: &str, call: &str, parameters: &[(&str, &str)], has_csv: bool) -> Self {
        let query = |tenant: Option<&str>| {
            let mut query = Serializer::new(String::new());
            let kept = parameters.iter().copied().filter(|(_, value)| !value.is_empty());
            query.extend_pairs(kept.chain(tenant.map(|it| (TENANT, it))));
            let query = query.finish();
            if query.is_empty() { query } else { format!("?{query}") }
        };
        let own = query(view.named_tenant());
        Self {
            json: format!("{page}.json{own}"),
            csv: has_csv.then(|| format!("{page}.csv{own}")),
            part: None,
            curl: format!("curl -H \"Authorization: Bearer $WATCHLIGHT_KEY\" \"$WATCHLIGHT_URL{call}{}\"", query(None)),
        }
    }
}

impl Elsewhere {
    /// The same, which is of the page only this part.
    #[must_use]
    pub fn only(self, part: &'static str) -> Self {
        Self { part: Some(part), ..self }
    }
}

impl Frame {
    /// Around a view, at this place.
    #[must_use]
    pub const fn new(view: View, place: &'static str) -> Self {
        Self { view, place, amiss: None, elsewhere: None, lasting: None }
    }

    /// The same, with the call of the API that tells what the page shows.
    #[must_use]
    pub fn with(self, elsewhere: Elsewhere) -> Self {
        Self { elsewhere: Some(elsewhere), ..self }
    }

    /// The same, whose address as it says the same later is this one, if there is one.
    #[must_use]
    pub fn lasting_as(self, lasting: Option<String>) -> Self {
        Self { lasting, ..self }
    }

    /// This page's address as it says the same later.
    #[must_use]
    pub fn lasting(&self) -> String {
        self.lasting.clone().unwrap_or_else(|| self.view.lasting())
    }

    /// Who looks at it.
    #[must_use]
    pub const fn operator(&self) -> &Operator {
        &self.view.operator
    }

    /// The places that the operator may go to.
    pub fn nav(&self) -> impl Iterator<Item = &'static NavEntry> {
        NAV.iter().filter(|it| it.scope.is_none_or(|scope| self.operator().may(scope)))
    }

    /// What can be searched by, as the search box suggests it.
    pub fn hints(&self) -> impl Iterator<Item = String> {
        let fields = Field::ALL.iter().flat_map(|field| {
            let choices = Value::choices(*field);
            let some = choices.iter().map(|it| format!("{}:{it}", field.as_str())).collect::<Vec<_>>();
            if some.is_empty() { vec![format!("{}:{}", field.as_str(), field.example())] } else { some }
        });
        fields.chain(["last:24h".to_owned(), "since:2026-11-22".to_owned(), "until:2026-11-22".to_owned()])
    }

    /// What is wrong with the search, in words.
    #[must_use]
    pub fn said(&self, fault: &QueryFault) -> Markup {
        Markup::coded(&fault.message)
    }

    /// A line of carets under what is wrong with the search.
    #[must_use]
    pub fn caret(&self, fault: &QueryFault) -> String {
        format!("{}{}", " ".repeat(fault.position), "^".repeat(fault.length.max(1)))
    }

    /// What to write instead, and a link to the search that has it.
    #[must_use]
    pub fn suggestion<'a>(&self, fault: &'a QueryFault) -> Option<(&'a str, String)> {
        let suggestion = fault.suggestion.as_deref()?;
        let letters: Vec<char> = self.view.q.chars().collect();
        let (before, rest) = letters.split_at_checked(fault.position)?;
        let after = rest.get(fault.length..)?;
        let mended: String = before.iter().copied().chain(suggestion.chars()).chain(after.iter().copied()).collect();
        Some((suggestion, self.view.search(&mended)))
    }

    /// A link to a path of the console that keeps the time, the zone, and the tenant.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        self.view.href(path, &[])
    }
}
