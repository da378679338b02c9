//! What is forgotten of a user who was not seen for long.

use crate::domain::{privacy::processing::Processing, time::Timestamp, user::profile::Profile};

impl Profile {
    /// This profile without what was last seen before that time: devices, countries, networks and the last place. `None`
    /// if there is nothing of the kind.
    #[must_use]
    pub fn without_idle(&self, before: Timestamp) -> Option<Self> {
        let mut kept = self.clone();
        kept.devices.retain(|it| it.last_seen >= before);
        kept.countries.retain(|it| it.last_seen >= before);
        // Networks are remembered to the hour.
        kept.networks.retain(|it| it.last_seen >= before.whole_hour());
        kept.last_place = kept.last_place.filter(|it| it.at >= before);
        (kept != *self).then_some(kept)
    }

    /// Whether nothing is left that is known of the user by their logins, and nothing was asked for by them: then the
    /// profile is kept for nothing.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.devices.is_empty() && self.processing == Processing::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::Agent,
        browser::attributes::Traits,
        ids::DeviceId,
        user::device::{KnownDevice, Trust},
    };

    const fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(ms)
    }

    fn seen(last_seen: i64) -> KnownDevice {
        KnownDevice {
            id: DeviceId([0; 8]),
            agent: Agent::default(),
            traits: Traits::default(),
            first_seen: at(0),
            last_seen: at(last_seen),
            logins: 1,
            trust: Trust::Denied,
            alert: None,
        }
    }

    #[test]
    fn a_device_goes_when_it_was_last_seen_before_the_time() {
        let profile = Profile { devices: vec![seen(10), seen(20), seen(30)], ..Profile::default() };
        assert_eq!(profile.without_idle(at(10)), None, "what was seen then is kept");
        let left = profile.without_idle(at(21)).unwrap();
        assert_eq!(left.devices, [seen(30)]);
        assert!(!left.is_spent());
        assert!(left.without_idle(at(31)).unwrap().is_spent());
    }

    #[test]
    fn an_objection_outlives_the_devices() {
        use crate::domain::privacy::processing::Mode;
        let processing = Processing { mode: Mode::Minimal, ..Processing::default() };
        assert!(!Profile { processing, ..Profile::default() }.is_spent());
    }
}
