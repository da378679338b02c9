//! What the address of a view holds: the search, the time, the zone and the tenant. All of it travels along every link.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    domain::{
        ids::UserId,
        privacy::audit::Subject,
        search::{
            fault::QueryFault,
            field::Field,
            parser::parse_answerable,
            query::{Query, Term},
            value::Value,
        },
        time::Timestamp,
    },
    http::{
        console::{
            operator::Operator,
            parts::{
                range::{Range, Written},
                view::when::Own,
            },
        },
        door::{
            argument::Argument, audited::Note, fault::Fault, page::Listed, problem::Kind, query::Parameters,
            state::State,
        },
    },
    service::history::beside::LOOKED_UP,
};

/// Where searches are.
pub const SEARCH: &str = "/console/search";
/// Where the counts of a search are as data.
pub const COUNTS: &str = "/console/counts";

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
    /// The time, as the address has it; a search that says a time itself has that.
    pub range: Range,
    /// When it is opened.
    pub now: Timestamp,
    /// What else its address holds, of a view that asks for something of its own.
    pub filters: Vec<(&'static str, String)>,
    /// The clock of the user whom it is about, if it is known: the name of a zone.
    pub user_zone: Option<String>,
    /// Which page of a list it is, as its address says that; `None` for the first.
    pub(super) page: Option<(&'static str, String)>,
    /// Whether `+`, `−` and `×` lead to this view again, and not to the search.
    pub(super) stays: bool,
    /// The search as it is meant, without the time.
    pub(super) query: Result<Query, QueryFault>,
    /// The time that goes along with every link: the one that the search says itself, or else the address's.
    pub(super) times: Written,
    pub(super) own: Own,
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
        let view = Self {
            operator,
            path: request.path().to_owned(),
            base: q.clone(),
            q,
            times: range.written(),
            range,
            now,
            filters: Vec::new(),
            user_zone: None,
            page: None,
            stays: false,
            query,
            own: Own::default(),
        };
        Ok(match view.typed() {
            Some(span) => Self { times: Written::of(span, &view.range.zone, now), ..view },
            None => view,
        })
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

    /// The same, which is this page of a list, as its address says that by a parameter.
    #[must_use]
    pub fn on_page(self, name: &'static str, value: String) -> Self {
        Self { page: Some((name, value)), ..self }
    }

    /// The same, which `+`, `−` and `×` narrow and widen where it is.
    #[must_use]
    pub fn staying(self) -> Self {
        Self { stays: true, ..self }
    }

    /// The same, about a user whose clock is known.
    #[must_use]
    pub fn of_user_in(self, zone: Option<String>) -> Self {
        Self { user_zone: zone, ..self }
    }

    /// Whose logins are asked for, if it is one user's.
    #[must_use]
    pub fn user(&self) -> Option<&UserId> {
        match self.query.as_ref().ok()?.only(Field::User)? {
            Value::User(user) => Some(user),
            _ => None,
        }
    }

    /// Whether this view is about this term already.
    #[must_use]
    pub fn has(&self, term: &Term) -> bool {
        self.query.as_ref().is_ok_and(|it| it.terms().contains(term))
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
