//! Which signals would have fired. A signal whose rule is the same fires as it did, so that the policy that judged a login finds
//! again what it found.

use std::collections::BTreeSet;

use crate::domain::{
    history::login_record::LoginRecord,
    kept_address::KeptAddress,
    login::login::Outcome,
    place::NetworkUse,
    policy::policy::{Policy, SignalKind, TrustedNetwork},
    recognition::verdict::DeviceStatus,
    rehearsal::{device::SeenDevice, untold::Untold},
    risk::{devices::new_device_share, situation::Suspicion},
    user::device::Trust,
};

/// The signals that say nothing of a login from a trusted network.
const OF_PLACES: [SignalKind; 5] = [
    SignalKind::NewCountry,
    SignalKind::NewNetwork,
    SignalKind::ImpossibleTravel,
    SignalKind::AnonymousNetwork,
    SignalKind::HostingNetwork,
];

/// Whether the networks of a login are trusted: by the policy that judged it, and by the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// By the policy that judged.
    pub was: bool,
    /// By the other one.
    pub is: bool,
}

impl Trusted {
    /// Whether the address of a login is.
    #[must_use]
    pub fn of(before: &Policy, after: &Policy, login: &LoginRecord, untold: &mut BTreeSet<Untold>) -> Self {
        if before.trusted_networks == after.trusted_networks {
            return Self { was: false, is: false };
        }
        let by = |policy: &Policy| trusts(&policy.trusted_networks, login.ip);
        if let (Some(was), Some(is)) = (by(before), by(after)) {
            return Self { was, is };
        }
        untold.insert(Untold::Network);
        Self { was: false, is: false }
    }
}

/// Whether one of these networks holds an address; `None` if too little of the address is kept.
fn trusts(networks: &[TrustedNetwork], address: KeptAddress) -> Option<bool> {
    let mut ranges = networks.iter().flat_map(|it| &it.ranges).filter(|it| address.may_lie_in(it)).peekable();
    if ranges.peek().is_none() {
        return Some(false);
    }
    ranges.any(|it| address.surely_lies_in(it)).then_some(true)
}

/// What another policy goes by.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The policy that judged the login.
    pub before: &'a Policy,
    /// The other one.
    pub after: &'a Policy,
    /// Whether they trust the login's network.
    pub trusted: Trusted,
    /// The device, as the other policy sees it.
    pub device: SeenDevice,
}

impl Compared<'_> {
    /// What would have been found of a login. Sentences are left empty. In the order in which it was found; what is new comes
    /// last.
    #[must_use]
    pub fn found(&self, login: &LoginRecord, untold: &mut BTreeSet<Untold>) -> Vec<Suspicion> {
        let signals = &login.assessment.signals;
        let position = |kind| signals.iter().position(|it| it.kind == kind).unwrap_or(usize::MAX);
        let mut kinds = SignalKind::ALL.to_vec();
        kinds.sort_by_key(|kind| position(*kind));
        let weighed = kinds.into_iter().filter(|kind| self.after.weights.get(*kind) > 0.0);
        let share = |kind| Some((kind, self.share(login, kind, untold)?));
        weighed.filter_map(share).map(|(kind, share)| Suspicion::new(kind, String::new()).weighing(share)).collect()
    }

    /// The share of its weight with which a signal would have fired; `None` if it would not have.
    fn share(&self, login: &LoginRecord, kind: SignalKind, untold: &mut BTreeSet<Untold>) -> Option<f64> {
        let is_of_places = OF_PLACES.contains(&kind);
        if is_of_places && self.trusted.is && !self.trusted.was {
            return None;
        }
        let was_off = self.before.weights.get(kind) <= 0.0;
        let was_passed_over = is_of_places && self.trusted.was && !self.trusted.is;
        let is_of_device = matches!(kind, SignalKind::NewDevice | SignalKind::DeniedDevice);
        let is_other_rule = was_off || was_passed_over || (is_of_device && self.has_other_device(login));
        if !is_other_rule {
            let signal = login.assessment.signals.iter().find(|it| it.kind == kind)?;
            // A share is a power of two, so that this is exact.
            return Some(signal.weight / self.before.weights.get(kind));
        }
        match kind {
            SignalKind::NewDevice => new_device_share(self.after, self.device.status, self.device.probability),
            SignalKind::DeniedDevice => self.is_denied(login).then_some(1.0),
            SignalKind::AnonymousNetwork => {
                login.whereabouts.usage.filter(|it| it.is_anonymous() && !self.is_trusted(login)).map(|_| 1.0)
            }
            SignalKind::HostingNetwork => {
                login.whereabouts.usage.filter(|it| *it == NetworkUse::Hosting && !self.is_trusted(login)).map(|_| 1.0)
            }
            _ => {
                if self.may_fire(login, kind) {
                    untold.insert(Untold::Signal(kind));
                }
                None
            }
        }
    }

    /// Whether the other policy sees another device, or is less certain of it.
    #[expect(clippy::float_cmp, reason = "the same number in both policies, or another")]
    fn has_other_device(&self, login: &LoginRecord) -> bool {
        self.device.status != login.device.status || self.before.certain_from != self.after.certain_from
    }

    fn is_denied(&self, login: &LoginRecord) -> bool {
        self.device.status == DeviceStatus::Recognized && login.device.trust == Trust::Denied
    }

    /// Whether the other policy trusts the login's network, as far as that is known.
    fn is_trusted(&self, login: &LoginRecord) -> bool {
        trusts(&self.after.trusted_networks, login.ip) == Some(true)
    }

    /// Whether a signal that nobody looked for may have been there.
    fn may_fire(&self, login: &LoginRecord, kind: SignalKind) -> bool {
        let (place, network) = (login.whereabouts.place.is_some(), login.whereabouts.network.is_some());
        match kind {
            SignalKind::FailedAttempts => login.outcome == Outcome::Success,
            SignalKind::NewCountry | SignalKind::ImpossibleTravel => place && !self.is_trusted(login),
            SignalKind::NewNetwork => (place || network) && !self.is_trusted(login),
            _ => true,
        }
    }
}
