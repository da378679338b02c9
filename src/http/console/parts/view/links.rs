//! Where the links of a view lead: what its address holds goes along.

use url::form_urlencoded::{self, Serializer};

use crate::{
    domain::{search::query::Term, time::Timestamp},
    http::{
        console::parts::view::{COUNTS, SEARCH, View, when::EVER},
        door::{console::admission::TENANT, query::Parameters},
    },
};

/// Where one thing has a page: what it is about is not taken away there.
const ABOUT: &str = "/console/about";

impl View {
    /// A link to a path of the console with these parameters, that keeps the time, the zone, and the tenant. A search that says its
    /// time itself keeps it so.
    #[must_use]
    pub fn href(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let own = (self.times.from.as_deref(), self.times.to.as_deref());
        self.href_with(path, parameters, if parameters.contains(&("q", &self.q)) { self.written() } else { own })
    }

    /// Where a form of this view is sent that comes back to it.
    #[must_use]
    pub fn posted(&self, path: &str) -> String {
        self.href(path, &[("q", &self.q)])
    }

    /// The time as the address has it.
    fn written(&self) -> (Option<&str>, Option<&str>) {
        (self.range.from_text.as_deref(), self.range.to_text.as_deref())
    }

    fn href_with(&self, path: &str, parameters: &[(&str, &str)], times: (Option<&str>, Option<&str>)) -> String {
        self.href_in(&self.range.zone.name, path, parameters, times)
    }

    fn href_in(
        &self,
        zone: &str,
        path: &str,
        parameters: &[(&str, &str)],
        (from, to): (Option<&str>, Option<&str>),
    ) -> String {
        let zone = Some(zone).filter(|it| *it != "UTC");
        let kept = [("from", from), ("to", to), ("tz", zone), (TENANT, self.named_tenant())];
        let mut query = Serializer::new(String::new());
        for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        for (name, value) in kept.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The tenant as addresses name it: whoever sees several names it, so that a link says the same to others, and later on.
    #[must_use]
    pub fn named_tenant(&self) -> Option<&str> {
        (self.operator.tenants.len() > 1).then(|| self.operator.tenant.as_str())
    }

    /// A link to this search.
    #[must_use]
    pub fn search(&self, q: &str) -> String {
        self.href(SEARCH, &[("q", q)])
    }

    /// A link to this search over all times.
    #[must_use]
    pub fn search_ever(&self, q: &str) -> String {
        self.href_with(SEARCH, &[("q", q)], (Some(EVER), None))
    }

    /// A link to what this view searches for, over all times.
    #[must_use]
    pub fn itself_ever(&self) -> String {
        self.search_ever(&self.q_at_any_time())
    }

    /// A link to the logins of what this view is about: to this search over the time of this view.
    #[must_use]
    pub fn search_here(&self, q: &str) -> String {
        let (from, to) = self.written();
        let own = (self.times.from.is_none() && self.own_ms().is_none()).then_some(EVER);
        self.href_with(SEARCH, &[("q", q)], (from.or(own), to))
    }

    /// A link to the search for what this view is about, over its time, with these parameters.
    #[must_use]
    pub fn search_with(&self, more: &[(&str, &str)]) -> String {
        let (from, to) = self.written();
        let own = (self.times.from.is_none() && self.own_ms().is_none()).then_some(EVER);
        self.href_with(SEARCH, &[&[("q", self.base.as_str())], more].concat(), (from.or(own), to))
    }

    /// How many logins of what this view asks for have each value of one thing, as a table; `None` if the search cannot be read.
    #[must_use]
    pub fn table_by(&self, name: &str) -> Option<String> {
        let q = self.asked().ok()?.to_string();
        let mut query = Serializer::new(String::new());
        query.extend_pairs([("by", name), ("top", "1000"), ("q", &q)]);
        query.extend_pairs(self.named_tenant().map(|it| (TENANT, it)));
        Some(format!("{COUNTS}.csv?{}", query.finish()))
    }

    /// Where a search leads that is this one but for a term: to the search, or to this view again.
    fn beside(&self, q: &str) -> String {
        if self.stays { self.at_time(q, self.written()) } else { self.search_here(q) }
    }

    /// A link to what this view is about, with a term more.
    #[must_use]
    pub fn narrowed(&self, term: &Term) -> String {
        let term = term.to_string();
        let is_there = self.base.split(' ').any(|it| it == term);
        let q = if is_there { self.base.clone() } else { format!("{} {term}", self.base) };
        self.beside(q.trim_start())
    }

    /// A link to this search without one of its terms; `None` if that is not in it, or what the view itself is about.
    #[must_use]
    pub fn widened(&self, term: &Term) -> Option<String> {
        let query = self
            .query
            .as_ref()
            .ok()
            .filter(|it| self.base == self.q && self.path != ABOUT && it.terms().contains(term))?;
        let text = term.to_string();
        let left = self.q.split(' ').filter(|it| *it != text).collect::<Vec<_>>().join(" ");
        let q = if left == self.q { query.clone().without(term).to_string() } else { left };
        Some(self.beside(&q))
    }

    /// A link to this view between two times. Days are named by their dates: the link has the zone, too.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> String {
        let zone = &self.range.zone;
        let from = zone.day(from).unwrap_or_else(|| from.to_text());
        self.at_time(&self.q_at_any_time(), (Some(&from), Some(&zone.end(to))))
    }

    /// This view's address.
    #[must_use]
    pub fn own(&self) -> String {
        let page = self.page.as_ref().map(|(name, value)| (*name, value.as_str()));
        self.own_with(page.as_slice())
    }

    /// The address of this view's first page with these parameters, too.
    #[must_use]
    pub fn own_with(&self, more: &[(&str, &str)]) -> String {
        let own: Vec<_> = self.own_parameters(&self.q).chain(more.iter().copied()).collect();
        self.href_with(&self.path, &own, self.written())
    }

    /// The address of this view's first page with this search and at this time.
    pub(super) fn at_time(&self, q: &str, times: (Option<&str>, Option<&str>)) -> String {
        self.href_with(&self.path, &self.own_parameters(q).collect::<Vec<_>>(), times)
    }

    /// What its address says besides by this name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str())
    }

    fn own_parameters<'a>(&'a self, q: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        [("q", q)].into_iter().chain(self.filters.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// What else belongs to a search that is sent from this view: its time, zone and tenant.
    pub fn kept(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let zone = Some(self.range.zone.name.as_str()).filter(|it| *it != "UTC");
        let kept = [
            ("from", self.range.from_text.as_deref()),
            ("to", self.range.to_text.as_deref()),
            ("tz", zone),
            (TENANT, self.named_tenant()),
        ];
        kept.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    /// This view's address as it says the same later: with the times that are meant now. For copying.
    #[must_use]
    pub fn lasting(&self) -> String {
        let span = self.span();
        let from = span.from().map_or(EVER.to_owned(), Timestamp::to_text);
        // What happens now is in it; a time that nothing lies in ends when it begins.
        let to = span.to().unwrap_or(self.now.plus_ms(1));
        let to = span.from().map_or(to, |it| it.max(to)).to_text();
        let page = self.page.as_ref().map(|(name, value)| (*name, value.as_str()));
        let q = self.q_at_any_time();
        let own: Vec<_> = self.own_parameters(&q).chain(page).collect();
        self.href_with(&self.path, &own, (Some(&from), Some(&to)))
    }

    /// What cursors are signed with that belong to an address of a list.
    #[must_use]
    pub fn question_of(address: &str) -> String {
        let (path, asked) = address.split_once('?').unwrap_or((address, ""));
        // The tenant is taken out where one is let in.
        let asked = form_urlencoded::parse(asked.as_bytes()).into_owned().filter(|(name, _)| name != TENANT);
        format!("{path}?{}", asked.collect::<Parameters>().question())
    }

    /// The clocks to choose, each with its name and a link to this view by it, and whether it is the one that is shown.
    #[must_use]
    pub fn clocks(&self) -> Vec<(String, String, bool)> {
        let clock = |name: String, zone: &str| (name, self.in_zone(zone), self.range.zone.name == zone);
        let users = self.user_zone.as_deref().filter(|it| *it != "UTC");
        let users = users.map(|it| clock(format!("the user’s, {it}"), it));
        std::iter::once(clock("UTC".to_owned(), "UTC")).chain(users).collect()
    }

    /// This view by the clock of another zone: about the same times, also where its address names them by days.
    #[must_use]
    pub fn in_zone(&self, zone: &str) -> String {
        let times = self.range.anywhere();
        let own: Vec<_> = self.own_parameters(&self.q).collect();
        self.href_in(zone, &self.path, &own, (times.from.as_deref(), times.to.as_deref()))
    }

    /// What a form has that asks for this view by the clock of another zone.
    #[must_use]
    pub fn kept_in_any_zone(&self) -> Vec<(&'static str, String)> {
        let times = self.range.anywhere();
        let kept = [
            ("q", Some(self.q.clone())),
            ("from", times.from),
            ("to", times.to),
            (TENANT, self.named_tenant().map(str::to_owned)),
        ];
        let kept = kept.into_iter().filter_map(|(name, value)| Some((name, value.filter(|it| !it.is_empty())?)));
        kept.chain(self.filters.iter().cloned()).collect()
    }
}
