//! What many logins have in common: who was tried from where, who was entered, and by what one knows it again.

use crate::domain::{
    agent::{Browser, Os},
    alert::{
        alert::{Answer, AnsweredBy},
        statements::Statements,
    },
    browser::fingerprint::Fingerprint,
    ids::UserId,
    login::login::Outcome,
    place::{Asn, Country},
    privacy::note::Verdict,
    search::value::Value,
    time::Timestamp,
};

/// How many sources are told at most: those that touched the most users.
pub const MAX_SOURCES: usize = 50;
/// How many users are told at most: those who were entered first.
pub const MAX_USERS: usize = 200;
/// How many values of a trait are told at most.
pub const MAX_VALUES: usize = 5;

/// Attempts, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many failed.
    pub failures: u64,
    /// How many succeeded.
    pub successes: u64,
}

impl Tries {
    /// One attempt more.
    pub const fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Failure => self.failures += 1,
            Outcome::Success => self.successes += 1,
        }
    }
}

/// From when until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasted {
    /// The first.
    pub first: Timestamp,
    /// The last.
    pub last: Timestamp,
}

impl Lasted {
    /// The same, with one more time.
    #[must_use]
    pub fn with(known: Option<Self>, at: Timestamp) -> Option<Self> {
        Some(known.map_or(Self { first: at, last: at }, |it| Self { first: it.first.min(at), last: it.last.max(at) }))
    }
}

/// Where attempts came from: an address, or the network that is kept of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The address or network, as it is shown.
    pub address: String,
    /// Where it is.
    pub country: Option<Country>,
    /// Whose network it is.
    pub asn: Option<Asn>,
    /// The attempts from there.
    pub tries: Tries,
    /// How many users were tried.
    pub users: u64,
    /// How many of them were entered.
    pub entered: u64,
    /// From when until when; `None` before the first.
    pub lasted: Option<Lasted>,
}

/// A user who was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The user.
    pub user: UserId,
    /// The attempts.
    pub tries: Tries,
    /// From how many sources.
    pub sources: u64,
    /// From when until when; `None` before the first.
    pub lasted: Option<Lasted>,
    /// When somebody first got in.
    pub entered_at: Option<Timestamp>,
    /// Whether a warning was raised.
    pub warned: bool,
    /// Whether a mail about it was sent.
    pub told: bool,
    /// What was answered: a denial counts more than a confirmation.
    pub answer: Answer,
    /// By whom: the user counts most. `None` without an answer, and for answers from before this was kept.
    pub answered_by: Option<AnsweredBy>,
    /// What was answered by the user, and what by a colleague: of each a denial counts more than a confirmation.
    pub statements: Statements,
    /// Whether the user has denied one after a colleague had decided otherwise.
    pub is_contradicted: bool,
    /// What colleagues have decided: `compromised` counts most, then `unsure`.
    pub verdict: Option<Verdict>,
}

impl Target {
    /// Whether somebody got in, and nobody has said that it was the user: no colleague by the verdict that holds, nor the user.
    #[must_use]
    pub fn must_reset(&self) -> bool {
        let is_cleared = match self.verdict {
            Some(Verdict::Safe) => !self.is_contradicted,
            Some(Verdict::Compromised) => false,
            Some(Verdict::Unsure) | None => self.answer == Answer::Confirmed,
        };
        self.tries.successes > 0 && !is_cleared
    }
}

/// Attempts from one source on one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The source's index.
    pub source: usize,
    /// The user's index.
    pub user: usize,
    /// The attempts.
    pub tries: Tries,
}

/// What kind of thing logins have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    /// The autonomous system.
    Network,
    /// The country.
    Country,
    /// The browser.
    Browser,
    /// The operating system.
    System,
    /// How they signed in.
    Method,
    /// The fingerprint.
    Fingerprint,
}

impl Trait {
    /// The name of the field by which one searches for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "asn",
            Self::Country => "country",
            Self::Browser => "browser",
            Self::System => "os",
            Self::Method => "method",
            Self::Fingerprint => "fingerprint",
        }
    }
}

/// A value of a trait.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Common {
    /// An autonomous system, and its operator's name, which may be empty.
    Network(Asn, String),
    /// A country.
    Country(Country),
    /// A browser.
    Browser(Browser),
    /// An operating system.
    System(Os),
    /// A method.
    Method(String),
    /// A fingerprint.
    Fingerprint(Fingerprint),
}

impl Common {
    /// The value as one searches for it.
    #[must_use]
    pub fn sought(&self) -> Value {
        match self {
            Self::Network(asn, _) => Value::Asn(*asn),
            Self::Country(country) => Value::Country(*country),
            Self::Browser(browser) => Value::Browser(*browser),
            Self::System(os) => Value::Os(*os),
            Self::Method(method) => Value::Method(method.clone()),
            Self::Fingerprint(fingerprint) => Value::Fingerprint(*fingerprint),
        }
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn kind(&self) -> Trait {
        match self {
            Self::Network(..) => Trait::Network,
            Self::Country(_) => Trait::Country,
            Self::Browser(_) => Trait::Browser,
            Self::System(_) => Trait::System,
            Self::Method(_) => Trait::Method,
            Self::Fingerprint(_) => Trait::Fingerprint,
        }
    }
}

/// How many logins and users have a value in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The value.
    pub value: Common,
    /// How many logins have it.
    pub logins: u64,
    /// How many users.
    pub users: u64,
}

/// How many users there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// All who were tried.
    pub tried: u64,
    /// Those of them who were entered: a login succeeded.
    pub entered: u64,
    /// Those of whom it was the user, as a colleague or they themselves have said.
    pub cleared: u64,
    /// Those who were sent a mail about it.
    pub told: u64,
    /// Those who said that it was not them, or of whom somebody else did.
    pub denied: u64,
    /// Those who said so themselves, by the mail.
    pub denied_themselves: u64,
    /// Those of whom a colleague judged a login compromised.
    pub compromised: u64,
}

/// A campaign: who was tried from where, and what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Campaign {
    /// The attempts.
    pub tries: Tries,
    /// From when until when; `None` if there are none.
    pub lasted: Option<Lasted>,
    /// How many sources there are.
    pub source_count: u64,
    /// How many users of each kind.
    pub reach: Reach,
    /// The sources that touched the most users, at most [`MAX_SOURCES`].
    pub sources: Vec<Source>,
    /// The users, those who were entered first, and then those who were tried most; at most [`MAX_USERS`].
    pub users: Vec<Target>,
    /// Who was tried from where, of these.
    pub links: Vec<Link>,
    /// What they have in common: of each kind the most frequent values, at most five.
    pub shared: Vec<Shared>,
    /// How many attempts there were in each hour of the day: UTC, unless it was gathered by the clock of another zone.
    pub hours: [u64; 24],
}
