//! The browsers that a user's logins came from, as they are kept beside the logins: a login's record has the fingerprint,
//! which tells two browsers apart and says nothing of how much alike they are.

use crate::domain::{
    browser::{
        attributes::{Earlier, NetworkTraits, Traits},
        fingerprint::Fingerprint,
    },
    ids::UserKey,
    salt::Week,
    time::Timestamp,
    user::profile::Profile,
};

/// How many browsers are kept of a user. Of more, those go first that nobody got in with, and then the longest unseen:
/// so whoever guesses passwords with a browser of a new name each time pushes none of the user's own out.
pub const MAX_KEPT_BROWSERS: usize = 64;

/// Identifies a browser among those of all users: whose it is, and the first half of its [`Fingerprint::short`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BrowserKey {
    /// The user.
    pub user: UserKey,
    /// The first 8 bytes of the fingerprint.
    pub fingerprint: [u8; 8],
}

impl BrowserKey {
    /// The browser with this fingerprint from which a user's login came.
    #[must_use]
    pub fn new(user: UserKey, fingerprint: &Fingerprint) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&fingerprint.0[..8]);
        Self { user, fingerprint: first }
    }
}

/// A browser as a login showed it: once for all logins of the user with its fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBrowser {
    /// The part of the fingerprint by which logins are indexed.
    pub fingerprint: [u8; 16],
    /// What matching compares. Of the network there is nothing: the logins have each their own.
    pub traits: Traits,
}

impl KeptBrowser {
    /// What is kept of a browser with this fingerprint.
    #[must_use]
    pub fn of(fingerprint: &Fingerprint, traits: &Traits) -> Self {
        let traits = Traits { network: NetworkTraits::default(), earlier: Earlier::default(), ..*traits };
        Self { fingerprint: fingerprint.short(), traits }
    }

    /// What is to be kept of the browser of a login at this time; `None` if that is kept already, as the profile shows that
    /// was before: once a week is written that it was seen, by which it is known when the last login with it has gone.
    #[must_use]
    pub fn to_keep(
        before: &Profile,
        occurred_at: Timestamp,
        fingerprint: &Fingerprint,
        traits: &Traits,
    ) -> Option<Self> {
        let is_kept = before.devices.iter().any(|known| {
            known.traits.fingerprint == traits.fingerprint && Week::of(known.last_seen) == Week::of(occurred_at)
        });
        (!is_kept).then(|| Self::of(fingerprint, traits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::Agent,
        ids::DeviceId,
        time::DAY_MS,
        user::device::{KnownDevice, Trust},
    };

    #[test]
    fn a_browser_is_written_once_a_week() {
        let fingerprint = Fingerprint([7; 32]);
        let traits = Traits { fingerprint: fingerprint.brief(), scripted: true, ..Traits::default() };
        let monday = Week(2_900).start();
        let device = KnownDevice {
            id: DeviceId([1; 8]),
            agent: Agent::default(),
            traits,
            first_seen: monday,
            last_seen: monday,
            logins: 1,
            trust: Trust::Unconfirmed,
            alert: None,
        };
        let known = Profile { devices: vec![device], ..Profile::default() };
        let to_keep = |profile: &Profile, days: i64, fingerprint: &Fingerprint| {
            let seen = Traits { fingerprint: fingerprint.brief(), ..traits };
            KeptBrowser::to_keep(profile, monday.plus_ms(days * DAY_MS), fingerprint, &seen).is_some()
        };
        assert!(to_keep(&Profile::default(), 0, &fingerprint), "the first of all");
        assert!(!to_keep(&known, 6, &fingerprint));
        assert!(to_keep(&known, 7, &fingerprint), "so that it is kept for as long as the logins of this week");
        assert!(to_keep(&known, -1, &fingerprint), "a login that came late");
        assert!(to_keep(&known, 0, &Fingerprint([8; 32])), "another browser");
    }
}
