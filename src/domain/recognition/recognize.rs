//! Recognizes the user's devices: a login comes from the closest one, if no gate is shut and the probability is high
//! enough.

use crate::domain::{
    agent::{Agent, Browser},
    browser::attributes::{AttributeSet, Traits},
    ids::DeviceId,
    recognition::{
        matching::{Closest, Home, Query, changed, closest, explain, same_time_zone},
        verdict::{DeviceStatus, DeviceVerdict, Evidence, MatchedBy},
    },
    time::Timestamp,
    user::{device::KnownDevice, profile::Profile},
};

/// What recognition needs to know of a login.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The traits that are compared with known devices.
    pub traits: &'a Traits,
    /// Whether it has a user agent or a fingerprint.
    pub tells_of_browser: bool,
    /// The device that its token was given to. The user may have deleted it since.
    pub token: Option<DeviceId>,
}

/// What is known about the device behind a login.
#[derive(Clone, Copy, Debug)]
pub struct Recognition<'a> {
    /// The known device, if it is recognized.
    pub device: Option<&'a KnownDevice>,
    /// Whether it is one of the user's.
    pub status: DeviceStatus,
    /// Whether it is a known device whose time zone has not changed.
    pub stayed: bool,
    /// Whether the token names another known device than the one recognized.
    pub token_mismatch: bool,
    query: Query<'a>,
    closest: Option<Closest>,
}

/// Looks for the device of a login among those of `profile`. It is recognized at this probability or more.
#[must_use]
pub fn recognize<'a>(recognized_from: f64, profile: &'a Profile, login: &Sighting<'a>) -> Recognition<'a> {
    let token = login.token.filter(|named| profile.device(*named).is_some());
    let home = Home::of(&profile.networks, &login.traits.network);
    let query = Query { occurred_at: login.occurred_at, seen: login.traits, token, home };
    let is_told = login.tells_of_browser || token.is_some();
    let closest = if is_told { closest(&profile.devices, &query) } else { None };
    let recognized = closest.filter(|found| found.gate.is_none() && found.probability() >= recognized_from);
    let device = recognized.map(|found| &profile.devices[found.index]);
    let status = match (device, is_told, profile.devices.is_empty()) {
        (Some(_), _, _) => DeviceStatus::Recognized,
        (None, false, _) => DeviceStatus::Unknown,
        (None, true, true) => DeviceStatus::First,
        (None, true, false) => DeviceStatus::New,
    };
    let token_mismatch = token.is_some_and(|named| device.is_none_or(|known| known.id != named));
    let stayed = device.is_some_and(|known| same_time_zone(&known.traits, login.traits));
    Recognition { device, status, stayed, token_mismatch, query, closest }
}

impl Recognition<'_> {
    /// The probability, in [0, 1], that the login comes from the closest known device: 1 if a token vouches for it, 0
    /// if there is no known device.
    #[must_use]
    pub fn probability(&self) -> f64 {
        self.closest.map_or(0.0, |found| if found.by == MatchedBy::Token { 1.0 } else { found.probability() })
    }

    /// The evidence for and against the closest device of `profile`, which must be the profile that was searched.
    #[must_use]
    pub fn evidence(&self, profile: &Profile) -> Option<Evidence> {
        self.closest.map(|found| explain(&profile.devices[found.index], &self.query))
    }

    /// The verdict on the device with this id: as it is known after this login, or as this login shows it if it was not
    /// learned.
    #[must_use]
    pub fn verdict(&self, id: DeviceId, agent: Agent, learned: &Profile) -> DeviceVerdict {
        let now_known = learned.device(id);
        let occurred_at = self.query.occurred_at;
        DeviceVerdict {
            id,
            status: self.status,
            matched_by: self.device.and(self.closest).map(|found| found.by),
            score: self.closest.map(|found| found.probability()),
            changed: self.device.map_or_else(AttributeSet::default, |known| changed(&known.traits, self.query.seen)),
            agent: told_agent(agent, now_known),
            first_seen: now_known.map_or(occurred_at, |known| known.first_seen),
            last_seen: now_known.map_or(occurred_at, |known| known.last_seen),
            trust: now_known.map(|known| known.trust).unwrap_or_default(),
        }
    }
}

/// Browser and system of a login; those of the known device where the login does not tell.
fn told_agent(told: Agent, known: Option<&KnownDevice>) -> Agent {
    match known {
        Some(known) if told.browser == Browser::Unknown => known.agent,
        Some(_) | None => told,
    }
}
