//! Storms: if most of a tenant's users suddenly sign in with unknown devices, the cause is not theft but a changed page
//! or a proxy in between, and mailing everybody at once would do more harm. Mails are then delayed. No warning is lost,
//! because somebody could cause a storm on purpose.

use std::net::IpAddr;

use crate::domain::{
    place::{canonical_address, network_prefix},
    policy::policy::Level,
    recognition::verdict::DeviceStatus,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
    user::profile::Profile,
};

/// How many minutes are looked at, including the current one. Within them a user counts once, and so does a network.
pub const WINDOW_MINUTES: usize = 10;
/// The same window in milliseconds.
pub const WINDOW_MS: i64 = 10 * MINUTE_MS;
/// A storm is over this many minutes after the last minute in which the share was too high. Until then mails are held
/// back.
pub const CALM_AFTER_MINUTES: usize = 10;
/// The largest number of users that a share can be taken of.
pub const MAX_SAMPLE: usize = 1_000;
/// A user is established with a device that was first seen this long ago. People who have just signed up are not.
pub const ESTABLISHED_AFTER_MS: i64 = DAY_MS;
/// Of a tenant's held mails, one is sent in each span of this length.
const PASS_EVERY_S: i64 = 1;

/// When a tenant's mails are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormRule {
    /// A storm is when more than this many of a hundred established users are suddenly on unknown devices; 0 switches
    /// it off.
    pub percent: u32,
    /// Of how many users the share is taken; of all, if there are more.
    pub sample: usize,
}

impl Default for StormRule {
    fn default() -> Self {
        Self { percent: 50, sample: 100 }
    }
}

impl StormRule {
    /// Whether these minutes, the latest first, are a storm: whether the share was too high within the latest minute,
    /// or the latest two, and so on up to [`WINDOW_MINUTES`].
    ///
    /// For a quiet tenant all ten minutes count; for a busy one the latest minute shows it sooner.
    #[must_use]
    pub fn is_storm(self, minutes: &[Tally]) -> bool {
        let (percent, sample) = (u64::from(self.percent), self.sample.clamp(1, MAX_SAMPLE) as u64);
        let mut sum = Tally::default();
        let mut is_high = |minute: &Tally| {
            sum = Tally { known: sum.known + minute.known, unknown: sum.unknown + minute.unknown };
            sum.unknown * 100 > percent * sample.max(sum.known + sum.unknown)
        };
        percent > 0 && minutes.iter().take(WINDOW_MINUTES).any(&mut is_high)
    }
}

/// Established users who signed in within a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// On a known device.
    pub known: u64,
    /// On an unknown device, each from a different network.
    pub unknown: u64,
}

/// What a login says about whether there is a storm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The established user's device is known, as usual.
    Known,
    /// It is suddenly unknown.
    Unknown,
}

/// The sign of a successful login. `None` if its user is not established: the devices of new users are always new.
#[must_use]
pub fn sign(established: bool, status: DeviceStatus) -> Option<Sign> {
    let sign = match status {
        DeviceStatus::First | DeviceStatus::Unknown => None,
        DeviceStatus::Recognized => Some(Sign::Known),
        DeviceStatus::New => Some(Sign::Unknown),
    };
    sign.filter(|_| established)
}

/// Whether a user was established before a login at `at`.
#[must_use]
pub fn is_established(before: &Profile, at: Timestamp) -> bool {
    before.devices.iter().any(|it| at.ms_since(it.first_seen) >= ESTABLISHED_AFTER_MS)
}

/// The network that counts once: a /24, or a /48 of IPv6, which is what one customer has.
#[must_use]
pub fn crowd_network(address: IpAddr) -> [u8; 16] {
    let mut network = network_prefix(address);
    if canonical_address(address).is_ipv6() {
        network[6..].fill(0);
    }
    network
}

/// The number of the minute of `at`, since 1970.
#[must_use]
pub const fn minute(at: Timestamp) -> i64 {
    at.unix_ms().div_euclid(MINUTE_MS)
}

/// The earliest end of a storm; `None` if there is none. `marks` says, for the current minute and those before it, the
/// latest first, whether the share was too high.
#[must_use]
pub fn over_at(now: Timestamp, marks: &[bool]) -> Option<Timestamp> {
    let latest = marks.iter().take(CALM_AFTER_MINUTES + 1).position(|it| *it)?;
    let minutes_from_now = i64::try_from(CALM_AFTER_MINUTES + 1).ok()? - i64::try_from(latest).ok()?;
    let ends_at = (minute(now) + minutes_from_now).saturating_mul(MINUTE_MS);
    Some(Timestamp::from_unix_ms(ends_at)).filter(|it| *it > now)
}

/// When a user's warnings that a storm held back are looked at again: in the minute after its end, all of a user at the
/// same millisecond and those of others at another, so that not everything is due at once.
#[must_use]
pub fn release_at(over_at: Timestamp, user: [u8; 16]) -> Timestamp {
    let [a, b, ..] = user;
    over_at.plus_ms(i64::from(u16::from_be_bytes([a, b])) * MINUTE_MS / (1 << 16))
}

/// Whether a warning waits during a storm. A high risk does not: nobody can hide in a storm.
#[must_use]
pub fn waits(level: Level) -> bool {
    level < Level::High
}

/// Whether a waiting warning may have a place in the queue of those that are sent one by one during a storm: above a
/// low risk, and one a day for each user. So a long storm delays warnings but does not swallow them.
#[must_use]
pub fn may_pass(level: Level) -> bool {
    waits(level) && level > Level::Low
}

/// How far to move the queue of mails that are sent during a storm, so that the next one is sent later than now.
/// `taken` is the last place that was given, in seconds of the day.
#[must_use]
pub fn next_place(now: Timestamp, taken: u64) -> u64 {
    let elapsed = now.unix_ms().rem_euclid(DAY_MS) / SECOND_MS;
    let next = i64::try_from(taken).unwrap_or(i64::MAX).max(elapsed).saturating_add(PASS_EVERY_S);
    next.unsigned_abs().saturating_sub(taken)
}

/// When the mail with this place is sent, if the place was given at `now`. Places are seconds of the day.
#[must_use]
pub fn passes_at(now: Timestamp, place: u64) -> Timestamp {
    let day_begins = now.unix_ms().div_euclid(DAY_MS).saturating_mul(DAY_MS);
    Timestamp::from_unix_ms(day_begins).plus_ms(i64::try_from(place).unwrap_or(i64::MAX).saturating_mul(SECOND_MS))
}

/// For how long a place is kept: no queue grows longer than this, or it is gone with its storm.
pub const PLACE_LIFE_MS: i64 = 2 * DAY_MS + HOUR_MS;

/// How many users [`Recent`] remembers, at most.
const REMEMBERED: usize = 1_024;

/// Users who were counted lately, so that each counts once in [`WINDOW_MS`]. The size is fixed, about 48 KiB: a user
/// whose slot was taken by another one counts again.
#[derive(Clone, Debug)]
pub struct Recent(Vec<Option<(u128, Timestamp)>>);

impl Default for Recent {
    fn default() -> Self {
        Self(vec![None; REMEMBERED])
    }
}

impl Recent {
    /// Notes a user. Returns whether to count them.
    pub fn note(&mut self, now: Timestamp, user: [u8; 16]) -> bool {
        let name = u128::from_be_bytes(user);
        let room = usize::try_from(name % REMEMBERED as u128).unwrap_or(0);
        let was = self.0[room].filter(|(it, at)| *it == name && now.ms_since(*at).abs() < WINDOW_MS);
        if was.is_none() {
            self.0[room] = Some((name, now));
        }
        was.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: StormRule = StormRule { percent: 50, sample: 20 };

    fn minutes(tallies: &[(u64, u64)]) -> Vec<Tally> {
        tallies.iter().map(|&(known, unknown)| Tally { known, unknown }).collect()
    }

    #[test]
    fn a_changed_page_is_a_storm_whether_or_not_others_came_before() {
        assert!(RULE.is_storm(&minutes(&[(0, 11)])), "nobody else has signed in since the start");
        assert!(!RULE.is_storm(&minutes(&[(0, 10)])), "half of a sample is not more than half");
        assert!(RULE.is_storm(&minutes(&[(2, 4), (1, 4), (0, 4)])), "a quiet tenant, in three minutes");
        assert!(RULE.is_storm(&minutes(&[(10, 60), (1_000, 3)])), "a busy one, in the latest");
    }

    #[test]
    fn what_every_day_brings_is_none() {
        assert!(!RULE.is_storm(&[]));
        assert!(!RULE.is_storm(&minutes(&[(60, 50), (60, 50)])), "less than half");
        let slow: Vec<(u64, u64)> = [(0, 1); 40].to_vec();
        assert!(!RULE.is_storm(&minutes(&slow)), "forty in forty minutes are ten in ten");
        assert!(!StormRule { percent: 0, ..RULE }.is_storm(&minutes(&[(0, 500)])), "switched off");
    }

    #[test]
    fn only_established_users_count() {
        assert_eq!(sign(true, DeviceStatus::New), Some(Sign::Unknown));
        assert_eq!(sign(true, DeviceStatus::Recognized), Some(Sign::Known));
        assert_eq!(sign(true, DeviceStatus::First), None);
        assert_eq!(sign(false, DeviceStatus::New), None);
        assert!(!is_established(&Profile::default(), Timestamp::from_unix_ms(DAY_MS)));
    }

    #[test]
    fn a_customer_is_one_network() {
        let network = |it: &str| crowd_network(it.parse().unwrap());
        assert_eq!(network("2a02:1:2:3::1"), network("2a02:1:2:ffff::2"));
        assert_ne!(network("2a02:1:2::1"), network("2a02:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.77"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
    }

    #[test]
    fn a_storm_is_over_when_it_was_calm_for_ten_whole_minutes() {
        let now = Timestamp::from_unix_ms(100 * MINUTE_MS + 59_999);
        let mut marks = [false; CALM_AFTER_MINUTES + 1];
        assert_eq!(over_at(now, &marks), None);
        marks[10] = true;
        assert_eq!(over_at(now, &marks), Some(Timestamp::from_unix_ms(101 * MINUTE_MS)));
        marks[3] = true;
        let over = over_at(now, &marks).unwrap();
        assert_eq!(over, Timestamp::from_unix_ms(108 * MINUTE_MS));
        for user in [[0; 16], [255; 16]] {
            assert!((0..MINUTE_MS).contains(&release_at(over, user).ms_since(over)));
        }
        assert_ne!(release_at(over, [1; 16]), release_at(over, [2; 16]));
    }

    #[test]
    fn one_passes_each_second_in_the_order_in_which_they_came() {
        let now = Timestamp::from_unix_ms(5 * DAY_MS + 7_500);
        let first = next_place(now, 0);
        assert_eq!(passes_at(now, first).ms_since(now), 500, "in the next second");
        assert_eq!(next_place(now, first), 1);
        assert_eq!(next_place(now.plus_ms(60_000), 8), 60, "none is saved up while nobody waits");
        assert_eq!(next_place(now, 90_000), 1, "the queue is longer than the day");
    }

    #[test]
    fn a_user_counts_once_in_ten_minutes() {
        let mut recent = Recent::default();
        let at = Timestamp::from_unix_ms;
        assert!(recent.note(at(0), [1; 16]) && !recent.note(at(WINDOW_MS - 1), [1; 16]));
        assert!(recent.note(at(WINDOW_MS - 1), [2; 16]));
        assert!(recent.note(at(WINDOW_MS), [1; 16]) && !recent.note(at(WINDOW_MS + 1), [1; 16]));
    }
}
