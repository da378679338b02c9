//! Which logins a query asks for. Whatever index a search starts from, this decides in the end.

use crate::domain::{
    alert::alert::Delivery,
    history::login_record::LoginRecord,
    ids::LoginId,
    privacy::note::Verdict,
    search::{
        parameters::range,
        query::{Query, Term},
        truth::Truth,
        value::Value,
    },
    time::Timestamp,
};

/// A stored login, and what else is known of it. Its record says nothing of what comes later or is kept elsewhere: a
/// search looks these up where a term needs them ([`Query::needs`]), and where it has not, the answer is [`Truth::Unknown`].
#[derive(Clone, Copy, Debug)]
pub struct LoginFacts<'a> {
    /// The login.
    pub login: &'a LoginRecord,
    /// What has become of its alert; `None` if nobody has looked, or the alert is no longer kept.
    pub delivery: Option<&'a Delivery>,
    /// The reference that its mail shows; `None` if nobody has looked.
    pub reference: Option<&'a str>,
    /// The e-mail address that it named, in lower case; `None` if nobody has looked. The record does not hold it.
    pub email: Option<&'a str>,
    /// Whether there is a note about it; `None` if nobody has looked.
    pub is_noted: Option<bool>,
    /// The verdict on it that holds, and when it was given; `None` if nobody has looked.
    pub verdict: Option<Option<(Verdict, Timestamp)>>,
    /// The login whose browsers were compared with its own, and whether they are alike; `None` if nobody has compared.
    pub like: Option<(LoginId, bool)>,
}

impl<'a> LoginFacts<'a> {
    /// A login of which no more is known than its record says.
    #[must_use]
    pub const fn of(login: &'a LoginRecord) -> Self {
        Self { login, delivery: None, reference: None, email: None, is_noted: None, verdict: None, like: None }
    }
}

impl Query {
    /// Whether it asks for a login, as far as is known. Of an address of which only the network is kept, that may be
    /// unknown too.
    #[must_use]
    pub fn matches(&self, facts: &LoginFacts<'_>) -> Truth {
        let in_time = Truth::of(self.span().contains(facts.login.occurred_at));
        Truth::all(self.terms().iter().map(|it| it.matches(facts)).chain([in_time]))
    }
}

impl Term {
    /// Whether it holds for a login, as far as is known.
    #[must_use]
    pub fn matches(&self, facts: &LoginFacts<'_>) -> Truth {
        let has = Truth::any(self.values().iter().map(|it| it.matches(facts)));
        if self.is_negated() { !has } else { has }
    }
}

impl Value {
    /// Whether it is a login's, as far as is known. What a login does not have (a country that no database knows, a session
    /// that nobody named, the mail of an alert that was never raised) is not this value.
    #[must_use]
    pub fn matches(&self, facts: &LoginFacts<'_>) -> Truth {
        let LoginFacts { login, delivery, .. } = *facts;
        let origin = login.whereabouts.origin();
        Truth::of(match self {
            Self::User(it) => login.user == *it,
            Self::Address(it) => {
                let (range, ip) = (range(it), login.ip);
                let may = ip.may_lie_in(&range);
                return if may && !ip.surely_lies_in(&range) { Truth::Unknown } else { Truth::of(may) };
            }
            Self::Country(it) => origin.country == Some(*it),
            Self::Asn(it) => origin.asn == Some(*it),
            Self::Device(it) => login.device.id == *it,
            Self::Fingerprint(it) => login.fingerprint == *it,
            Self::Status(it) => login.device.status == *it,
            Self::Level(it) => login.assessment.level == *it,
            Self::Risk(comparison, it) => comparison.holds(it.order_of(login.assessment.score)),
            Self::Outcome(it) => login.outcome == *it,
            Self::Method(it) => login.method.as_ref() == Some(it),
            Self::Signal(it) => login.assessment.signals.iter().any(|signal| signal.kind == *it),
            Self::Browser(it) => login.device.agent.browser == *it,
            Self::Os(it) => login.device.agent.os == *it,
            Self::Session(it) => login.session_id.as_ref() == Some(it),
            Self::Policy(it) => login.policy == Some(*it),
            Self::Login(it) => login.id == *it,
            Self::Alert(it) => login.alert.as_ref().map(|alert| alert.id) == Some(*it),
            Self::Mail(None) => login.alert.is_none(),
            // Without an alert there is no mail, no answer and no reference.
            Self::Mail(_) | Self::Answer(_) | Self::Reference(_) if login.alert.is_none() => false,
            Self::Mail(it) => return Truth::of_known(delivery.map(|delivery| Some(delivery.state) == *it)),
            Self::Answer(it) => return Truth::of_known(delivery.map(|delivery| delivery.answer() == *it)),
            Self::Reference(it) => return Truth::of_known(facts.reference.map(|reference| reference == it.as_str())),
            Self::Email(it) => return Truth::of_known(facts.email.map(|email| email == it)),
            Self::Note(it) => return Truth::of_known(facts.is_noted.map(|is_noted| is_noted == *it)),
            Self::Verdict(it) => {
                return Truth::of_known(facts.verdict.map(|holds| holds.map(|(verdict, _)| verdict) == *it));
            }
            Self::Judged(since) => {
                return Truth::of_known(facts.verdict.map(|holds| holds.is_some_and(|(_, at)| at >= *since)));
            }
            Self::Like(it) => {
                return Truth::of_known(facts.like.filter(|(login, _)| login == it).map(|(_, is_like)| is_like));
            }
        })
    }
}
