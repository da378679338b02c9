//! What a policy makes of a login: how suspicious it is, and who is told.

use crate::domain::{
    alert::alert::Suppressed,
    history::login_record::LoginRecord,
    policy::policy::{Level, SignalKind},
    recognition::verdict::DeviceStatus,
    risk::assessment::Action,
};

/// Whether a login is mailed to its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It raises no warning.
    No,
    /// It raises a warning that is not mailed, or not in a mail of its own.
    Held(Suppressed),
    /// It is mailed.
    Mailed,
}

impl Told {
    /// The id in the API: `no`, `mailed`, or why it is not mailed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Held(why) => why.as_str(),
            Self::Mailed => "mailed",
        }
    }

    /// Whether there is a mail of its own.
    #[must_use]
    pub const fn is_mailed(self) -> bool {
        matches!(self, Self::Mailed)
    }
}

/// What a policy makes of a login.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// Whether the device is known.
    pub status: DeviceStatus,
    /// How suspicious it is, in [0, 1].
    pub score: f64,
    /// The level of that.
    pub level: Level,
    /// The strongest signal.
    pub reason: Option<SignalKind>,
    /// The advice to the backend.
    pub action: Action,
    /// Whether the user is told.
    pub told: Told,
}

impl Outlook {
    /// What was made of a login when it was judged.
    #[must_use]
    pub fn of(login: &LoginRecord) -> Self {
        let told = match login.alert.map(|it| it.suppressed) {
            None => Told::No,
            Some(None) => Told::Mailed,
            Some(Some(why)) => Told::Held(why),
        };
        Self {
            status: login.device.status,
            score: login.assessment.score,
            level: login.assessment.level,
            reason: login.assessment.signals.first().map(|it| it.kind),
            action: login.action,
            told,
        }
    }

    /// Whether an attack would be noticed: its user is mailed, or the backend is advised to ask for more.
    #[must_use]
    pub const fn is_noticed(&self) -> bool {
        self.told.is_mailed() || matches!(self.action, Action::Challenge)
    }

    /// Whether callers and users would notice no difference.
    #[must_use]
    pub fn is_as(&self, other: &Self) -> bool {
        (self.level, self.action, self.told) == (other.level, other.action, other.told)
    }
}
