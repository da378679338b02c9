//! Why a login was flagged, and what changed from the last one; and what else the user did that day.

use crate::domain::{
    agent::Agent,
    browser::attributes::AttributeSet,
    history::login_record::LoginRecord,
    inquiry::around::{Around, Behind, DAY_AROUND_MS},
    login::login::Outcome,
    place::NamedPlace,
    policy::policy::Level,
    risk::assessment::Signal,
};

/// What changed from the user's last successful login.
#[derive(Clone, Debug, PartialEq)]
pub struct FromLast {
    /// How long before, in milliseconds.
    pub before_ms: i64,
    /// Whether it was another device.
    pub device: bool,
    /// The browser and system then and now, if either is of another family.
    pub agent: Option<(Agent, Agent)>,
    /// The place then and now, if the country is another.
    pub country: Option<(NamedPlace, NamedPlace)>,
    /// The operators of the networks then and now, if the autonomous system is another.
    pub network: Option<(String, String)>,
    /// The methods then and now, if they differ and both are known.
    pub method: Option<(String, String)>,
}

/// Why a login was flagged.
#[derive(Clone, Debug, PartialEq)]
pub struct Flagged {
    /// The login, and the last one.
    pub behind: Behind,
    /// How suspicious it is.
    pub level: Level,
    /// The score, in [0, 1].
    pub score: f64,
    /// The reasons, the strongest first.
    pub signals: Vec<Signal>,
    /// What changed; `None` if no earlier successful login is kept.
    pub from_last: Option<FromLast>,
    /// Attributes that differ from the closest known device's.
    pub attributes: AttributeSet,
}

impl Flagged {
    /// Why this login was.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let login = &around.login;
        let last = around.entered_before().next();
        let shown: Vec<&LoginRecord> = [login].into_iter().chain(last).collect();
        Self {
            behind: around.only(&shown),
            level: login.assessment.level,
            score: login.assessment.score,
            signals: login.assessment.signals.clone(),
            from_last: last.map(|last| FromLast::between(last, login)),
            attributes: login.device.changed,
        }
    }
}

impl FromLast {
    fn between(last: &LoginRecord, login: &LoginRecord) -> Self {
        let (was, is) = (&last.whereabouts, &login.whereabouts);
        let (then, now) = (last.device.agent, login.device.agent);
        let other_agent = (then.browser, then.os) != (now.browser, now.os);
        let places = was.place.as_ref().zip(is.place.as_ref()).filter(|(was, is)| was.country != is.country);
        let networks = was.network.as_ref().zip(is.network.as_ref()).filter(|(was, is)| was.asn != is.asn);
        let methods = last.method.clone().zip(login.method.clone()).filter(|(was, is)| was != is);
        Self {
            before_ms: login.occurred_at.ms_since(last.occurred_at),
            device: last.device.id != login.device.id,
            agent: other_agent.then_some((then, now)),
            country: places.map(|(was, is)| (was.named(), is.named())),
            network: networks.map(|(was, is)| (was.name.clone(), is.name.clone())),
            method: methods,
        }
    }
}

/// How many logins there were, and how many of them failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// All.
    pub all: usize,
    /// Those that failed.
    pub failed: usize,
}

impl Attempts {
    /// Of these logins.
    pub fn of<'a>(logins: impl Iterator<Item = &'a LoginRecord>) -> Self {
        logins.fold(Self::default(), |sum, login| Self {
            all: sum.all + 1,
            failed: sum.failed + usize::from(login.outcome == Outcome::Failure),
        })
    }
}

/// What the user did in the day before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// All logins of that time, this one among them.
    pub behind: Behind,
    /// Before it.
    pub before: Attempts,
    /// After it.
    pub after: Attempts,
    /// How many devices got in besides its own. Each attempt that fails may name another one.
    pub other_devices: usize,
}

impl Day {
    /// The day around this login.
    #[must_use]
    pub fn of(around: &Around) -> Self {
        let at = around.login.occurred_at;
        let (from, to) = (at.plus_ms(-DAY_AROUND_MS), at.plus_ms(DAY_AROUND_MS));
        let within = |login: &&LoginRecord| from <= login.occurred_at && login.occurred_at < to;
        let got_in = |login: &&LoginRecord| login.outcome == Outcome::Success;
        let mut devices: Vec<_> = around.of_user().filter(within).filter(got_in).map(|it| it.device.id).collect();
        devices.retain(|it| *it != around.login.device.id);
        devices.sort_unstable_by_key(|it| it.0);
        devices.dedup();
        Self {
            behind: around.behind(around.asking([], Some(from), Some(to))),
            before: Attempts::of(around.before.logins.iter().filter(within)),
            after: Attempts::of(around.after.logins.iter().filter(within)),
            other_devices: devices.len(),
        }
    }
}
