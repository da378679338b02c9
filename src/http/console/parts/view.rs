//! What the address of a view holds: the search, the time, the zone and the tenant. All of it travels along every link.

use std::{
    borrow::Cow,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use url::form_urlencoded::Serializer;

use crate::{
    domain::{
        ids::UserId,
        privacy::audit::Subject,
        search::{
            fault::QueryFault,
            field::Field,
            parser::parse_answerable,
            query::{Query, Term},
            times::Span,
            value::Value,
        },
        time::{HOUR_MS, Timestamp},
    },
    http::{
        console::{
            operator::Operator,
            parts::range::{PRESETS, Preset, Range, Written},
        },
        door::{
            argument::Argument, audited::Note, console::admission::TENANT, fault::Fault, page::Listed, problem::Kind,
            query::Parameters, state::State,
        },
    },
    service::history::beside::LOOKED_UP,
};

/// How far back a list looks if its address does not say, as `from` has it.
pub const OWN_FROM: &str = "-7d";
/// How `from` says everything.
const EVER: &str = "all";
/// The same in milliseconds.
const OWN_MS: i64 = 7 * 24 * HOUR_MS;

/// What time a view is about if its address does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Own {
    /// The last week.
    #[default]
    Week,
    /// From the first login on.
    Ever,
    /// None: it is about one thing, whenever that was.
    None,
}
/// Where one thing has a page: what it is about is not taken away there.
const ABOUT: &str = "/console/about";
/// Where searches are.
pub const SEARCH: &str = "/console/search";

/// What the address of a view holds, and who opens it.
#[derive(Clone, Debug)]
pub struct View {
    /// Who looks at it.
    pub operator: Operator,
    /// The path.
    pub path: String,
    /// The search, as it was written; empty if there is none.
    pub q: String,
    /// The search that values are added to by `+` and `−`: [`q`](Self::q), unless the view is about something of its own.
    pub base: String,
    /// The time.
    pub range: Range,
    /// When it is opened.
    pub now: Timestamp,
    /// What else its address holds, of a view that asks for something of its own.
    pub filters: Vec<(&'static str, String)>,
    /// The search as it is meant, without the time.
    query: Result<Query, QueryFault>,
    /// The time that goes along with every link: the address's, or the one that the search says itself.
    times: Written,
    own: Own,
}

impl View {
    /// Takes out what every view's address may hold.
    ///
    /// # Errors
    /// When the time cannot be read. A search that cannot be read is no error here: [`asked`](Self::asked) says so.
    pub fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        let now = State::of(request)?.clock.now();
        let operator = Operator::of(request)?;
        let q = parameters.take("q").unwrap_or_default().trim().to_owned();
        let range = Range::read(parameters, now)?;
        let query = parse_answerable(&q, now, LOOKED_UP);
        let times = range.written_with(query.as_ref().map(Query::span).unwrap_or_default(), now);
        let (path, base) = (request.path().to_owned(), q.clone());
        Ok(Self { operator, path, base, q, range, now, filters: Vec::new(), query, times, own: Own::default() })
    }

    /// Takes out what the address holds, which may hold no more, and notes for the audit what is asked.
    ///
    /// # Errors
    /// When the time cannot be read, or there is something else.
    pub fn read_noted(request: &HttpRequest, mut parameters: Parameters) -> Result<Self, Fault> {
        let view = Self::read(request, &mut parameters)?;
        parameters.finish()?;
        let note = Note::of(request);
        note.about(view.user().cloned().map(Subject::user));
        note.query(request.query_string());
        Ok(view)
    }

    /// The same, whose address holds these, too. Those that are empty are left out.
    #[must_use]
    pub fn with_filters(self, filters: Vec<(&'static str, String)>) -> Self {
        Self { filters: filters.into_iter().filter(|(_, value)| !value.is_empty()).collect(), ..self }
    }

    /// The same, about this search, which its address does not say in `q`.
    #[must_use]
    pub fn about(self, query: Query) -> Self {
        Self { base: query.to_string(), query: Ok(query), ..self }
    }

    /// The same, which by itself looks at all times.
    #[must_use]
    pub fn ever(self) -> Self {
        Self { own: Own::Ever, ..self }
    }

    /// The same, which is about no time.
    #[must_use]
    pub fn timeless(self) -> Self {
        Self { own: Own::None, ..self }
    }

    /// What is asked, within the time.
    ///
    /// # Errors
    /// When the search cannot be read: where, why, and what would be right.
    pub fn asked(&self) -> Result<Query, QueryFault> {
        let query = self.query.clone()?;
        // A search that says its time itself needs none of ours.
        let own_ms = self.own_ms().filter(|_| query.span() == Span::default());
        let span = self.range.span(self.now, own_ms);
        Ok(query.within(span))
    }

    /// The time that is meant: if the address does not say, as far back as the view looks by itself.
    #[must_use]
    pub fn span(&self) -> Span {
        self.range.span(self.now, self.own_ms())
    }

    /// How far back it looks by itself, if not at everything: what names one thing is looked for at all times.
    fn own_ms(&self) -> Option<i64> {
        let names_one = self.query.as_ref().is_ok_and(|query| {
            [Field::Reference, Field::Session, Field::Alert].into_iter().any(|it| query.only(it).is_some())
        });
        (self.own == Own::Week && !names_one).then_some(OWN_MS)
    }

    fn own_from(&self) -> &'static str {
        if self.own_ms().is_some() { OWN_FROM } else { EVER }
    }

    /// Whose logins are asked for, if it is one user's.
    #[must_use]
    pub fn user(&self) -> Option<&UserId> {
        match self.query.as_ref().ok()?.only(Field::User)? {
            Value::User(user) => Some(user),
            _ => None,
        }
    }

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

    /// The search without the time that it may say.
    fn q_at_any_time(&self) -> Cow<'_, str> {
        match &self.query {
            Ok(query) if !self.q.is_empty() && query.span() != Span::default() => {
                query.clone().at_any_time().to_string().into()
            }
            _ => self.q.as_str().into(),
        }
    }

    fn href_with(&self, path: &str, parameters: &[(&str, &str)], (from, to): (Option<&str>, Option<&str>)) -> String {
        let zone = Some(self.range.zone.name.as_str()).filter(|it| *it != "UTC");
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

    /// A link to what this view is about, with a term more.
    #[must_use]
    pub fn narrowed(&self, term: &Term) -> String {
        let term = term.to_string();
        let is_there = self.base.split(' ').any(|it| it == term);
        let q = if is_there { self.base.clone() } else { format!("{} {term}", self.base) };
        self.search_here(q.trim_start())
    }

    /// Whether this view is about this term already.
    #[must_use]
    pub fn has(&self, term: &Term) -> bool {
        self.query.as_ref().is_ok_and(|it| it.terms().contains(term))
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
        Some(self.search_here(&q))
    }

    /// A link to this view between two times. Days are named by their dates: the link has the zone, too.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> String {
        let zone = &self.range.zone;
        let from = zone.day(from).unwrap_or_else(|| from.to_text());
        self.at_time(&self.q, (Some(&from), Some(&zone.end(to))))
    }

    /// This view's address.
    #[must_use]
    pub fn own(&self) -> String {
        self.own_with(&[])
    }

    /// This view's address with these parameters, too.
    #[must_use]
    pub fn own_with(&self, more: &[(&str, &str)]) -> String {
        let own: Vec<_> = self.own_parameters(&self.q).chain(more.iter().copied()).collect();
        self.href_with(&self.path, &own, self.written())
    }

    /// The address of this view's first page with this search and at this time.
    fn at_time(&self, q: &str, times: (Option<&str>, Option<&str>)) -> String {
        self.href_with(&self.path, &self.own_parameters(q).filter(|it| it.0 != "page").collect::<Vec<_>>(), times)
    }

    fn own_parameters<'a>(&'a self, q: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        [("q", q)].into_iter().chain(self.filters.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// What the form that sets another time has in its place: the search without the time that it says, and the time.
    #[must_use]
    pub fn at_times(&self) -> (Cow<'_, str>, &Written) {
        (self.q_at_any_time(), &self.times)
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

    /// The time in words, if it is none of those that can be chosen.
    #[must_use]
    pub fn told_range(&self) -> Option<String> {
        if self.times.preset(self.own_from()).is_some() {
            return None;
        }
        let span = self.query.as_ref().map(Query::span).unwrap_or_default().and(self.range.span(self.now, None));
        Some(self.range.zone.told_span(span, self.now))
    }

    /// This view's address as it says the same later: with the times that are meant now. For copying.
    #[must_use]
    pub fn lasting(&self) -> String {
        let span = self.asked().map_or_else(|_| self.span(), |it| it.span());
        let from = span.from().map_or(EVER.to_owned(), Timestamp::to_text);
        // What happens now is in it; a time that nothing lies in ends when it begins.
        let to = span.to().unwrap_or(self.now.plus_ms(1));
        let to = span.from().map_or(to, |it| it.max(to)).to_text();
        self.at_time(&self.q_at_any_time(), (Some(&from), Some(&to)))
    }

    /// Whether it is about some time, which can be chosen.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.own != Own::None
    }

    /// The times to choose, with a link to this view at each, and whether it is the one that is shown.
    pub fn presets(&self) -> impl Iterator<Item = (&'static Preset, String, bool)> {
        let (own, q) = (self.times.preset(self.own_from()), self.q_at_any_time());
        PRESETS.iter().map(move |it| (it, self.at_time(&q, (Some(it.from), None)), own == Some(it)))
    }

    /// Whether its clock is another than that of UTC, which searches go by.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.range.zone.name != "UTC"
    }

    /// A time by the clock of the zone.
    #[must_use]
    pub fn told(&self, at: Timestamp) -> String {
        self.range.zone.told(at, self.now)
    }
}

impl FromRequest for View {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Parameters::of(request).and_then(|it| Self::read_noted(request, it)))
    }
}

impl Argument for View {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

impl Listed for View {
    fn read(request: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        Self::read(request, parameters)
    }

    fn signed(&self, asked: &str) -> String {
        format!("{}?{asked}", self.path)
    }

    fn user(&self) -> Option<&UserId> {
        self.user()
    }
}
