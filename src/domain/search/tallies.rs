//! By what logins are counted, so that a search visits only times at which there is something to find.

use crate::domain::{
    ids::LoginId,
    time::{MINUTE_MS, Timestamp},
};

/// A property of logins that is counted for each quarter of an hour.
///
/// Users, addresses, devices, fingerprints, sessions and whatever else names somebody are never counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The country, where it is known.
    Country,
    /// The number of the network, where it is known.
    Asn,
    /// How the user signed in, where the caller has said so.
    Method,
    /// The operating system, also where it is not known.
    Os,
    /// The browser, also where it is not known.
    Browser,
    /// Each signal: a login with three is counted three times.
    Signal,
    /// The verdict on the device, unless it is `recognized`.
    Status,
    /// The level of risk, unless it is `low`.
    Level,
    /// Whether the user got in, unless they did.
    Outcome,
    /// The score of risk in twentieths, unless it is in the lowest.
    Risk,
    /// Whether it raised an alert, if it did.
    Alert,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 11] = [
        Self::Country,
        Self::Asn,
        Self::Method,
        Self::Os,
        Self::Browser,
        Self::Signal,
        Self::Status,
        Self::Level,
        Self::Outcome,
        Self::Risk,
        Self::Alert,
    ];
}

/// Milliseconds in a quarter of an hour.
pub const QUARTER_MS: i64 = 15 * MINUTE_MS;

/// A quarter of an hour, by how many began after 1970 before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(pub i64);

/// The last point in time that an id can tell, in Unix milliseconds.
const LAST_MS: i64 = (1 << 48) - 1;

impl Quarter {
    /// The first in which a login can be.
    pub const FIRST: Self = Self(0);
    /// The last.
    pub const LAST: Self = Self(LAST_MS / QUARTER_MS);

    /// The one in which a time lies.
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        Self(at.unix_ms().div_euclid(QUARTER_MS))
    }

    /// When it begins.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.saturating_mul(QUARTER_MS))
    }

    /// The next one; when it begins, this one is over.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Lower than every id of a login that is in it or later, and higher than every other.
    #[must_use]
    pub fn first_id(self) -> LoginId {
        if self > Self::LAST { LoginId([0xFF; 16]) } else { LoginId::first_at(self.start()) }
    }
}
