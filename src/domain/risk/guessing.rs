//! Guessing at the accounts of a tenant: many users from one source, which none of them sees alone.

use crate::domain::time::{HOUR_MS, MINUTE_MS};

/// Attempts are counted in windows of this length for credential stuffing …
pub const STUFFING_MS: i64 = 15 * MINUTE_MS;
/// … and of this length for password spraying.
pub const SPRAYING_MS: i64 = HOUR_MS;
/// For so long a success from the source of a run is suspicious.
pub const RUN_MEMORY_MS: i64 = 180 * MINUTE_MS;

/// By what guesses belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The address, or the /64 of an IPv6 address.
    Address,
    /// All that the browser says: a program that changes its address seldom changes that.
    Fingerprint,
    /// The same without a script. People with the newest browser and one language share it.
    Headers,
}

/// A source that is guessing, or was a while ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// By what its guesses belong together.
    pub source: Source,
}

/// What has failed from one source in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// Attempts that failed.
    pub attempts: u64,
    /// Users at whom they were made.
    pub users: u64,
    /// Users who have signed in after all: who forgets a password mostly finds it, and who guesses does not. An office
    /// behind one address has many of these.
    pub recovered: u64,
}

/// Many users …
const STUFFED_USERS: u64 = 15;
/// … or more, where many honest users look alike.
const STUFFED_USERS_BY_HEADERS: u64 = 60;
/// … with at most so many attempts at each.
const STUFFED_ATTEMPTS_EACH: u64 = 2;
/// Several users …
const SPRAYED_USERS: u64 = 5;
/// … with so many attempts altogether …
const SPRAYED_ATTEMPTS: u64 = 15;
/// … and so many at each: more than people make who mistype.
const SPRAYED_ATTEMPTS_EACH: u64 = 3;

impl Tried {
    fn lost(self) -> u64 {
        self.users.saturating_sub(self.recovered)
    }

    /// Whether what was tried within [`STUFFING_MS`] is credential stuffing: one or two passwords each at many accounts.
    #[must_use]
    pub fn is_stuffing(self, source: Source) -> bool {
        let many = if source == Source::Headers { STUFFED_USERS_BY_HEADERS } else { STUFFED_USERS };
        many <= self.lost() && self.attempts <= STUFFED_ATTEMPTS_EACH * self.users
    }

    /// Whether what was tried within [`SPRAYING_MS`] is password spraying: several passwords each at some accounts.
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
