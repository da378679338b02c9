//! Examples from a labelled log: each login compared with each device that it might have come from.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    domain::{
        browser::{
            attributes::{ATTRIBUTES, Earlier, NetworkTraits, Traits},
            class::{Class, Gap},
        },
        ids::DeviceId,
        recognition::{
            matching::{Home, Query, explain, untold_bits},
            verdict::Agreement,
            weights::CENTIBITS,
        },
        user::{device::KnownDevice, learning::Lesson, profile::Profile},
    },
    lab::truth::Truth,
    service::login::observing::Seen,
};

/// The comparison of a login with a known device, and whether the login came from it.
#[derive(Clone, Debug)]
pub struct Example {
    /// The login's class.
    pub class: Class,
    /// How long the device had not been seen.
    pub gap: Gap,
    /// How each attribute compares.
    pub agreements: [Agreement; ATTRIBUTES],
    /// Evidence that is weighed but not fitted, in bits: the network, and missing attributes.
    pub rest_bits: f64,
    /// Whether the login came from the device.
    pub same: bool,
    /// The same number for all examples of one user.
    pub user: u64,
}

/// Collects examples from the logins of a log, in the order of time.
#[derive(Default)]
pub struct Collector {
    profiles: BTreeMap<[u8; 16], Profile>,
    others: BTreeMap<Class, VecDeque<([u8; 16], KnownDevice)>>,
    examples: Vec<Example>,
    comparisons: usize,
}

/// With how many devices of other users a login is compared. Few strangers of a log have the owner's browser; these do.
const OTHERS_COMPARED: usize = 3;
/// How many devices of a class are kept for that.
const OTHERS_KEPT: usize = 256;

impl Collector {
    /// Adds a login. A stranger who sends everything that the owner's browser says teaches nothing about browsers.
    pub fn add(&mut self, seen: &Seen, truth: &Truth) {
        if truth.is_full_replay() {
            return;
        }
        let user = seen.user.hash;
        let device = truth.device.as_deref().filter(|_| truth.owner).map(device_id);
        let traits = &seen.browser.traits;
        let profile = self.profiles.entry(user).or_default().clone();
        let home = Home::of(&profile.networks, &traits.network);
        for known in &profile.devices {
            let query = Query { occurred_at: seen.login.occurred_at, seen: traits, token: None, home };
            self.compare(known, &query, device == Some(known.id), user);
        }
        let Some(device) = device else { return };
        self.compare_with_others(seen, user);
        let learned = profile.after_login(&Lesson {
            occurred_at: seen.login.occurred_at,
            device: Some(device),
            agent: seen.browser.agent,
            traits,
            place: seen.whereabouts.place.as_ref(),
            usage: None,
            alert: None,
            account: &seen.login.user,
            keeps_email: false,
        });
        let class = Class::of_traits(traits);
        if let Some(known) = learned.device(device) {
            let others = self.others.entry(class).or_default();
            others.push_back((user, *known));
            if others.len() > OTHERS_KEPT {
                others.pop_front();
            }
        }
        self.profiles.insert(user, learned);
    }

    /// All examples.
    #[must_use]
    pub fn into_examples(self) -> Vec<Example> {
        self.examples
    }

    /// Compares a login with devices of other users, as if all shared a network: what a stranger's browser looks like
    /// must not be learned from its network.
    fn compare_with_others(&mut self, seen: &Seen, user: [u8; 16]) {
        let traits = Traits { network: NetworkTraits::default(), earlier: Earlier::default(), ..seen.browser.traits };
        let Some(others) = self.others.get(&Class::of_traits(&traits)) else { return };
        let others: Vec<_> = others.iter().filter(|(other, _)| *other != user).copied().collect();
        for at in 0..OTHERS_COMPARED.min(others.len()) {
            // Spread over all of them, and the same in every run.
            let (_, mut known) = others[(self.comparisons * 31 + at * 97) % others.len()];
            known.last_seen = known.last_seen.min(seen.login.occurred_at);
            let query = Query { occurred_at: seen.login.occurred_at, seen: &traits, token: None, home: Home::Unknown };
            self.compare(&known, &query, false, user);
        }
    }

    /// Adds a comparison. Leaves out those that matching decides without weights: where a gate is shut, and where the
    /// fingerprints are equal.
    fn compare(&mut self, known: &KnownDevice, query: &Query<'_>, same: bool, user: [u8; 16]) {
        self.comparisons += 1;
        let class = Class::of_traits(query.seen);
        let exact = known.traits.fingerprint == query.seen.fingerprint && query.seen.scripted;
        let evidence = explain(known, query);
        let rest = evidence.network.centibits + untold_bits(&known.traits, query.seen);
        if evidence.gate.is_some() || (exact && !class.looks_alike()) {
            return;
        }
        self.examples.push(Example {
            class,
            gap: Gap::between(known.last_seen, query.occurred_at),
            agreements: evidence.attributes.map(|attribute| attribute.agreement),
            rest_bits: f64::from(rest) / f64::from(CENTIBITS),
            same,
            user: user.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)),
        });
    }
}

/// The id under which a device of the log is remembered.
fn device_id(name: &str) -> DeviceId {
    let mut id = [0; 8];
    id.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..8]);
    DeviceId(id)
}
