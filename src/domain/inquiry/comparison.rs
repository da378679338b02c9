//! Two logins, attribute by attribute: whether one browser can have made both.

use crate::domain::{
    agent::Agent,
    browser::{
        attributes::{Attribute, NetworkTraits, Traits},
        class::Class,
        extraction::packed,
    },
    history::login_record::LoginRecord,
    ids::{DeviceId, LoginId, UserId},
    inquiry::naming::{Lists, Named},
    recognition::{
        matching::{Home, Query, closest, explain},
        verdict::{Agreement, Finding, Gate},
    },
    time::Timestamp,
    user::device::{KnownDevice, Trust},
};

/// A login to be compared, and what is kept of its browser; `None` for one from before browsers were kept.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The login.
    pub login: &'a LoginRecord,
    /// What is kept of its browser.
    pub browser: Option<&'a Traits>,
    /// What of its network is compared.
    pub network: NetworkTraits,
}

/// How one attribute compares.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The attribute.
    pub attribute: Attribute,
    /// How it compares, and how much that counts.
    pub finding: Finding,
    /// The name of the earlier login's value, if it has one.
    pub from: Option<Named>,
    /// The name of the later one's.
    pub to: Option<Named>,
}

/// What the matcher makes of two browsers.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The finding about the network.
    pub network: Finding,
    /// Why they cannot be one browser, whatever else agrees.
    pub gate: Option<Gate>,
    /// The evidence in hundredths of a bit: positive for one browser.
    pub centibits: i32,
    /// The probability, in [0, 1], that they are one browser.
    pub probability: f64,
    /// Whether browsers of this kind look alike, so that agreement says little.
    pub looks_alike: bool,
}

/// A login that was compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Which {
    /// The login.
    pub id: LoginId,
    /// Its user.
    pub user: UserId,
    /// Its browser and system.
    pub agent: Agent,
}

impl Which {
    fn of(login: &LoginRecord) -> Self {
        Self { id: login.id, user: login.user.clone(), agent: login.device.agent }
    }
}

/// Two logins, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The earlier login.
    pub earlier: Which,
    /// The later one.
    pub later: Which,
    /// The time between them, in milliseconds.
    pub apart_ms: i64,
    /// Whether both were taken for one device of one user.
    pub same_device: bool,
    /// Whether their fingerprints are the same.
    pub same_fingerprint: bool,
    /// Each attribute that is compared, in the order of [`Attribute::ALL`].
    pub attributes: Vec<Compared>,
    /// What the matcher makes of them; `None` if of one of them no browser is kept.
    pub weighed: Option<Weighed>,
}

impl Comparison {
    /// Compares two logins, the earlier one with the later one, whichever is first here.
    #[must_use]
    pub fn of(one: Side<'_>, other: Side<'_>, lists: &Lists<'_>) -> Self {
        let is_in_order = one.login.occurred_at <= other.login.occurred_at;
        let (earlier, later) = if is_in_order { (one, other) } else { (other, one) };
        let (was, is) = (earlier.login, later.login);
        let (attributes, weighed) = match earlier.browser.zip(later.browser) {
            Some((known, seen)) => weigh((&earlier, known), (&later, seen), lists),
            None => (by_agents(&was.device.agent, &is.device.agent), None),
        };
        Self {
            earlier: Which::of(was),
            later: Which::of(is),
            apart_ms: is.occurred_at.ms_since(was.occurred_at),
            same_device: was.user == is.user && was.device.id == is.device.id,
            same_fingerprint: was.fingerprint == is.fingerprint,
            attributes,
            weighed,
        }
    }
}

/// As the matcher weighs them: the earlier login as a known device, the later one as what is seen.
fn weigh(
    (earlier, known): (&Side<'_>, &Traits),
    (later, seen): (&Side<'_>, &Traits),
    lists: &Lists<'_>,
) -> (Vec<Compared>, Option<Weighed>) {
    let traits = Traits { network: earlier.network, ..*known };
    let seen = Traits { network: later.network, ..*seen };
    let device = KnownDevice {
        id: DeviceId([0; 8]),
        agent: earlier.login.device.agent,
        traits,
        first_seen: earlier.login.occurred_at,
        last_seen: earlier.login.occurred_at,
        logins: 1,
        trust: Trust::Unconfirmed,
        alert: None,
    };
    let occurred_at: Timestamp = later.login.occurred_at;
    let query = Query { occurred_at, seen: &seen, token: None, home: Home::Unknown };
    let evidence = explain(&device, &query);
    let compared = |(attribute, finding): (Attribute, Finding)| {
        let named = |side: &Side<'_>, traits: &Traits| {
            by_record(attribute, &side.login.device.agent)
                .or_else(|| lists.name(attribute, traits.attributes.get(attribute)))
        };
        Compared { attribute, finding, from: named(earlier, &traits), to: named(later, &seen) }
    };
    let attributes = Attribute::ALL.into_iter().zip(evidence.attributes).map(compared).collect();
    let weighed = closest(std::slice::from_ref(&device), &query).map(|found| Weighed {
        network: evidence.network,
        gate: found.gate,
        centibits: found.centibits,
        probability: found.probability(),
        looks_alike: Class::of_traits(&seen).looks_alike(),
    });
    (attributes, weighed)
}

/// What the records alone tell: the versions.
fn by_agents(was: &Agent, is: &Agent) -> Vec<Compared> {
    let version = |attribute: Attribute, was_version: u16, is_version: u16| {
        let agreement = match (was_version, is_version) {
            (0, _) | (_, 0) => Agreement::Absent,
            (was, is) if was == is => Agreement::Agreed,
            (was, is) if was < is => Agreement::Similar,
            _ => Agreement::Changed,
        };
        let finding = Finding { agreement, centibits: 0 };
        Compared { attribute, finding, from: by_record(attribute, was), to: by_record(attribute, is) }
    };
    vec![
        version(Attribute::BrowserVersion, packed(was.browser_version), packed(is.browser_version)),
        version(Attribute::OsVersion, packed(was.os_version), packed(is.os_version)),
    ]
}

/// The name of a version, by the record of its login.
fn by_record(attribute: Attribute, agent: &Agent) -> Option<Named> {
    let (name, version) = match attribute {
        Attribute::BrowserVersion => (agent.browser.name(), agent.browser_version),
        Attribute::OsVersion => (agent.os.name(), agent.os_version),
        _ => return None,
    };
    let text = name.filter(|_| !version.is_unknown()).map(|name| format!("{name} {version}"))?;
    Some(Named { text, is_probable: false })
}
