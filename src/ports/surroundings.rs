//! The time, and what is known about browsers and addresses.

use std::net::IpAddr;

use crate::domain::{agent::Agent, place::Whereabouts, time::Timestamp};

/// Tells the time. Nothing else reads the wall clock.
pub trait Clock: Send + Sync {
    /// The time now. Goes back when the machine's clock is set back.
    fn now(&self) -> Timestamp;
}

/// Parses user agents.
pub trait Agents: Send + Sync {
    /// The browser and system that a user agent names. Never fails: for a text that names none, they are unknown.
    fn parse(&self, user_agent: &str) -> Agent;
}

/// Looks up places and networks.
pub trait Geo: Send + Sync {
    /// The place and the network of an address. Addresses that are not on the public Internet have neither. Never
    /// fails: a database that cannot be read knows nothing, and [`Geo::databases`] says why.
    fn locate(&self, address: IpAddr) -> Whereabouts;

    /// The databases in use and those that were refused, for `/readyz` and `watchlight geoip status`.
    fn databases(&self) -> Vec<DatabaseStatus>;

    /// The host name to credit wherever a place is shown, if the licences of the databases in use ask for that; `None`
    /// if they do not.
    fn credit(&self) -> Option<&'static str> {
        None
    }
}

/// The standing of a location database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseStatus {
    /// The file's name, without its folder.
    pub file: String,
    /// Its type according to its metadata: `GeoLite2-City`.
    pub database_type: String,
    /// When it was built.
    pub built_at: Timestamp,
    /// Why it is not in use; `None` if it is.
    pub refused: Option<String>,
}
