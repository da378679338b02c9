//! What was gathered around a login, and how many logins a query shows of it.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::domain::{
    alert::alert::{Alert, Delivery},
    history::{login_record::LoginRecord, session::Session},
    ids::{LoginId, UserId},
    kept_address::KeptAddress,
    login::login::Outcome,
    place::{canonical_address, network_prefix},
    privacy::note::Note,
    search::{
        matching::LoginFacts,
        query::{Query, Term},
        times::Span,
        value::Value,
    },
    time::{DAY_MS, Timestamp},
    user::device::Trust,
};

/// How long before and after a login its day reaches.
pub const DAY_AROUND_MS: i64 = DAY_MS;
/// How long before and after a login its week reaches.
pub const WEEK_AROUND_MS: i64 = 7 * DAY_MS;

/// Logins that were read, newest first, as many as one read may return.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The logins.
    pub logins: Vec<LoginRecord>,
    /// There are more, from before this time, that were not read; `None` if these are all.
    pub cut_at: Option<Timestamp>,
}

impl Listed {
    /// What a read of at most `limit` logins has returned. If that cut the list, those of its last millisecond are left out,
    /// so that it is whole from a time on.
    #[must_use]
    pub fn new(mut logins: Vec<LoginRecord>, limit: usize) -> Self {
        let last = logins.last().filter(|_| logins.len() >= limit).map(|it| it.occurred_at);
        if let Some(last) = last {
            logins.retain(|it| it.occurred_at > last);
        }
        Self { logins, cut_at: last.map(|it| it.plus_ms(1)) }
    }

    /// Without those that may not be shown.
    #[must_use]
    pub fn without(mut self, is_hidden: impl Fn(&UserId) -> bool) -> Self {
        self.logins.retain(|login| !is_hidden(&login.user));
        self
    }
}

/// A login, and what was gathered around it.
#[derive(Clone, Debug)]
pub struct Around {
    /// The login.
    pub login: LoginRecord,
    /// The user's logins before it.
    pub before: Listed,
    /// The user's logins within a day after it.
    pub after: Listed,
    /// The tenant's logins from its /24 or /64 until a week after it; `None` if only its network is kept.
    pub from_prefix: Option<Listed>,
    /// The tenant's logins with its fingerprint until a week after it.
    pub with_fingerprint: Listed,
    /// The alert that it raised, if that is still kept.
    pub alert: Option<(Alert, Delivery)>,
    /// The deliveries of the alerts that the user's logins in the week before it raised.
    pub deliveries: Vec<(LoginId, Delivery)>,
    /// Verdicts of colleagues on logins of the user and from its /24, /64 or fingerprint in the week before it, the newest first.
    pub verdicts: Vec<Note>,
    /// Its session.
    pub session: Option<Session>,
    /// What the user says about its device now; `None` if the user has no such device.
    pub trust: Option<Trust>,
    /// The name of the tenant's own network that contains its address.
    pub trusted_network: Option<String>,
}

/// The logins behind a sentence: the query that shows them, and how many it shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Behind {
    /// The query.
    pub query: Query,
    /// How many logins it shows.
    pub logins: usize,
    /// Whether it may show more.
    pub at_least: bool,
}

impl Around {
    /// The user's logins that were gathered, newest first.
    pub fn of_user(&self) -> impl Iterator<Item = &LoginRecord> {
        self.after.logins.iter().chain([&self.login]).chain(&self.before.logins)
    }

    /// The user's successful logins before it, newest first.
    pub fn entered_before(&self) -> impl Iterator<Item = &LoginRecord> {
        let earlier = |it: &&LoginRecord| it.outcome == Outcome::Success && it.occurred_at < self.login.occurred_at;
        self.before.logins.iter().filter(earlier)
    }

    /// The logins of the user that a query about them shows.
    #[must_use]
    pub fn behind(&self, query: Query) -> Behind {
        let logins = self.of_user().filter(|login| shows(&query, login)).count();
        let (from, to) = (query.span().from(), query.span().to());
        let is_cut_before = self.before.cut_at.is_some_and(|cut| from.is_none_or(|from| from < cut));
        let is_cut_after = self.after.cut_at.is_some() && to.is_none_or(|to| to > self.login.occurred_at.plus_ms(1));
        Behind { query, logins, at_least: is_cut_before || is_cut_after }
    }

    /// A query about the user, within a time.
    #[must_use]
    pub fn asking(
        &self,
        terms: impl IntoIterator<Item = Term>,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Query {
        let user = Term::is(Value::User(self.login.user.clone()));
        Query::new([user].into_iter().chain(terms), Span::new(from, to))
    }

    /// A query that shows these logins of the user alone, and the logins that it shows.
    #[must_use]
    pub fn only(&self, logins: &[&LoginRecord]) -> Behind {
        let terms = Term::new(false, logins.iter().map(|login| Value::Login(login.id)));
        let times = || logins.iter().map(|login| login.occurred_at);
        let query = self.asking(terms, times().min(), times().max().map(|it| it.plus_ms(1)));
        Behind { query, logins: logins.len(), at_least: false }
    }

    /// The /24 or /64 of its address, if that is known.
    #[must_use]
    pub fn prefix(&self) -> Option<IpNet> {
        let bits = |ip: IpAddr| if ip.is_ipv4() { 24 } else { 64 };
        let ip = canonical_address(self.login.ip.in_prefix()?);
        IpNet::new(ip, bits(ip)).ok().map(|it| it.trunc())
    }
}

/// The logins of a list that a query shows.
#[must_use]
pub fn behind(query: Query, listed: &Listed) -> Behind {
    let logins = listed.logins.iter().filter(|login| shows(&query, login)).count();
    let at_least = listed.cut_at.is_some_and(|cut| query.span().from().is_none_or(|from| from < cut));
    Behind { query, logins, at_least }
}

/// Whether a query shows a login, by its record alone.
#[must_use]
pub fn shows(query: &Query, login: &LoginRecord) -> bool {
    query.matches(&LoginFacts::of(login)).is_possible()
}

/// Whether two addresses are of one /24 or /64, as far as is known.
#[must_use]
pub fn same_prefix(one: KeptAddress, other: KeptAddress) -> bool {
    one.in_prefix().zip(other.in_prefix()).is_some_and(|(one, other)| network_prefix(one) == network_prefix(other))
}

/// Whether two logins came from one network: one autonomous system, or where that is not known, one /24 or /64.
#[must_use]
pub fn same_network(one: &LoginRecord, other: &LoginRecord) -> bool {
    match (one.whereabouts.origin().asn, other.whereabouts.origin().asn) {
        (Some(one), Some(other)) => one == other,
        _ => same_prefix(one.ip, other.ip),
    }
}
