//! How suspicious a login is, and what the backend is advised to do.

use crate::domain::policy::policy::{Level, SignalKind};

/// A reason to be suspicious, with its weight and a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// The kind of signal.
    pub kind: SignalKind,
    /// How much it weighs, in (0, 1].
    pub weight: f64,
    /// Why it was raised, in words for a security engineer. Contains nothing that a stranger wrote.
    pub detail: String,
}

/// How suspicious a login is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// A probability in [0, 1]: that not all signals are harmless, if each is harmless with probability 1 − weight.
    pub score: f64,
    /// The level that the policy's thresholds give to the score.
    pub level: Level,
    /// The reasons, the strongest first.
    pub signals: Vec<Signal>,
}

/// What the backend is advised to do. The service itself never blocks a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Allow,
    /// Tell the user.
    Notify,
    /// Ask for more than the login had.
    Challenge,
}

impl Action {
    /// Every action. The index in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Notify, Self::Challenge];

    /// The action for a login of this level that raises a warning or does not.
    #[must_use]
    pub const fn advised(level: Level, warns: bool) -> Self {
        match (level, warns) {
            (Level::High, _) => Self::Challenge,
            (Level::Medium | Level::Low, true) => Self::Notify,
            (Level::Medium | Level::Low, false) => Self::Allow,
        }
    }

    /// The action's id in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Notify => "notify",
            Self::Challenge => "challenge",
        }
    }
}
