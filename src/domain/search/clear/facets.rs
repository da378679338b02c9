//! What of a login stands in the clear beside its sealed record, so that most searches open no record that they do not show.

use std::borrow::Cow;

use crate::domain::{
    agent::{Browser, Os},
    history::login_record::LoginRecord,
    ids::LoginId,
    login::login::Outcome,
    place::{Asn, Country},
    policy::policy::{Level, SignalKind},
    recognition::verdict::DeviceStatus,
    search::{
        query::{Query, Term},
        truth::Truth,
        value::{Score, Value},
    },
};

/// What can be said of a login without opening its record: nothing that names a person, an address, a device or a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// The country, where it is known.
    pub country: Option<Country>,
    /// The number of the network, where it is known.
    pub asn: Option<Asn>,
    /// How the user signed in, where the caller has said so.
    pub method: Option<Cow<'static, str>>,
    /// The operating system.
    pub os: Os,
    /// The browser.
    pub browser: Browser,
    /// The signals.
    pub signals: SignalSet,
    /// The verdict on the device.
    pub status: DeviceStatus,
    /// The level of risk.
    pub level: Level,
    /// The score of risk, as it is shown.
    pub score: Score,
    /// Whether the user got in.
    pub outcome: Outcome,
    /// Whether it raised an alert.
    pub has_alert: bool,
}

/// A login, as far as it stands in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearLogin {
    /// The login.
    pub id: LoginId,
    /// What can be said of it; `None` if only its record says it, because an earlier version stored it.
    pub facets: Option<Facets>,
}

/// A set of signals: a bit for each, by its number. A stored form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalSet(pub u32);

impl SignalSet {
    /// Whether a signal is in it.
    #[must_use]
    pub const fn has(self, kind: SignalKind) -> bool {
        self.0 >> (kind as u8) & 1 == 1
    }

    /// Its signals, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = SignalKind> {
        SignalKind::ALL.iter().copied().filter(move |it| self.has(*it))
    }
}

impl FromIterator<SignalKind> for SignalSet {
    fn from_iter<Kinds: IntoIterator<Item = SignalKind>>(kinds: Kinds) -> Self {
        Self(kinds.into_iter().fold(0, |bits, kind| bits | 1 << (kind as u8)))
    }
}

impl Facets {
    /// What stands in the clear of a login.
    #[must_use]
    pub fn of(login: &LoginRecord) -> Self {
        let origin = login.whereabouts.origin();
        Self {
            country: origin.country,
            asn: origin.asn,
            method: login.method.clone().map(Cow::Owned),
            os: login.device.agent.os,
            browser: login.device.agent.browser,
            signals: login.assessment.signals.iter().map(|it| it.kind).collect(),
            status: login.device.status,
            level: login.assessment.level,
            score: Score::rounded(login.assessment.score),
            outcome: login.outcome,
            has_alert: login.alert.is_some(),
        }
    }
}

impl Query {
    /// Whether it asks for a login, as far as its id and what stands in the clear tell. [`Truth::Yes`] and [`Truth::No`]
    /// are what [`Query::matches`] says of the record, too.
    #[must_use]
    pub fn matches_clear(&self, login: &ClearLogin) -> Truth {
        let in_time = Truth::of(self.span().contains(login.id.time()));
        let holds = |term: &Term| match &login.facets {
            Some(facets) => term.matches_facets(login.id, facets),
            None => Truth::Unknown,
        };
        Truth::all(std::iter::once(in_time).chain(self.terms().iter().map(holds)))
    }

    /// Whether what stands in the clear may tell of a login that it is not asked for.
    #[must_use]
    pub fn is_narrowed_in_clear(&self) -> bool {
        let tells = |it: &Value| {
            it.is_clear() || matches!(it, Value::Alert(_) | Value::Mail(_) | Value::Answer(_) | Value::Reference(_))
        };
        self.terms().iter().any(|it| it.values().iter().all(tells))
    }

    /// Whether what stands in the clear always tells whether it asks for a login.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.terms().iter().flat_map(Term::values).all(Value::is_clear)
    }
}

impl Term {
    /// Whether it holds for a login, as far as these facets tell.
    #[must_use]
    pub fn matches_facets(&self, id: LoginId, facets: &Facets) -> Truth {
        let has = Truth::any(self.values().iter().map(|it| it.matches_facets(id, facets)));
        if self.is_negated() { !has } else { has }
    }
}

impl Value {
    /// Whether it is a login's, as far as these facets tell.
    #[must_use]
    pub fn matches_facets(&self, id: LoginId, facets: &Facets) -> Truth {
        Truth::of(match self {
            Self::Country(it) => facets.country == Some(*it),
            Self::Asn(it) => facets.asn == Some(*it),
            Self::Status(it) => facets.status == *it,
            Self::Level(it) => facets.level == *it,
            Self::Risk(comparison, it) => comparison.holds(facets.score.cmp(it)),
            Self::Outcome(it) => facets.outcome == *it,
            Self::Method(it) => facets.method.as_deref() == Some(it.as_str()),
            Self::Signal(it) => facets.signals.has(*it),
            Self::Browser(it) => facets.browser == *it,
            Self::Os(it) => facets.os == *it,
            Self::Login(it) => id == *it,
            Self::Mail(None) => !facets.has_alert,
            Self::Alert(_) | Self::Mail(Some(_)) | Self::Answer(_) | Self::Reference(_) if !facets.has_alert => false,
            Self::Alert(_)
            | Self::Mail(Some(_))
            | Self::Answer(_)
            | Self::Reference(_)
            | Self::User(_)
            | Self::Address(_)
            | Self::Device(_)
            | Self::Fingerprint(_)
            | Self::Session(_)
            | Self::Email(_)
            | Self::Note(_)
            | Self::Verdict(_)
            | Self::Judged(_)
            | Self::Policy(_)
            | Self::Like(_) => return Truth::Unknown,
        })
    }

    /// Whether what stands in the clear always tells whether it is a login's.
    #[must_use]
    pub const fn is_clear(&self) -> bool {
        matches!(
            self,
            Self::Country(_)
                | Self::Asn(_)
                | Self::Status(_)
                | Self::Level(_)
                | Self::Risk(..)
                | Self::Outcome(_)
                | Self::Method(_)
                | Self::Signal(_)
                | Self::Browser(_)
                | Self::Os(_)
                | Self::Login(_)
                | Self::Mail(None)
        )
    }
}
