//! Everything that is remembered about one user in order to judge the next login. Bounded: it does not grow with the
//! number of logins.

use crate::domain::{
    ids::DeviceId,
    place::{Asn, Country, Point},
    privacy::processing::Processing,
    time::Timestamp,
    user::{contact::Contact, device::KnownDevice},
};

/// How many devices are remembered. The least recently seen is dropped first.
pub const MAX_DEVICES: usize = 32;
/// How many countries are remembered. The least recently seen is dropped first.
pub const MAX_COUNTRIES: usize = 16;
/// How many networks are remembered. The least recently seen is dropped first. A phone sees many, in few autonomous
/// systems.
pub const MAX_NETWORKS: usize = 8;
/// How many alerts' times are remembered. No daily budget can be larger.
pub const MAX_RECENT_ALERTS: usize = 20;
/// How many failed attempts' times are remembered.
pub const MAX_RECENT_FAILURES: usize = 8;

/// What is known about one user. The empty profile is that of a user who has never signed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Successful logins.
    pub logins: u32,
    /// The earliest successful login.
    pub first_login_at: Option<Timestamp>,
    /// The known devices, in no particular order.
    pub devices: Vec<KnownDevice>,
    /// Countries that the user has signed in from.
    pub countries: Vec<SeenCountry>,
    /// Networks that the user has signed in from.
    pub networks: Vec<SeenNetwork>,
    /// The latest trusted place of a successful login: not by VPN, relay, data centre or satellite.
    pub last_place: Option<LastPlace>,
    /// When the latest alerts were queued, oldest first.
    pub recent_alerts: Vec<Timestamp>,
    /// When the latest attempts failed, oldest first.
    pub recent_failures: Vec<Timestamp>,
    /// The hours of the day at which the user signs in.
    pub hours: Hours,
    /// How the person is written to.
    pub contact: Contact,
    /// How much of their logins may be used.
    pub processing: Processing,
}

/// Successful logins by hour of the day in UTC, 0 to [`Hours::MOST`] each. All are halved when one would exceed that,
/// so that old habits fade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours(pub [u8; 24]);

impl Hours {
    /// The highest count of an hour: a stored form keeps it in one byte.
    pub const MOST: u8 = 127;

    /// With one more login.
    #[must_use]
    pub fn with(mut self, at: Timestamp) -> Self {
        let hour = at.hour_of_day();
        if self.0[hour] == Self::MOST {
            self.0.iter_mut().for_each(|it| *it /= 2);
        }
        self.0[hour] += 1;
        self
    }

    /// How many logins are remembered.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.iter().map(|&it| u32::from(it)).sum()
    }

    /// The shortest way around the clock from the hour of `at` to one at which the user has signed in: 0 to 12; `None`
    /// if there was no login.
    #[must_use]
    pub fn distance(&self, at: Timestamp) -> Option<usize> {
        let hour = at.hour_of_day();
        let used = self.0.iter().enumerate().filter(|(_, logins)| **logins > 0);
        used.map(|(own, _)| own.abs_diff(hour).min(24 - own.abs_diff(hour))).min()
    }
}

/// A country that the user has signed in from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenCountry {
    /// The country.
    pub country: Country,
    /// The latest login from it.
    pub last_seen: Timestamp,
    /// Logins from it.
    pub logins: u32,
}

/// A network that the user has signed in from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenNetwork {
    /// The autonomous system, if known.
    pub asn: Option<Asn>,
    /// The first quarter of the keyed hash of the /24 or /64.
    pub prefix: u32,
    /// The latest login from it, to the hour.
    pub last_seen: Timestamp,
}

/// The user's last trusted place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LastPlace {
    /// When the user was there.
    pub at: Timestamp,
    /// The coordinates.
    pub point: Point,
    /// How accurate they are, in kilometres; `None` if the database does not say.
    pub accuracy_km: Option<u16>,
    /// The first quarter of the keyed hash of the /24 or /64.
    pub prefix: u32,
    /// The autonomous system, if known.
    pub asn: Option<Asn>,
}

impl Profile {
    /// Whether it must be kept although nothing else of the person is: they have asked for another processing than the
    /// ordinary one, and forgetting that would undo it.
    #[must_use]
    pub fn holds_a_wish(&self) -> bool {
        self.processing != Processing::default()
    }

    /// The device with this id.
    #[must_use]
    pub fn device(&self, id: DeviceId) -> Option<&KnownDevice> {
        self.devices.iter().find(|it| it.id == id)
    }

    /// Whether an attempt has failed since then.
    #[must_use]
    pub fn failed_since(&self, since: Timestamp) -> bool {
        self.recent_failures.last().is_some_and(|it| *it >= since)
    }

    /// The device with this id, to change what is said about it.
    pub fn device_mut(&mut self, id: DeviceId) -> Option<&mut KnownDevice> {
        self.devices.iter_mut().find(|it| it.id == id)
    }
}
