//! How rare a login is: the model of Freeman, Jain, Dürmuth, Biggio and Giacinto ("Who are you? A statistical approach to
//! measuring user authenticity", NDSS 2016), as the authors of "Pump up password security" published its code
//! (das-group/rba-algorithm).
//!
//! Its known faults: it is not monotone (a user agent that is unknown at every level counts less than one of which only
//! the kind of machine is known), and an attacker with the victim's browser scores below an honest user's new phone. So
//! it is one signal, and never the verdict.

use rustc_hash::FxHashMap;

use crate::domain::{
    agent::{Agent, Version},
    place::Origin,
};

/// Levels of the two features, the finest first: address, autonomous system, country; then user agent, browser with
/// version, system with version, kind of machine.
pub const LEVELS: usize = 7;
/// The ranges of the address's levels and of the user agent's.
const FEATURES: [std::ops::Range<usize>; 2] = [0..3, 3..LEVELS];
/// How much each level counts (the published code's).
const WEIGHTS: [f64; LEVELS] = [
    0.6,
    0.3,
    0.1,
    0.538_665_384_055_135_9,
    0.268_045_149_862_566_6,
    0.188_182_951_001_095_36,
    0.005_106_515_081_202_152_5,
];
/// What is assumed for a user who has none of a feature's values: a share of what everybody has.
const UNSEEN_SHARE: f64 = 4.0;

/// How many users of a tenant are remembered. When there are more, the half that was seen longest ago is dropped.
const MAX_USERS: usize = 20_000;
/// How many values of all levels are remembered. When there are more, every count is lowered by one (Manku and
/// Motwani's lossy counting), so that values that occurred once are dropped.
const MAX_VALUES: usize = 200_000;

/// A login as the model sees it: hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Features {
    /// Identifies the user.
    pub user: u64,
    /// By level; equal texts have equal numbers.
    pub values: [u64; LEVELS],
}

/// What the model is told about a login.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Identifies the user.
    pub user: u64,
    /// Identifies the address.
    pub address: u64,
    /// Autonomous system and country.
    pub origin: Origin,
    /// The user agent as it was sent.
    pub user_agent: Option<&'a str>,
    /// The user agent as it was parsed.
    pub agent: Agent,
}

impl Features {
    /// The values of both features at all levels. “Not known” is a value too: for some users and tenants it is the
    /// usual one.
    #[must_use]
    pub fn of(login: &Told<'_>) -> Self {
        let version = |version: Version| u64::from(version.major) << 16 | u64::from(version.minor);
        let (origin, agent) = (login.origin, &login.agent);
        Self {
            user: login.user,
            values: [
                login.address,
                origin.asn.map_or(NOT_KNOWN, |asn| u64::from(asn.get())),
                origin.country.map_or(NOT_KNOWN, |country| u64::from(u16::from_be_bytes(country.letters()))),
                short_hash(login.user_agent.unwrap_or_default()),
                u64::from(agent.browser as u8) << 40 | version(agent.browser_version),
                u64::from(agent.os as u8) << 40 | version(agent.os_version),
                u64::from(agent.kind as u8),
            ],
        }
    }
}

/// No autonomous system and no country has this number.
const NOT_KNOWN: u64 = 0;

/// The first 8 bytes of a text's hash.
#[must_use]
pub fn short_hash(text: &str) -> u64 {
    first_u64(blake3::hash(text.as_bytes()).as_bytes())
}

/// The first 8 bytes of more, as a number.
#[must_use]
pub fn first_u64(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A value at a level, in one number: of twenty thousand users a model has some hundred thousand. The level takes the last
/// three bits; hashes lose as many of their first, and all else is smaller.
type Value = u64;
const LEVEL_BITS: u32 = 3;
const _: () = assert!(LEVELS <= 1 << LEVEL_BITS, "every level has a number");

const fn value(level: usize, values: &[u64; LEVELS]) -> Value {
    values[level] << LEVEL_BITS | level as u64
}

/// The level that a value is at.
const fn level_of(value: Value) -> usize {
    (value & ((1 << LEVEL_BITS) - 1)) as usize
}

/// What one tenant's successful logins were. Exact until it is full, bounded from then on. A login asks some thirty times, so
/// that the hash is a quick one: only logins that succeed are learned, and their values are hashes or few.
#[derive(Clone, Debug, Default)]
pub struct Model {
    logins: u64,
    counts: FxHashMap<Value, u32>,
    distinct: [u32; LEVELS],
    /// For each finest value, the coarser values with which it has occurred.
    company: FxHashMap<Value, Vec<Value>>,
    users: FxHashMap<u64, User>,
}

#[derive(Clone, Debug, Default)]
struct User {
    logins: u32,
    last: u64,
    counts: FxHashMap<Value, u32>,
}

impl Model {
    /// How rare a login is; higher is rarer. `None` for a user about whom nothing is known.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    pub fn score(&self, login: &Features) -> Option<f64> {
        let user = self.users.get(&login.user)?;
        let (all, own) = (self.logins as f64, f64::from(user.logins));
        let likelihood = |feature: std::ops::Range<usize>| {
            let everybody = self.global(&feature, &login.values);
            let of_user = |level| user.counts.get(&value(level, &login.values)).copied().unwrap_or(0);
            let local: f64 = feature.map(|level| WEIGHTS[level] * f64::from(of_user(level)) / own).sum();
            if local == 0.0 { UNSEEN_SHARE } else { everybody / local }
        };
        let evidence: f64 = FEATURES.into_iter().map(likelihood).product();
        Some(evidence * (1.0 / self.users.len() as f64) / (own / all))
    }

    /// The share of everybody's logins that have these values. The finest level is smoothed for values that were not
    /// seen.
    #[expect(clippy::cast_precision_loss, reason = "counts of logins are exact in f64")]
    fn global(&self, feature: &std::ops::Range<usize>, values: &[u64; LEVELS]) -> f64 {
        let all = self.logins as f64;
        let count = |level| f64::from(self.counts.get(&value(level, values)).copied().unwrap_or(0));
        let coarser = feature.start + 1..feature.end;
        let unseen = 1.0 + coarser.clone().map(|level| f64::from(self.distinct[level])).sum::<f64>();
        let (finest, seen) = (value(feature.start, values), count(feature.start));
        let company = self.company.get(&finest).map_or(0, Vec::len) as f64;
        let trust = if seen > 0.0 { seen / (seen + 1.0 + company) } else { 1.0 };
        let fine = WEIGHTS[feature.start] * trust * seen.max(1.0) / (all + unseen);
        fine + coarser.map(|level| WEIGHTS[level] * count(level) / all).sum::<f64>()
    }

    /// Learns a successful login.
    pub fn learn(&mut self, login: &Features) {
        self.logins += 1;
        let user = self.users.entry(login.user).or_default();
        user.logins = user.logins.saturating_add(1);
        user.last = self.logins;
        for level in 0..LEVELS {
            let value_there = value(level, &login.values);
            let count = self.counts.entry(value_there).or_default();
            self.distinct[level] += u32::from(*count == 0);
            *count = count.saturating_add(1);
            let own = user.counts.entry(value_there).or_default();
            *own = own.saturating_add(1);
        }
        for feature in FEATURES {
            let company = self.company.entry(value(feature.start, &login.values)).or_default();
            for coarser in (feature.start + 1..feature.end).map(|level| value(level, &login.values)) {
                if !company.contains(&coarser) {
                    company.push(coarser);
                }
            }
        }
        self.stay_bounded();
    }

    fn stay_bounded(&mut self) {
        if self.users.len() > MAX_USERS {
            let mut seen: Vec<u64> = self.users.values().map(|it| it.last).collect();
            let (_, middle, _) = seen.select_nth_unstable(MAX_USERS / 2);
            let middle = *middle;
            self.users.retain(|_, it| it.last > middle);
        }
        if self.counts.len() > MAX_VALUES {
            self.counts.retain(|_, count| {
                *count -= 1;
                *count > 0
            });
            let counts = &self.counts;
            self.company.retain(|it, _| counts.contains_key(it));
            self.distinct = [0; LEVELS];
            for value in self.counts.keys() {
                self.distinct[level_of(*value)] += 1;
            }
        }
    }
}

/// How unusual a score is among a tenant's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rarity {
    /// The share of the tenant's logins that are less rare, in [0, 1].
    pub above_share: f64,
}

/// Steps of the histogram for each doubling of the score.
const STEPS: f64 = 4.0;
/// Bins: scores from 2^−32 to 2^32.
const BINS: usize = 256;
/// How many scores it takes to tell which are at the top.
const TELLING: u32 = 200;
/// At this many scores, all bins are halved, so that old ones fade.
const MANY: u32 = 20_000;
/// A score is rare if it is above this share of the tenant's scores.
const RARE_ABOVE: f64 = 0.98;

/// The distribution of a tenant's scores.
#[derive(Clone, Debug)]
pub struct Calibration {
    bins: [u32; BINS],
    total: u32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { bins: [0; BINS], total: 0 }
    }
}

impl Calibration {
    /// The rank of a score, if it is among the rarest 2 % so far. `None` otherwise, and until there are enough scores.
    #[must_use]
    pub fn rarity(&self, score: f64) -> Option<Rarity> {
        let below: u32 = self.bins[..bin(score)].iter().sum();
        let above_share = f64::from(below) / f64::from(self.total.max(1));
        (self.total >= TELLING && above_share >= RARE_ABOVE).then_some(Rarity { above_share })
    }

    /// Learns a score.
    pub fn learn(&mut self, score: f64) {
        if self.total >= MANY {
            self.bins.iter_mut().for_each(|it| *it /= 2);
            self.total = self.bins.iter().sum();
        }
        self.bins[bin(score)] += 1;
        self.total += 1;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "cut to the range of the bins first"
)]
fn bin(score: f64) -> usize {
    let middle = (BINS / 2) as f64;
    (score.max(f64::MIN_POSITIVE).log2() * STEPS + middle).clamp(0.0, BINS as f64 - 1.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_top_is_rare_and_only_when_it_can_be_told() {
        let mut scores = Calibration::default();
        for score in 1..200_u32 {
            assert_eq!(scores.rarity(1e6), None);
            scores.learn(f64::from(score));
        }
        scores.learn(1.0);
        assert_eq!(scores.rarity(100.0), None);
        assert_eq!(scores.rarity(1e6), Some(Rarity { above_share: 1.0 }));
        assert_eq!(scores.rarity(f64::NAN), None);
    }

    #[test]
    fn a_full_model_forgets_and_goes_on() {
        let mut model = Model::default();
        for it in 0..40_000_u64 {
            model.learn(&Features { user: it, values: [it, it % 50, it % 9, it, it % 60, it % 20, it % 3] });
        }
        assert!(model.users.len() <= MAX_USERS && model.counts.len() <= MAX_VALUES);
        assert!(model.company.len() <= MAX_VALUES);
        let last = Features { user: 39_999, values: [1, 2, 3, 4, 5, 6, 7] };
        assert!(model.score(&last).is_some_and(f64::is_finite));
        assert_eq!(model.score(&Features { user: 0, ..last }), None);
    }
}
