//! Guessing at the accounts of a tenant: many users are tried from one source, which the history of a single user does
//! not show.

use crate::domain::time::{HOUR_MS, MINUTE_MS};

/// Attempts are counted in windows of this length for credential stuffing …
pub const STUFFING_MS: i64 = 15 * MINUTE_MS;
/// … and of this length for password spraying.
pub const SPRAYING_MS: i64 = HOUR_MS;
/// For how long a success from the source of a run is suspicious.
pub const RUN_MEMORY_MS: i64 = 180 * MINUTE_MS;

/// How the guesses of a run are recognized as belonging together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The address, or the /64 of an IPv6 address.
    Address,
    /// By everything the browser says: a program that changes its address seldom changes that.
    Fingerprint,
    /// By the same without a script. People with the newest browser and the same language share it.
    Headers,
}

/// A source that is guessing, or was a while ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How its guesses belong together.
    pub source: Source,
}

/// What failed from one source in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many attempts failed.
    pub attempts: u64,
    /// How many users they were made at.
    pub users: u64,
    /// How many of these users signed in after all. People who mistype a password mostly find the right one, and
    /// attackers do not. An office behind one address has many such users.
    pub recovered: u64,
}

/// Many users …
const STUFFED_USERS: u64 = 15;
/// … or this many, where many honest users look alike …
const STUFFED_USERS_BY_HEADERS: u64 = 60;
/// … with at most this many attempts at each.
const STUFFED_ATTEMPTS_EACH: u64 = 2;
/// Several users …
const SPRAYED_USERS: u64 = 5;
/// … with this many attempts in all …
const SPRAYED_ATTEMPTS: u64 = 15;
/// … and this many at each: more than people make who mistype.
const SPRAYED_ATTEMPTS_EACH: u64 = 3;

impl Tried {
    fn lost(self) -> u64 {
        self.users.saturating_sub(self.recovered)
    }

    /// Whether the attempts within [`STUFFING_MS`] are credential stuffing: one or two passwords each, tried at many
    /// accounts.
    #[must_use]
    pub fn is_stuffing(self, source: Source) -> bool {
        let many = if source == Source::Headers { STUFFED_USERS_BY_HEADERS } else { STUFFED_USERS };
        many <= self.lost() && self.attempts <= STUFFED_ATTEMPTS_EACH * self.users
    }

    /// Whether the attempts within [`SPRAYING_MS`] are password spraying: several passwords each, tried at some
    /// accounts.
    #[must_use]
    pub fn is_spraying(self, source: Source) -> bool {
        source != Source::Headers
            && SPRAYED_USERS <= self.lost()
            && SPRAYED_ATTEMPTS.max(SPRAYED_ATTEMPTS_EACH * self.users) <= self.attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_stolen_passwords_is_told_from_an_office_on_monday() {
        let list = Tried { attempts: 20, users: 15, recovered: 0 };
        assert!(list.is_stuffing(Source::Address) && !list.is_spraying(Source::Address));
        assert!(!list.is_stuffing(Source::Headers), "fifteen people with one browser are nothing");
        let monday = Tried { attempts: 60, users: 50, recovered: 44 };
        assert!(!monday.is_stuffing(Source::Address) && !monday.is_spraying(Source::Address));
        let spray = Tried { attempts: 18, users: 5, recovered: 0 };
        assert!(spray.is_spraying(Source::Address) && !spray.is_stuffing(Source::Address));
        let nothing = Tried::default();
        assert!(!nothing.is_stuffing(Source::Address) && !nothing.is_spraying(Source::Fingerprint));
    }
}
