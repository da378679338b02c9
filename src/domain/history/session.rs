//! What happens in a session after its login: how long it lasts, how much it is used, and whether it stays with the
//! browser and the network that it started with. If it continues elsewhere, its cookie was probably stolen.

use crate::domain::{
    agent::{Agent, Browser},
    browser::contradiction::system_family,
    history::login_record::LoginRecord,
    place::Origin,
    time::Timestamp,
};

/// How many of the latest activities with an idempotency key are remembered, so that a retry is not counted again.
pub const MAX_NAMED: usize = 32;

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The caller's id of it; `None` for one that was stored before ids were kept.
    pub id: Option<String>,
    /// When its login happened.
    pub started_at: Timestamp,
    /// Its latest known use; its start, if it was not used.
    pub last_active_at: Timestamp,
    /// When it ended, if it has: the first time that was reported.
    pub ended_at: Option<Timestamp>,
    /// How many API calls were made.
    pub calls: u64,
    /// Browser and system at its login.
    pub agent: Agent,
    /// The network at its login.
    pub origin: Origin,
    /// What had changed, and when, the first time that something had.
    pub changed: Option<(Timestamp, Change)>,
    /// Hashes of the idempotency keys of the latest activities that had one, the earliest first.
    pub named: Vec<u64>,
}

/// A use of a session.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// A keyed hash of its idempotency key, which a retry has in common with it.
    pub name: Option<u64>,
    /// When it happened.
    pub at: Timestamp,
    /// API calls since the previous activity.
    pub calls: u64,
    /// Browser and system; unknown if not given.
    pub agent: Agent,
    /// The network.
    pub origin: Origin,
}

/// What is no longer as it was at the login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each may be so or not, whatever the others are")]
pub struct Change {
    /// Another browser family. A newer version of the same browser is no change.
    pub browser: bool,
    /// Another family of systems.
    pub system: bool,
    /// Another country, unless the autonomous system is the same. Phones change theirs all day at home.
    pub network: bool,
    /// Used after it had ended: the cookie outlived the logout.
    pub after_end: bool,
}

impl Change {
    /// Whether anything has changed.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.browser || self.system || self.network || self.after_end
    }
}

impl Session {
    /// The session as its login starts it.
    #[must_use]
    pub fn begun_by(login: &LoginRecord) -> Self {
        Self {
            id: login.session_id.clone(),
            started_at: login.occurred_at,
            last_active_at: login.occurred_at,
            ended_at: None,
            calls: 0,
            agent: login.device.agent,
            origin: login.whereabouts.origin(),
            changed: None,
            named: Vec::new(),
        }
    }

    /// The session after it was used. Events may come in any order: the latest use never moves back, and the earliest
    /// change is kept. An activity with a known idempotency key changes nothing.
    #[must_use]
    pub fn after(mut self, activity: &Activity) -> Self {
        if let Some(name) = activity.name {
            if self.named.contains(&name) {
                return self;
            }
            self.named.push(name);
            self.named.drain(..self.named.len().saturating_sub(MAX_NAMED));
        }
        self.last_active_at = self.last_active_at.max(activity.at);
        self.calls = self.calls.saturating_add(activity.calls);
        let change = self.change(activity);
        let earlier = self.changed.is_none_or(|(at, _)| activity.at < at);
        if change.is_any() && earlier {
            self.changed = Some((activity.at, change));
        }
        self
    }

    /// The session after it has ended. The first report stays.
    #[must_use]
    pub fn ended(mut self, at: Timestamp) -> Self {
        self.ended_at.get_or_insert(at.max(self.started_at));
        self
    }

    /// From its login to its end, or to its latest use, in milliseconds.
    #[must_use]
    pub fn length_ms(&self) -> i64 {
        self.ended_at.unwrap_or(self.last_active_at).ms_since(self.started_at).max(0)
    }

    fn change(&self, activity: &Activity) -> Change {
        let (was, is) = (self.agent, activity.agent);
        // Brave says that it is Chrome, unless a client hint or the script gives it away.
        let family = |browser: Browser| if browser == Browser::Brave { Browser::Chrome } else { browser };
        let unknown = [was.browser, is.browser].contains(&Browser::Unknown);
        let systems = system_family(was.os).zip(system_family(is.os));
        let (from, to) = (self.origin, activity.origin);
        let abroad = from.country.zip(to.country).is_some_and(|(from, to)| from != to);
        let same_operator = from.asn.is_some() && from.asn == to.asn;
        Change {
            browser: !unknown && family(was.browser) != family(is.browser),
            system: systems.is_some_and(|(was, is)| was != is),
            network: abroad && !same_operator,
            after_end: self.ended_at.is_some_and(|it| it < activity.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::{Os, Version},
        place::{Asn, Country},
    };

    const START: Timestamp = Timestamp::from_unix_ms(1_000);

    fn origin(asn: u32, country: &str) -> Origin {
        Origin { asn: Asn::new(asn), country: Country::parse(country) }
    }

    fn session() -> Session {
        Session {
            id: Some("s_1".to_owned()),
            started_at: START,
            last_active_at: START,
            ended_at: None,
            calls: 0,
            agent: Agent { browser: Browser::Chrome, os: Os::Windows, ..Agent::default() },
            origin: origin(5, "FI"),
            changed: None,
            named: Vec::new(),
        }
    }

    fn activity(ms: i64) -> Activity {
        let Session { agent, origin, .. } = session();
        Activity { name: None, at: START.plus_ms(ms), calls: 3, agent, origin }
    }

    #[test]
    fn late_activity_counts_and_moves_nothing_back() {
        let used = session().after(&activity(500)).after(&activity(200));
        assert_eq!((used.last_active_at, used.calls, used.changed), (START.plus_ms(500), 6, None));
        let ended = used.ended(START.plus_ms(900)).ended(START.plus_ms(400));
        assert_eq!((ended.ended_at, ended.length_ms()), (Some(START.plus_ms(900)), 900));
        assert_eq!(session().ended(START.plus_ms(-9)).length_ms(), 0);
    }

    #[test]
    fn what_is_told_again_under_its_name_is_not_counted_again() {
        let named = |name| Activity { name: Some(name), ..activity(1) };
        let used = session().after(&named(1)).after(&named(2)).after(&named(1)).after(&activity(1));
        assert_eq!((used.calls, used.named.as_slice()), (9, [1, 2].as_slice()));
        let full = (0..100).fold(used, |used, name| used.after(&named(100 + name)));
        assert_eq!((full.named.len(), full.named[0]), (MAX_NAMED, 168));
    }

    #[test]
    fn a_stolen_cookie_is_used_by_another_browser_or_elsewhere() {
        let changed = |activity: Activity| session().after(&activity).changed.map(|it| it.1);
        let base = activity(1);
        let firefox = Agent { browser: Browser::Firefox, ..base.agent };
        assert_eq!(changed(Activity { agent: firefox, ..base }), Some(Change { browser: true, ..Change::default() }));
        let android = Agent { os: Os::Android, ..base.agent };
        assert_eq!(changed(Activity { agent: android, ..base }), Some(Change { system: true, ..Change::default() }));
        let brazil = origin(9, "BR");
        let unnamed = Origin { asn: None, ..brazil };
        for origin in [brazil, unnamed] {
            assert_eq!(changed(Activity { origin, ..base }), Some(Change { network: true, ..Change::default() }));
        }
    }

    #[test]
    fn a_session_that_is_used_after_its_end_has_changed_and_late_news_of_its_life_is_none() {
        let ended = session().ended(START.plus_ms(400));
        assert_eq!(ended.clone().after(&activity(400)).changed, None);
        let change = Change { after_end: true, ..Change::default() };
        assert_eq!(ended.after(&activity(401)).changed, Some((START.plus_ms(401), change)));
    }

    #[test]
    fn updates_other_networks_at_home_and_what_is_not_told_are_no_change() {
        let base = activity(1);
        for agent in [
            Agent { browser_version: Version::parse("143"), ..base.agent },
            Agent { browser: Browser::Brave, ..base.agent },
            Agent::default(),
        ] {
            assert_eq!(session().after(&Activity { agent, ..base }).changed, None);
        }
        for origin in [Origin::default(), origin(7, "FI"), origin(5, "SE")] {
            assert_eq!(session().after(&Activity { origin, ..base }).changed, None);
        }
    }
}
