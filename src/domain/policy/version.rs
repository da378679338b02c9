//! What a policy says, as canonical bytes, of which its version is a hash: the same policy has the same version everywhere.

use std::net::IpAddr;

use crate::domain::{
    place::AddressRange,
    policy::policy::{Policy, PolicyVersion, SignalKind},
    time::{DAY_MS, HOUR_MS},
};

impl Policy {
    /// This policy under the version that belongs to what it says.
    #[must_use]
    pub fn named(self) -> Self {
        Self { version: PolicyVersion(self.statement().hash()), ..self }
    }

    /// What it says beside what is taken for granted. Numbers and what is taken for granted are a stored form: they stay as
    /// they are, also where [`Policy::default`] changes. A new field has the next number, and what it is by default when it
    /// comes is taken for granted.
    fn statement(&self) -> Statement {
        // Every field by name, so that a new one cannot be forgotten.
        let Self {
            version: _,
            recognized_from,
            certain_from,
            medium_from,
            high_from,
            strong_from,
            weights,
            country_memory_ms,
            learning_ms,
            learning_logins,
            copied_within_ms,
            mails_per_hour,
            mails_per_day,
            late_after_ms,
            muted,
            trusted_networks,
            excluded_users,
        } = self;
        let count = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
        let mut said = Statement::default();
        said.fraction(Part::field(1), *recognized_from, 0.5);
        said.fraction(Part::field(2), *certain_from, 0.75);
        said.fraction(Part::field(3), *medium_from, 0.35);
        said.fraction(Part::field(4), *high_from, 0.65);
        said.fraction(Part::field(5), *strong_from, 0.4);
        for &kind in SignalKind::ALL {
            let part = Part { field: 6, member: kind as u8 };
            said.fraction(part, weights.get(kind), weight_taken_for_granted(kind));
        }
        said.number(Part::field(7), *country_memory_ms, 90 * DAY_MS);
        said.number(Part::field(8), *learning_ms, 14 * DAY_MS);
        said.number(Part::field(9), i64::from(*learning_logins), 10);
        said.number(Part::field(10), *copied_within_ms, 6 * HOUR_MS);
        said.number(Part::field(11), count(*mails_per_hour), 5);
        said.number(Part::field(12), count(*mails_per_day), 20);
        said.number(Part::field(13), *late_after_ms, DAY_MS);
        said.truth(Part::field(14), *muted);
        said.list(Part::field(15), trusted_networks, |items, network| {
            items.text(&network.name);
            items.count(network.ranges.len());
            network.ranges.iter().for_each(|range| items.range(range));
        });
        said.list(Part::field(16), excluded_users, |items: &mut Items, user| items.text(user));
        said
    }
}

/// What a signal is taken to weigh by [`Policy::statement`].
const fn weight_taken_for_granted(kind: SignalKind) -> f64 {
    match kind {
        SignalKind::DeniedDevice => 0.95,
        SignalKind::ImpossibleTravel | SignalKind::CredentialStuffing => 0.6,
        SignalKind::TokenMismatch => 0.5,
        SignalKind::NewDevice | SignalKind::NewCountry | SignalKind::FailedAttempts => 0.4,
        SignalKind::UserAgentMismatch => 0.3,
        SignalKind::AnonymousNetwork | SignalKind::HostingNetwork | SignalKind::RareLogin => 0.2,
        SignalKind::NewNetwork => 0.1,
        SignalKind::UnusualHour => 0.05,
    }
}

/// Which part of a policy: the number of a field, and of a member of it where it has members. Never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    /// The field.
    field: u8,
    /// The member; 0 for a field without members.
    member: u8,
}

impl Part {
    /// A field without members.
    const fn field(field: u8) -> Self {
        Self { field, member: 0 }
    }
}

/// What a policy says, as canonical bytes: each part that is not as it is taken to be, with its number and its length. A
/// part that is as it is taken to be leaves no trace, and so a part that is added later changes no version.
#[derive(Clone, Debug, Default)]
struct Statement(Vec<u8>);

impl Statement {
    /// Says a fraction, unless it is `taken` for granted. −0 is 0.
    fn fraction(&mut self, part: Part, value: f64, taken: f64) {
        let value = value + 0.0;
        if value.to_bits() != taken.to_bits() {
            self.say(part, &value.to_bits().to_be_bytes());
        }
    }

    /// Says a whole number, unless it is `taken` for granted.
    fn number(&mut self, part: Part, value: i64, taken: i64) {
        if value != taken {
            self.say(part, &value.to_be_bytes());
        }
    }

    /// Says that something is so; not so is taken for granted.
    fn truth(&mut self, part: Part, value: bool) {
        if value {
            self.say(part, &[1]);
        }
    }

    /// Says a list in its order; an empty one is taken for granted.
    fn list<T>(&mut self, part: Part, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Items, T)) {
        let mut written = Items::default();
        items.into_iter().for_each(|item| write(&mut written, item));
        if !written.0.is_empty() {
            self.say(part, &written.0);
        }
    }

    /// Eight bytes that tell this statement from any other.
    fn hash(&self) -> [u8; 8] {
        let hash = blake3::derive_key("watchlight 2026-11 policy version", &self.0);
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        short
    }

    fn say(&mut self, part: Part, value: &[u8]) {
        self.0.extend([part.field, part.member]);
        self.0.extend((value.len() as u64).to_be_bytes());
        self.0.extend(value);
    }
}

/// The items of a list, each so written that no two lists have the same bytes.
#[derive(Clone, Debug, Default)]
struct Items(Vec<u8>);

impl Items {
    /// Adds a text.
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    /// Adds how many items of a list within this one follow.
    fn count(&mut self, count: usize) {
        self.0.extend((count as u64).to_be_bytes());
    }

    /// Adds a range of addresses.
    fn range(&mut self, range: &AddressRange) {
        for address in [range.first, range.last] {
            match address {
                IpAddr::V4(address) => {
                    self.0.push(4);
                    self.0.extend(address.octets());
                }
                IpAddr::V6(address) => {
                    self.0.push(6);
                    self.0.extend(address.octets());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::policy::policy::{SignalWeights, TrustedNetwork};

    #[test]
    fn what_is_taken_for_granted_leaves_no_trace() {
        let nothing = Statement::default().hash();
        let mut said = Statement::default();
        said.fraction(Part::field(1), 0.5, 0.5);
        said.fraction(Part::field(2), -0.0, 0.0);
        said.number(Part::field(3), 7, 7);
        said.truth(Part::field(4), false);
        said.list(Part::field(5), [""; 0], Items::text);
        assert_eq!(said.hash(), nothing);
        said.number(Part { field: 3, member: 1 }, 7, 8);
        assert_ne!(said.hash(), nothing);
    }

    #[test]
    fn no_two_lists_run_together() {
        let hash = |texts: &[&str]| {
            let mut said = Statement::default();
            said.list(Part::field(1), texts.iter().copied(), Items::text);
            said.hash()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["abc"]), hash(&["ab", "c"]));
        assert_ne!(hash(&[]), hash(&[""]));
    }

    /// A policy in which no field is what it is by default.
    fn otherwise() -> Policy {
        let mut weights = SignalWeights::default();
        for (at, &kind) in SignalKind::ALL.iter().enumerate() {
            weights.set(kind, f64::from(u32::try_from(at).unwrap()) / 64.0);
        }
        let range =
            |first: &str, last: &str| AddressRange { first: first.parse().unwrap(), last: last.parse().unwrap() };
        let ranges = vec![range("192.0.2.0", "192.0.2.255"), range("2a02:1810::1", "2a02:1810::1")];
        Policy {
            version: PolicyVersion([9; 8]),
            recognized_from: 0.625,
            certain_from: 0.875,
            medium_from: 0.25,
            high_from: 0.75,
            strong_from: 0.5,
            weights,
            country_memory_ms: 30 * DAY_MS,
            learning_ms: 7 * DAY_MS,
            learning_logins: 3,
            copied_within_ms: 2 * HOUR_MS,
            mails_per_hour: 2,
            mails_per_day: 8,
            late_after_ms: 3 * HOUR_MS,
            muted: true,
            trusted_networks: vec![TrustedNetwork { name: "Office Berlin".to_owned(), ranges }],
            excluded_users: ["svc_backup".to_owned()].into(),
        }
    }

    /// Logins name these versions: a change of what is hashed, of a field's number or of what is taken for granted would
    /// rename the policies of everybody. A new field changes neither.
    #[test]
    fn versions_are_what_they_have_always_been() {
        assert_eq!(Policy::default().version.to_string(), "pol_6ca68be8dce29af9");
        assert_eq!(otherwise().named().version.to_string(), "pol_328e348585646593");
    }

    #[test]
    fn every_field_has_its_part_in_the_version() {
        let other = otherwise();
        let default = Policy::default;
        let mut changed = vec![
            Policy { recognized_from: other.recognized_from, ..default() },
            Policy { certain_from: other.certain_from, ..default() },
            Policy { medium_from: other.medium_from, ..default() },
            Policy { high_from: other.high_from, ..default() },
            Policy { strong_from: other.strong_from, ..default() },
            Policy { country_memory_ms: other.country_memory_ms, ..default() },
            Policy { learning_ms: other.learning_ms, ..default() },
            Policy { learning_logins: other.learning_logins, ..default() },
            Policy { copied_within_ms: other.copied_within_ms, ..default() },
            Policy { mails_per_hour: other.mails_per_hour, ..default() },
            Policy { mails_per_day: other.mails_per_day, ..default() },
            Policy { late_after_ms: other.late_after_ms, ..default() },
            Policy { muted: other.muted, ..default() },
            Policy { trusted_networks: other.trusted_networks, ..default() },
            Policy { excluded_users: other.excluded_users, ..default() },
        ];
        for &kind in SignalKind::ALL {
            let mut policy = default();
            policy.weights.set(kind, 1.0);
            changed.push(policy);
        }
        let count = changed.len() + 1;
        let all = changed.into_iter().chain([default()]);
        let versions: BTreeSet<PolicyVersion> = all.map(|policy| policy.named().version).collect();
        assert_eq!(versions.len(), count);
    }
}
