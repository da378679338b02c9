//! By what logins are counted, so that a search visits only times at which there is something to find.

/// A property of logins that is counted for each quarter of an hour.
///
/// A term can be answered by counts if every login that matches it is counted under one of its values: then a quarter
/// hour without a count has no such login, and is passed over. Users, addresses, devices, fingerprints, sessions and
/// whatever else names somebody are never counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The country, where it is known.
    Country,
    /// The number of the network, where it is known.
    Asn,
    /// How the user signed in, where the caller has said so.
    Method,
    /// The operating system, also where it is not known.
    Os,
    /// The browser, also where it is not known.
    Browser,
    /// Each signal: a login with three is counted three times.
    Signal,
    /// The verdict on the device, unless it is `recognized`.
    Status,
    /// The level of risk, unless it is `low`.
    Level,
    /// Whether the user got in, unless they did.
    Outcome,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 9] = [
        Self::Country,
        Self::Asn,
        Self::Method,
        Self::Os,
        Self::Browser,
        Self::Signal,
        Self::Status,
        Self::Level,
        Self::Outcome,
    ];
}
