//! Learns from a login: computes the next profile. Late and out-of-order events are ordinary, so nothing newer ever
//! moves back.

use crate::domain::{
    agent::{Agent, Browser},
    browser::{
        attributes::{Attribute, Attributes, NetworkTraits, Sketches, Traits},
        class::Class,
        sketch::Sketch,
    },
    ids::{AlertId, DeviceId},
    login::login::User,
    place::{Country, NetworkUse, Place},
    time::{MINUTE_MS, Timestamp},
    user::{
        device::{KnownDevice, Trust},
        profile::{
            LastPlace, MAX_COUNTRIES, MAX_DEVICES, MAX_NETWORKS, MAX_RECENT_ALERTS, MAX_RECENT_FAILURES, Profile,
            SeenCountry, SeenNetwork,
        },
    },
};

/// Within this time, no more failed attempts are remembered than there is room for.
const FAILURES_BOUND_MS: i64 = MINUTE_MS;

/// What can be learned from a successful login.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The device: one of the profile's, or the id of a new one. `None` if the login says nothing about a device.
    pub device: Option<DeviceId>,
    /// Browser and system.
    pub agent: Agent,
    /// The traits that are compared.
    pub traits: &'a Traits,
    /// The place, if it has one.
    pub place: Option<&'a Place>,
    /// What the address is used for, if that is special: the user is not where a VPN ends.
    pub usage: Option<NetworkUse>,
    /// The alert that the login raises, if any.
    pub alert: Option<AlertId>,
    /// The account: how the person is written to.
    pub account: &'a User,
    /// Whether the e-mail address is kept in the profile.
    pub keeps_email: bool,
}

impl Profile {
    /// This profile after a successful login.
    #[must_use]
    pub fn after_login(mut self, lesson: &Lesson<'_>) -> Self {
        let at = lesson.occurred_at;
        self.logins = self.logins.saturating_add(1);
        self.first_login_at = Some(self.first_login_at.map_or(at, |it| it.min(at)));
        if let Some(id) = lesson.device {
            self.learn_device(id, lesson);
        }
        if let Some(place) = lesson.place {
            self.learn_country(at, place.country);
            if lesson.usage.is_none() {
                self.learn_place(at, place, &lesson.traits.network);
            }
        }
        self.learn_network(at, &lesson.traits.network);
        self.hours = self.hours.with(at);
        self.contact.learn(at, lesson.account, lesson.keeps_email);
        self
    }

    fn learn_device(&mut self, id: DeviceId, lesson: &Lesson<'_>) {
        match self.device_mut(id) {
            Some(device) => device.learn(lesson),
            None => self.devices.push(KnownDevice::first_seen(id, lesson)),
        }
        self.merge_duplicates(id);
        // The login's own device stays, even if this is an old event about the device seen least recently.
        evict_oldest(&mut self.devices, MAX_DEVICES, |device| (device.id == id, device.last_seen));
    }

    /// This profile after a failed attempt: nothing is learned except that it happened. Beyond [`MAX_RECENT_FAILURES`]
    /// within a minute, not even that. More would make no difference to any verdict, and so thousands of guesses at one
    /// account change its profile only a few times a minute.
    #[must_use]
    pub fn after_failure(mut self, occurred_at: Timestamp) -> Self {
        let just_before = |it: &Timestamp| (0..FAILURES_BOUND_MS).contains(&occurred_at.ms_since(*it));
        if self.recent_failures.iter().filter(|it| just_before(it)).count() == MAX_RECENT_FAILURES {
            return self;
        }
        remember(&mut self.recent_failures, occurred_at, MAX_RECENT_FAILURES);
        self
    }

    /// This profile after an alert was queued.
    #[must_use]
    pub fn after_alert(mut self, queued_at: Timestamp) -> Self {
        remember(&mut self.recent_alerts, queued_at, MAX_RECENT_ALERTS);
        self
    }

    /// Merges devices that have turned out to be the same browser, by exactly the same fingerprint from a script: two
    /// logins of a new device may have been learned separately, out of order, before either was known. A device that
    /// the user has denied is not merged.
    fn merge_duplicates(&mut self, learned: DeviceId) {
        let Some(place) = self.devices.iter().position(|it| it.id == learned) else { return };
        let traits = &self.devices[place].traits;
        if !traits.scripted || Class::of_traits(traits).looks_alike() {
            return;
        }
        let fingerprint = traits.fingerprint;
        let last = self.devices.len() - 1;
        self.devices.swap(place, last);
        let same = |device: &KnownDevice| {
            device.traits.fingerprint == fingerprint && device.traits.scripted && device.trust != Trust::Denied
        };
        // Nearly always there is none, and then nothing is moved.
        if !same(&self.devices[last]) || !self.devices[..last].iter().any(same) {
            return;
        }
        let mut kept = self.devices.swap_remove(last);
        self.devices.extract_if(.., |it| same(it)).for_each(|it| kept.absorb(&it));
        self.devices.push(kept);
    }

    fn learn_country(&mut self, at: Timestamp, country: Country) {
        match self.countries.iter_mut().find(|it| it.country == country) {
            Some(seen) => {
                seen.last_seen = seen.last_seen.max(at);
                seen.logins = seen.logins.saturating_add(1);
            }
            None => self.countries.push(SeenCountry { country, last_seen: at, logins: 1 }),
        }
        evict_oldest(&mut self.countries, MAX_COUNTRIES, |it| (false, it.last_seen));
    }

    fn learn_network(&mut self, at: Timestamp, network: &NetworkTraits) {
        if network.prefix == 0 {
            return;
        }
        let at = at.whole_hour();
        match self.networks.iter_mut().find(|it| it.prefix == network.prefix) {
            Some(seen) => seen.last_seen = seen.last_seen.max(at),
            None => self.networks.push(SeenNetwork { asn: network.origin.asn, prefix: network.prefix, last_seen: at }),
        }
        evict_oldest(&mut self.networks, MAX_NETWORKS, |it| (false, it.last_seen));
    }

    fn learn_place(&mut self, at: Timestamp, place: &Place, network: &NetworkTraits) {
        let newer = self.last_place.is_none_or(|it| it.at <= at);
        if let (true, Some(point)) = (newer, place.point) {
            let (prefix, asn) = (network.prefix, network.origin.asn);
            self.last_place =
                Some(LastPlace { at, point: point.rounded(), accuracy_km: place.accuracy_km, prefix, asn });
        }
    }
}

impl KnownDevice {
    fn first_seen(id: DeviceId, lesson: &Lesson<'_>) -> Self {
        Self {
            id,
            agent: lesson.agent,
            traits: *lesson.traits,
            first_seen: lesson.occurred_at,
            last_seen: lesson.occurred_at,
            logins: 1,
            trust: Trust::Unconfirmed,
            alert: lesson.alert,
        }
    }

    /// Adopts what has changed, so that slow drift never becomes a new device. An event from before the latest login is
    /// only counted.
    fn learn(&mut self, lesson: &Lesson<'_>) {
        self.logins = self.logins.saturating_add(1);
        self.first_seen = self.first_seen.min(lesson.occurred_at);
        if lesson.occurred_at < self.last_seen {
            return;
        }
        self.last_seen = lesson.occurred_at;
        let known = self.traits;
        self.traits = *lesson.traits;
        if lesson.agent.browser == Browser::Unknown {
            (self.traits.browser, self.traits.os) = (known.browser, known.os);
        } else {
            self.agent = lesson.agent;
        }
        self.traits.attributes = keep_untold(&known.attributes, &lesson.traits.attributes);
        self.traits.sketches = keep_untold_sketches(&known.sketches, &lesson.traits.sketches);
        self.traits.network = keep_untold_network(&known.network, &lesson.traits.network);
        self.traits.earlier = known.earlier;
        for attribute in Attribute::ALTERNATING {
            let (was, is) = (known.attributes.get(attribute), self.traits.attributes.get(attribute));
            if was != is && was != 0 {
                self.traits.earlier.remember(attribute, was);
            }
        }
    }

    /// Takes over what is known about a device that has turned out to be this one.
    fn absorb(&mut self, other: &Self) {
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.logins = self.logins.saturating_add(other.logins);
        self.alert = self.alert.or(other.alert);
        if other.trust == Trust::Confirmed {
            self.trust = Trust::Confirmed;
        }
    }
}

/// What the login told; where it told nothing, what was known before.
fn keep_untold(known: &Attributes, told: &Attributes) -> Attributes {
    let mut kept = *told;
    for (kept, known) in kept.0.iter_mut().zip(known.0) {
        if *kept == 0 {
            *kept = known;
        }
    }
    kept
}

fn keep_untold_sketches(known: &Sketches, told: &Sketches) -> Sketches {
    let keep = |known: Sketch, told: Sketch| if told == Sketch::default() { known } else { told };
    Sketches {
        fonts: keep(known.fonts, told.fonts),
        plugins: keep(known.plugins, told.plugins),
        extensions: keep(known.extensions, told.extensions),
    }
}

fn keep_untold_network(known: &NetworkTraits, told: &NetworkTraits) -> NetworkTraits {
    if told.address == 0 { *known } else { *told }
}

/// Adds a time in order, and keeps the latest `most`.
fn remember(times: &mut Vec<Timestamp>, at: Timestamp, most: usize) {
    let place = times.partition_point(|it| *it <= at);
    times.insert(place, at);
    if times.len() > most {
        times.remove(0);
    }
}

/// Drops the item with the lowest rank if there is one too many.
fn evict_oldest<T, Rank: Ord>(items: &mut Vec<T>, most: usize, rank: impl Fn(&T) -> Rank) {
    if items.len() > most
        && let Some((oldest, _)) = items.iter().enumerate().min_by_key(|(_, it)| rank(it))
    {
        items.swap_remove(oldest);
    }
}
