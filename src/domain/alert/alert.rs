//! A warning to a user, from the login that raised it to the answer.

use crate::domain::{
    agent::{Browser, Os},
    alert::statements::Statements,
    ids::{AlertId, DeviceId, LoginId, TenantId, UserId},
    kept_address::KeptAddress,
    place::NamedPlace,
    policy::policy::{Level, SignalKind},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

pub use crate::domain::alert::answer::{Answer, AnsweredBy, Speaker};

/// For how long the link in a mail can be used.
pub const LINK_LIFE_MS: i64 = 7 * DAY_MS;
/// A mail that is sent later than this after its login says so.
pub const LATE_MS: i64 = HOUR_MS;
/// For how long a mail is tried before it is given up.
pub const GIVE_UP_MS: i64 = 72 * HOUR_MS;

/// The longest wait between two attempts: an hour plus 20 %.
pub const LONGEST_RETRY_MS: i64 = HOUR_MS + HOUR_MS / 5;
/// The longest that a mail is delayed on purpose: a digest, until the day's budget allows it.
pub const LONGEST_PUT_OFF_MS: i64 = DAY_MS;

/// A warning, with everything its mail says. It never changes once it is committed, so every attempt writes the same
/// mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Identifies the alert. Derived from the user, the device and the login, so a retry raises the same alert.
    pub id: AlertId,
    /// The user's tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
    /// The login that raised it.
    pub login: LoginId,
    /// The device of that login.
    pub device: DeviceId,
    /// Whether the device is new, or a known one behaves strangely.
    pub new_device: bool,
    /// How suspicious the login is.
    pub level: Level,
    /// The reasons, the strongest first.
    pub reasons: Vec<SignalKind>,
    /// When the login happened, by the caller's clock.
    pub occurred_at: Timestamp,
    /// When the login was received, by ours.
    pub created_at: Timestamp,
    /// Where the login came from.
    pub ip: KeptAddress,
    /// The browser family.
    pub browser: Browser,
    /// The operating system family.
    pub os: Os,
    /// Country and, where it is known well enough, city.
    pub place: Option<NamedPlace>,
    /// How the user signed in.
    pub method: Option<String>,
    /// The account's language.
    pub locale: Option<String>,
    /// The account's time zone.
    pub time_zone: Option<String>,
}

/// Why a warning was not mailed, or not at once in a mail of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppressed {
    /// The user or the e-mail address has had as many mails as the budget allows: the warning is told in a digest.
    RateLimited,
    /// The login came without an e-mail address.
    NoAddress,
    /// The login was over a day old.
    Late,
    /// The tenant's policy mails nobody.
    Muted,
    /// The e-mail address is known to accept no mail, or its owner has complained.
    AddressSuppressed,
    /// Too many of the tenant's users were on unknown devices at once: it is mailed later.
    Storm,
}

impl Suppressed {
    /// Every reason. The index in this list is the stored form.
    pub const ALL: [Self; 6] =
        [Self::RateLimited, Self::NoAddress, Self::Late, Self::Muted, Self::AddressSuppressed, Self::Storm];

    /// The reason's id in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::NoAddress => "no_address",
            Self::Late => "late",
            Self::Muted => "muted",
            Self::AddressSuppressed => "address_suppressed",
            Self::Storm => "storm",
        }
    }

    /// Reads a reason's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// The state of a warning's delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for a worker, the first time or again.
    Queued,
    /// A worker holds its lease.
    Sending,
    /// The mail system has accepted it.
    Sent,
    /// It was given up.
    Failed,
    /// It is not mailed, or not in a mail of its own.
    Suppressed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sending, Self::Sent, Self::Failed, Self::Suppressed];

    /// The state's id in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Suppressed => "suppressed",
        }
    }

    /// Reads a state's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// An answer to a warning, which is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The alert.
    pub alert: AlertId,
    /// What was answered.
    pub answer: Answer,
    /// By whom.
    pub by: Speaker,
}

/// The delivery of a warning: what changes after the commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The state it is in.
    pub state: State,
    /// Why it was not mailed, or not at once in a mail of its own.
    pub suppressed: Option<Suppressed>,
    /// The e-mail address. Deleted as soon as nothing more will be sent to it, unless somebody asks for that.
    pub recipient: Option<String>,
    /// How many leases were given. Each is one attempt to send.
    pub attempts: u32,
    /// How many of them do not count: those before the alert was sent again, and those that failed only because of us.
    pub uncounted: u32,
    /// When it was last sent again on demand; the plan of retries starts anew there.
    pub resent_at: Option<Timestamp>,
    /// When the next attempt is due; `None` if there will be none.
    pub due_at: Option<Timestamp>,
    /// Why the last failed attempt failed.
    pub last_error: Option<String>,
    /// When it was sent, given up or suppressed.
    pub settled_at: Option<Timestamp>,
    /// What was answered, by the user and by a colleague.
    pub statements: Statements,
}

impl Delivery {
    /// A warning to be mailed at once to `recipient`.
    #[must_use]
    pub fn queued(now: Timestamp, recipient: String) -> Self {
        Self {
            state: State::Queued,
            suppressed: None,
            recipient: Some(recipient),
            attempts: 0,
            uncounted: 0,
            resent_at: None,
            due_at: Some(now),
            last_error: None,
            settled_at: None,
            statements: Statements::default(),
        }
    }

    /// A warning beyond the budget of single mails: it is mailed at `due_at`, together with those that come by then.
    #[must_use]
    pub fn collected(due_at: Timestamp, recipient: String) -> Self {
        Self { suppressed: Some(Suppressed::RateLimited), ..Self::queued(due_at, recipient) }
    }

    /// A warning that is recorded and not mailed, for this reason.
    #[must_use]
    pub fn suppressed(now: Timestamp, reason: Suppressed) -> Self {
        Self {
            state: State::Suppressed,
            suppressed: Some(reason),
            recipient: None,
            attempts: 0,
            uncounted: 0,
            resent_at: None,
            due_at: None,
            last_error: None,
            settled_at: Some(now),
            statements: Statements::default(),
        }
    }

    /// What was answered: the user's own word, and without one a colleague's.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.statements.answer()
    }

    /// Whether the user may have had a mail about it: one of its own, or a digest.
    #[must_use]
    pub const fn may_be_read(&self) -> bool {
        matches!(self.state, State::Sent | State::Failed)
            || matches!(self.suppressed, Some(Suppressed::RateLimited | Suppressed::Storm))
    }

    /// How many attempts count.
    #[must_use]
    pub const fn counted(&self) -> u32 {
        self.attempts.saturating_sub(self.uncounted)
    }
}

/// When to try again after the attempt with this number (1 is the first) failed, or `None` to give up: after 10 s, 30 s,
/// 2, 5, 15, 30 minutes, then hourly until 72 hours after `since`. `jitter` in [−1, 1] moves it by up to 20 %.
#[must_use]
pub fn retry_at(now: Timestamp, since: Timestamp, attempt: u32, jitter: f64) -> Option<Timestamp> {
    const PLAN_MS: [i64; 6] =
        [10 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS];
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait_ms = PLAN_MS.get(step).copied().unwrap_or(HOUR_MS);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "an hour's milliseconds are exact in f64"
    )]
    let moved_ms = (wait_ms as f64 * (1.0 + 0.2 * jitter.clamp(-1.0, 1.0))) as i64;
    let at = now.plus_ms(moved_ms);
    (at.ms_since(since) <= GIVE_UP_MS).then_some(at)
}

/// What the answer to a login says about its alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertNote {
    /// The alert.
    pub id: AlertId,
    /// Why it is not mailed; `None` if it is.
    pub suppressed: Option<Suppressed>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_grow_rarer_and_end_after_three_days() {
        let start = Timestamp::from_unix_ms(0);
        let (mut now, mut attempts) = (start, 0);
        while let Some(next) = retry_at(now, start, attempts + 1, 0.0) {
            assert!(next > now);
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(attempts, 6 + 71, "six quick ones and then hourly");
        assert_eq!(retry_at(start, start, 1, 7.0), Some(Timestamp::from_unix_ms(12_000)), "jitter is bounded");
    }
}
