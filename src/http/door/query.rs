//! Parameters of an address: each at most once, none unknown, every refusal naming the parameter.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use utoipa::IntoParams;

use crate::{
    domain::{
        browser::fingerprint::Fingerprint,
        history::login_record::LoginFilter,
        ids::{DeviceId, UserId},
        login::login::Outcome,
        place::{AddressRange, Country},
        policy::policy::{Level, SignalKind},
        recognition::verdict::DeviceStatus,
        search::reading::{asn, network},
        time::Timestamp,
    },
    http::door::{argument::Argument, fault::Fault, problem::Kind},
    wire::time,
};

/// How many entries a page has if the caller does not say.
const DEFAULT_LIMIT: usize = 50;
/// How many entries a page has at most.
const MAX_LIMIT: usize = 500;

/// The parameters that nobody has taken yet.
#[derive(Clone, Debug)]
pub struct Parameters(Vec<(String, String)>);

impl<const N: usize> From<[(String, String); N]> for Parameters {
    fn from(parameters: [(String, String); N]) -> Self {
        Self(parameters.into())
    }
}

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(parameters: I) -> Self {
        let mut parameters: Vec<_> = parameters.into_iter().collect();
        parameters.sort();
        Self(parameters)
    }
}

impl Parameters {
    /// The parameters of a request, without those that its admission has taken.
    ///
    /// # Errors
    /// When they are no text, or one comes twice.
    pub fn of(request: &HttpRequest) -> Result<Self, Fault> {
        if let Some(left) = request.extensions().get::<Self>() {
            return Ok(left.clone());
        }
        let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let mut parameters = query.map_err(|_| Fault::parameter("the query", "cannot be read"))?.into_inner();
        parameters.sort();
        match parameters.array_windows().find(|[(a, _), (b, _)]| a == b) {
            Some([(name, _), _]) => Err(Fault::parameter(&shorten(name), "is given twice")),
            None => Ok(Self(parameters)),
        }
    }

    /// None.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Leaves what was not taken to whatever reads the request next.
    pub fn leave(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// Takes one parameter out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(it, _)| it == name)?;
        Some(self.0.remove(at).1)
    }

    /// Takes out all whose names can be read, and tells what they say: the boxes of a form that are checked.
    pub fn take_named<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let found = self.0.iter().filter_map(|(name, _)| read(name)).collect();
        self.0.retain(|(name, _)| read(name).is_none());
        found
    }

    /// Takes one parameter out and reads it.
    ///
    /// # Errors
    /// When it cannot be read: it `must` be something else.
    pub fn read<T>(
        &mut self,
        name: &str,
        must: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.take(name).map(|value| parse(&value).ok_or_else(|| Fault::parameter(name, must))).transpose()
    }

    /// Takes out how many entries a page is to have.
    ///
    /// # Errors
    /// When it is not from 1 to 500.
    pub fn limit(&mut self) -> Result<usize, Fault> {
        let fits = |text: &str| text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
        Ok(self.read("limit", "must be a number from 1 to 500", fits)?.unwrap_or(DEFAULT_LIMIT))
    }

    /// What is asked, whatever page of it: the parameters left, in order of their names.
    #[must_use]
    pub fn question(&self) -> String {
        let lengths = |(name, value): &(String, String)| format!("{}:{name}={}:{value}", name.len(), value.len());
        self.0.iter().map(lengths).collect::<Vec<_>>().join("&")
    }

    /// Refuses what nobody has taken.
    ///
    /// # Errors
    /// When there is such a parameter.
    pub fn finish(self) -> Result<(), Fault> {
        match self.0.first() {
            Some((name, _)) => Err(Fault::parameter(&shorten(name), "is not a parameter of this request")),
            None => Ok(()),
        }
    }
}

/// What can be asked in the parameters of an address.
pub trait Question: Sized {
    /// Takes out the parameters that it is made of.
    ///
    /// # Errors
    /// When one of them cannot be read.
    fn read(parameters: &mut Parameters) -> Result<Self, Fault>;
}

/// What the parameters ask, none of them left over.
pub struct Query<Q>(pub Q);

impl<Q: Question> Query<Q> {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let question = Q::read(&mut parameters)?;
        parameters.finish()?;
        Ok(Self(question))
    }
}

impl<Q: Question> FromRequest for Query<Q> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl<Q> Argument for Query<Q> {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// Nothing: an address without parameters.
pub struct Nothing;

impl Question for Nothing {
    fn read(_: &mut Parameters) -> Result<Self, Fault> {
        Ok(Self)
    }
}

/// That the address has no parameters.
pub type NoParameters = Query<Nothing>;

/// From when until when: from the one time on, and before the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// `from`, if it is given.
    pub from: Option<Timestamp>,
    /// `to`, if it is given; not earlier than `from`.
    pub to: Option<Timestamp>,
}

/// How [`Period`] is described; where only one of the two can be asked, its own line says so.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeriodParameters {
    /// At this time or later
    #[param(format = DateTime)]
    pub from: Option<String>,
    /// Before this time
    #[param(format = DateTime)]
    pub to: Option<String>,
}

impl Question for Period {
    fn read(parameters: &mut Parameters) -> Result<Self, Fault> {
        const TIME: &str = "must be an RFC 3339 time such as 2026-11-22T10:15:00Z";
        let (from, to) = (parameters.read("from", TIME, time::parse)?, parameters.read("to", TIME, time::parse)?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Fault::parameter("from", "must not be later than `to`"));
        }
        Ok(Self { from, to })
    }
}

/// How [`LoginFilter`] is described, but for its times.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoginParameters {
    /// Of this user
    pub user: Option<String>,
    /// From this address or network (CIDR)
    pub ip: Option<String>,
    /// From this country, two letters
    pub country: Option<String>,
    /// From this autonomous system
    pub asn: Option<u32>,
    /// From this device
    pub device: Option<String>,
    /// With this fingerprint
    pub fingerprint: Option<String>,
    /// `first`, `recognized`, `new`
    pub status: Option<String>,
    /// `low`, `medium`, `high`
    pub level: Option<String>,
    /// With this signal
    pub signal: Option<String>,
    /// `success`, `failure`
    pub outcome: Option<String>,
}

impl Question for LoginFilter {
    fn read(parameters: &mut Parameters) -> Result<Self, Fault> {
        let Period { from, to } = Period::read(parameters)?;
        Ok(Self {
            user: user(parameters)?,
            addresses: parameters.read("ip", "must be an address or a network such as 192.0.2.0/24", addresses)?,
            country: parameters.read("country", "must be two letters of ISO 3166-1", Country::parse)?,
            asn: parameters.read("asn", "must be a number from 1 to 4294967295", asn)?,
            device: parameters.read("device", "must be the id of a device, dev_…", DeviceId::parse)?,
            fingerprint: parameters.read("fingerprint", "must be b3: and 64 hex digits", Fingerprint::parse)?,
            status: parameters.read(
                "status",
                "must be `first`, `recognized`, `new` or `unknown`",
                DeviceStatus::parse,
            )?,
            level: parameters.read("level", "must be `low`, `medium` or `high`", Level::parse)?,
            signal: parameters.read(
                "signal",
                "must be the name of a signal, such as `new_country`",
                SignalKind::parse,
            )?,
            outcome: parameters.read("outcome", "must be `success` or `failure`", Outcome::parse)?,
            from,
            to,
        })
    }
}

/// Takes out whose entries are asked for.
///
/// # Errors
/// When no user can be named like that.
pub fn user(parameters: &mut Parameters) -> Result<Option<UserId>, Fault> {
    parameters.read("user", "must have 1 to 256 bytes and no control characters", UserId::parse)
}

/// One address, or all of a network.
fn addresses(text: &str) -> Option<AddressRange> {
    network(text).map(|it| AddressRange { first: it.network(), last: it.broadcast() })
}

/// At most 40 characters of a name that a stranger chose, for an error that repeats it.
fn shorten(name: &str) -> String {
    name.chars().take(40).filter(|letter| !letter.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_network_of_one() {
        let range = |text| addresses(text).map(|range| format!("{}-{}", range.first, range.last));
        assert_eq!(range("::ffff:192.0.2.9").as_deref(), Some("192.0.2.9-192.0.2.9"));
        assert_eq!(range("::ffff:192.0.2.9/120").as_deref(), Some("192.0.2.0-192.0.2.255"));
        assert_eq!(range("192.0.2.9/24").as_deref(), Some("192.0.2.0-192.0.2.255"));
        assert_eq!(range("2001:db8::/127").as_deref(), Some("2001:db8::-2001:db8::1"));
        for wrong in ["", "192.0.2.0/33", "192.0.2", "x"] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_two_questions_are_the_same() {
        let question = |asked: &[(&str, &str)]| {
            Parameters(asked.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()).question()
        };
        assert_ne!(question(&[("user", "a"), ("level", "low")]), question(&[("user", "a5:level=3:low")]));
    }
}
