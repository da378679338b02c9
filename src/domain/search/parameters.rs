//! Queries and the parameters of `GET /v1/logins` are the same thing: what parameters ask, a query asks too.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use crate::domain::{
    history::login_record::LoginFilter,
    place::AddressRange,
    search::{
        query::{Query, Term},
        times::Span,
        value::Value,
    },
};

/// What parameters ask, as a query.
impl From<&LoginFilter> for Query {
    fn from(filter: &LoginFilter) -> Self {
        let single = [
            filter.user.clone().map(Value::User),
            filter.country.map(Value::Country),
            filter.asn.map(Value::Asn),
            filter.device.map(Value::Device),
            filter.fingerprint.map(Value::Fingerprint),
            filter.status.map(Value::Status),
            filter.level.map(Value::Level),
            filter.signal.map(Value::Signal),
            filter.outcome.map(Value::Outcome),
        ];
        let addresses =
            filter.addresses.as_ref().and_then(|it| Term::new(false, networks(it).into_iter().map(Value::Address)));
        let terms = single.into_iter().flatten().map(Term::is).chain(addresses);
        Self::new(terms, Span::new(filter.from, filter.to))
    }
}

impl Query {
    /// The parameters that ask the same; `None` if there are none, because a term is negated, has several values, or is of
    /// a field that is no parameter or comes twice.
    #[must_use]
    pub fn as_parameters(&self) -> Option<LoginFilter> {
        let mut filter = LoginFilter { from: self.span().from(), to: self.span().to(), ..LoginFilter::default() };
        for term in self.terms() {
            let was_free = match term.only()? {
                Value::User(it) => filter.user.replace(it.clone()).is_none(),
                Value::Address(it) => filter.addresses.replace(range(it)).is_none(),
                Value::Country(it) => filter.country.replace(*it).is_none(),
                Value::Asn(it) => filter.asn.replace(*it).is_none(),
                Value::Device(it) => filter.device.replace(*it).is_none(),
                Value::Fingerprint(it) => filter.fingerprint.replace(*it).is_none(),
                Value::Status(it) => filter.status.replace(*it).is_none(),
                Value::Level(it) => filter.level.replace(*it).is_none(),
                Value::Signal(it) => filter.signal.replace(*it).is_none(),
                Value::Outcome(it) => filter.outcome.replace(*it).is_none(),
                _ => false,
            };
            if !was_free {
                return None;
            }
        }
        Some(filter)
    }
}

/// From a network's lowest address to its highest.
#[must_use]
pub fn range(network: &IpNet) -> AddressRange {
    AddressRange { first: network.network(), last: network.broadcast() }
}

/// The networks that make up a range: one, if the range came from one.
fn networks(range: &AddressRange) -> Vec<IpNet> {
    let found: Vec<IpNet> = match (range.first, range.last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => Ipv4Subnets::new(first, last, 0).map(IpNet::from).collect(),
        (IpAddr::V6(first), IpAddr::V6(last)) => Ipv6Subnets::new(first, last, 0).map(IpNet::from).collect(),
        _ => Vec::new(),
    };
    // No range that was parsed ends before it begins, or in the other family.
    if found.is_empty() { vec![IpNet::from(range.first)] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{search::parser::parse, time::Timestamp};

    #[test]
    fn a_range_is_the_networks_that_make_it_up() {
        let written = |first: &str, last: &str| {
            let range = AddressRange { first: first.parse().unwrap(), last: last.parse().unwrap() };
            networks(&range).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(written("192.0.2.0", "192.0.2.255"), "192.0.2.0/24");
        assert_eq!(written("192.0.2.9", "192.0.2.9"), "192.0.2.9/32");
        assert_eq!(written("192.0.2.9", "192.0.2.12"), "192.0.2.9/32 192.0.2.10/31 192.0.2.12/32");
        assert_eq!(written("0.0.0.0", "255.255.255.255"), "0.0.0.0/0");
        assert_eq!(written("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
        assert_eq!(written("192.0.2.9", "::1"), "192.0.2.9/32");
    }

    #[test]
    fn what_parameters_cannot_say_is_not_said_by_them() {
        let now = Timestamp::from_unix_ms(1_790_000_000_000);
        let can = |text| parse(text, now).unwrap().as_parameters().is_some();
        assert!(can("") && can("user:ana ip:192.0.2.0/24 level:high last:7d"));
        for text in ["-user:ana", "country:BR,PT", "level:high level:low", "risk>=0.5", "method:otp", "note:any"] {
            assert!(!can(text), "{text}");
        }
    }
}
