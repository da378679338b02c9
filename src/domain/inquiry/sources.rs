//! Where a login came from: since when that is known, whom else it touched, and what kind of network it is.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::domain::{
    history::login_record::LoginRecord,
    ids::UserId,
    inquiry::around::{Around, Behind, Listed, WEEK_AROUND_MS, behind, same_network, shows},
    kept_address::KeptAddress,
    login::login::Outcome,
    place::{Asn, NetworkUse, is_public},
    privacy::processing::Mode,
    search::{
        query::{Query, Term},
        times::Span,
        value::Value,
    },
    time::Timestamp,
};

/// Since when something is known; with `at_least`, or longer: not everything was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The earliest login.
    pub at: Timestamp,
    /// Whether there may be an earlier one.
    pub at_least: bool,
}

/// When device, network and fingerprint first appeared.
#[derive(Clone, Debug, PartialEq)]
pub struct Firsts {
    /// The tenant's earlier logins with this fingerprint.
    pub behind: Behind,
    /// The device's first login.
    pub device: Timestamp,
    /// Whether this is the device's first login.
    pub is_new_device: bool,
    /// The user's first successful login from this network before this one.
    pub network: Option<Since>,
    /// The user's first successful login with this fingerprint before this one.
    pub fingerprint: Option<Since>,
    /// The first attempt on the user with this fingerprint that failed, if it came before that.
    pub fingerprint_tried: Option<Since>,
    /// Anybody's.
    pub fingerprint_of_anybody: Option<Since>,
}

impl Firsts {
    /// Those of this login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        let earlier = |it: &&LoginRecord| it.occurred_at < login.occurred_at;
        let since = |first: Option<&LoginRecord>, cut_at: Option<Timestamp>| {
            first.map(|it| Since { at: it.occurred_at, at_least: cut_at.is_some() })
        };
        let (own, all) = (&around.before, &around.with_fingerprint);
        let network = around.entered_before().filter(|it| same_network(it, login)).last();
        let fingerprint = around.entered_before().filter(|it| it.fingerprint == login.fingerprint).last();
        let tried = own.logins.iter().filter(earlier).rfind(|it| it.fingerprint == login.fingerprint);
        let tried = tried.filter(|it| it.outcome == Outcome::Failure);
        let same = |it: &&LoginRecord| it.fingerprint == login.fingerprint && earlier(it);
        let terms = [Term::is(Value::Fingerprint(login.fingerprint))];
        Self {
            behind: behind(Query::new(terms, Span::new(None, Some(login.occurred_at))), all),
            device: login.device.first_seen,
            is_new_device: login.device.first_seen >= login.occurred_at,
            network: since(network, own.cut_at),
            fingerprint: since(fingerprint, own.cut_at),
            fingerprint_tried: since(tried, own.cut_at),
            fingerprint_of_anybody: since(all.logins.iter().rfind(same), all.cut_at),
        }
    }
}

/// Other users whom something touched in the week before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Others {
    /// Their logins.
    pub behind: Behind,
    /// All of them, in the order of their ids.
    pub users: Vec<UserId>,
    /// Those who were entered: a login of theirs succeeded.
    pub entered: Vec<UserId>,
    /// How many of their logins failed.
    pub failed: usize,
}

/// Whom else a login's address and fingerprint have touched.
#[derive(Clone, Debug, PartialEq)]
pub struct Touched {
    /// Its /24 or /64; `None` if only its network is kept.
    pub by_prefix: Option<Others>,
    /// Its address; `None` if only its network is kept.
    pub by_address: Option<Others>,
    /// Its fingerprint.
    pub by_fingerprint: Others,
}

impl Touched {
    /// By this login's sources.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        let (from, to) = (login.occurred_at.plus_ms(-WEEK_AROUND_MS), login.occurred_at.plus_ms(WEEK_AROUND_MS));
        let others = |source: Value, listed: &Listed| {
            let own = Term::new(true, [Value::User(login.user.clone())]);
            let query = Query::new([Term::is(source)].into_iter().chain(own), Span::new(Some(from), Some(to)));
            Others::of(query, listed)
        };
        let here = around.from_prefix.as_ref();
        let address = match login.ip {
            KeptAddress::Whole(ip) => Some(IpNet::from(ip)),
            KeptAddress::Network(_) => None,
        };
        Self {
            by_prefix: around.prefix().zip(here).map(|(prefix, here)| others(Value::Address(prefix), here)),
            by_address: address.zip(here).map(|(address, here)| others(Value::Address(address), here)),
            by_fingerprint: others(Value::Fingerprint(login.fingerprint), &around.with_fingerprint),
        }
    }
}

impl Others {
    fn of(query: Query, listed: &Listed) -> Self {
        let shown: Vec<_> = listed.logins.iter().filter(|login| shows(&query, login)).collect();
        let users = |entered_only: bool| -> Vec<UserId> {
            let some = shown.iter().filter(|it| !entered_only || it.outcome == Outcome::Success);
            let names: BTreeSet<&str> = some.map(|it| it.user.as_str()).collect();
            names.into_iter().filter_map(UserId::parse).collect()
        };
        Self {
            users: users(false),
            entered: users(true),
            failed: shown.iter().filter(|it| it.outcome == Outcome::Failure).count(),
            behind: behind(query, listed),
        }
    }
}

/// What kind of network a login came from.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkKind {
    /// The user's successful logins from the same autonomous system before it; none if the system is not known.
    pub behind: Option<Behind>,
    /// A special use of the address.
    pub usage: Option<NetworkUse>,
    /// The name of the tenant's own network that contains it.
    pub trusted: Option<String>,
    /// Whether it is on the public Internet; `None` if nothing of the login was kept, because its user was restricted.
    pub is_public: Option<bool>,
    /// The autonomous system, and its operator's name, which may be empty.
    pub operator: Option<(Asn, String)>,
}

impl NetworkKind {
    /// That of this login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        let network = login.whereabouts.network.as_ref();
        let operator = network.and_then(|it| Some((Asn::new(it.asn)?, it.name.clone())));
        let from_there = |asn: Asn| {
            let terms = [Term::is(Value::Asn(asn)), Term::is(Value::Outcome(Outcome::Success))];
            around.behind(around.asking(terms, around.before.cut_at, Some(login.occurred_at)))
        };
        Self {
            behind: operator.as_ref().map(|(asn, _)| from_there(*asn)),
            usage: login.whereabouts.usage,
            trusted: around.trusted_network.clone(),
            is_public: (login.processing != Mode::Restricted).then(|| is_public(login.ip.lowest())),
            operator,
        }
    }
}
