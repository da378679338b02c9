//! What a record cannot tell of how another policy would have judged its login.

use crate::domain::policy::{
    change::PolicyChange,
    policy::{Policy, SignalKind},
};

/// Something about a login that would have to be known, and was not kept. The login is rehearsed without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Untold {
    /// Whether this signal would have fired: it was off when the login was judged, or the network was trusted then. It is taken
    /// not to have fired.
    Signal(SignalKind),
    /// What the signals of places would have been for another device: they are taken as they were.
    Device,
    /// Whether the address lies in a trusted network: only a part of it is kept. It is taken as it was.
    Network,
    /// Whether the browser looked copied: it is taken not to.
    Copied,
    /// Whether the login named an e-mail address: it is taken to.
    Address,
}

impl Untold {
    /// The id in the API: the name of a signal, or another word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signal(kind) => kind.as_str(),
            Self::Device => "device",
            Self::Network => "network",
            Self::Copied => "copied",
            Self::Address => "address",
        }
    }
}

/// The rules of a policy that cannot be rehearsed, by their names in the API, of those that differ between two policies: they
/// ask for what was known of the user at that time, which no record has.
#[must_use]
pub fn unrehearsed(from: &Policy, to: &Policy) -> Vec<&'static str> {
    let (from, to) = (PolicyChange::whole(from), PolicyChange::whole(to));
    let rules = [
        ("country_memory_days", from.country_memory_days != to.country_memory_days),
        ("learning_days", from.learning_days != to.learning_days),
        ("learning_logins", from.learning_logins != to.learning_logins),
    ];
    rules.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
