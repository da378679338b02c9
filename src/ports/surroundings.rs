//! The time, and what is known of browsers and addresses.

use std::net::IpAddr;

use crate::domain::{agent::Agent, place::Whereabouts, time::Timestamp};

/// Tells the time. The one door to the wall clock.
pub trait Clock: Send + Sync {
    /// The time now. May go back when the machine's clock is set.
    fn now(&self) -> Timestamp;
}

/// Reads user agents.
pub trait Agents: Send + Sync {
    /// What a user agent says of browser and system. Total: of a text that says nothing, nothing is known.
    fn parse(&self, user_agent: &str) -> Agent;
}

/// Knows where addresses are.
pub trait Geo: Send + Sync {
    /// Place and network of an address. Addresses that are not on the public Internet have neither. Never fails: a
    /// database that cannot be read knows nothing, and says so in [`Geo::databases`].
    fn locate(&self, address: IpAddr) -> Whereabouts;

    /// The databases in use and those that were refused, for `/readyz` and `watchlight geoip status`.
    fn databases(&self) -> Vec<DatabaseStatus>;

    /// Whom the licences of the databases in use ask to be named wherever a place is shown, by host name; `None` if they
    /// ask for nothing.
    fn credit(&self) -> Option<&'static str> {
        None
    }
}

/// A database of places: what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// The file's name, without its folder.
    pub file: String,
    /// What its metadata call it: `GeoLite2-City`.
    pub database_type: String,
    /// When it was built.
    pub built_at: Timestamp,
    /// Why it is not in use; none if it is.
    pub refused: Option<String>,
}
