//! The searches that a tenant has saved, beside a search, and the form that saves that one.

use askama::{Template, filters::HtmlSafe};

use crate::{
    domain::tenant::{api_key::Scope, saved_search::SavedSearch},
    http::console::{page::filters, parts::view::View},
};

/// Searches to go to, and the form that saves the one that is shown. Shows itself in a template.
#[derive(Clone, Debug, Template)]
#[template(path = "console/parts/saved.html")]
pub struct Saved {
    /// What is searched.
    q: String,
    /// The name under which it is saved already.
    name: String,
    /// The names of those that are saved, and where they lead.
    searches: Vec<(String, String)>,
    /// All of them.
    all: String,
    /// Where the form is sent, if whoever looks may save one.
    save: Option<String>,
}

/// The template escapes.
impl HtmlSafe for Saved {}

impl Saved {
    /// Beside this view.
    #[must_use]
    pub fn new(view: &View, saved: &[SavedSearch]) -> Self {
        let may_save = !view.q.is_empty() && view.operator.may(Scope::DevicesWrite);
        let own = saved.iter().find(|it| it.q == view.q);
        Self {
            q: view.q.clone(),
            name: own.map_or_else(String::new, |it| it.name.as_str().to_owned()),
            searches: saved.iter().map(|it| (it.name.as_str().to_owned(), view.search(&it.q))).collect(),
            all: view.href("/console/settings/searches", &[]),
            save: may_save.then(|| view.href("/console/searches", &[])),
        }
    }
}
