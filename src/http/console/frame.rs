//! What every page of the console has around it: where one is, where one can go, and whose data it is.

use crate::{
    domain::tenant::api_key::Scope,
    http::{console::operator::Operator, door::console::admission::TENANT},
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
pub const NAV: [NavEntry; 1] = [NavEntry { path: "/console/", name: "Overview", scope: None }];

/// What is around a page. Every view's template has one, as `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who looks at it.
    pub operator: Operator,
    /// Where in [`NAV`] the page is.
    pub path: &'static str,
}

impl Frame {
    /// Around the page at this path.
    #[must_use]
    pub const fn new(operator: Operator, path: &'static str) -> Self {
        Self { operator, path }
    }

    /// The places that the operator may go to.
    pub fn nav(&self) -> impl Iterator<Item = &'static NavEntry> {
        NAV.iter().filter(|it| it.scope.is_none_or(|scope| self.operator.may(scope)))
    }

    /// A link to a path of the console that goes on looking at the same tenant: whoever sees several names it, so that the link says
    /// the same to others, and later on.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        if self.operator.tenants.len() == 1 {
            return path.to_owned();
        }
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}{TENANT}={}", self.operator.tenant.as_str())
    }
}
