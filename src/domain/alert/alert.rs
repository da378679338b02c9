//! A warning to a user, from the login that raised it to the answer.

use std::net::IpAddr;

use crate::domain::{
    agent::{Browser, Os},
    ids::{AlertId, DeviceId, LoginId, TenantId, UserId},
    place::NamedPlace,
    policy::policy::{Level, SignalKind},
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

/// For how long the link in a mail can be used.
pub const LINK_LIFE_MS: i64 = 7 * DAY_MS;
/// A mail that leaves later than this after its login says so.
pub const LATE_MS: i64 = HOUR_MS;
/// For how long a mail is tried.
pub const GIVE_UP_MS: i64 = 72 * HOUR_MS;

/// The longest wait between two attempts: an hour, and 20 % of it.
pub const LONGEST_RETRY_MS: i64 = HOUR_MS + HOUR_MS / 5;
/// The longest that a mail is put off on purpose: a digest, until the day's budget allows it.
pub const LONGEST_PUT_OFF_MS: i64 = DAY_MS;

/// A warning and everything its mail says: it never changes once it is committed, so every attempt renders the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// Its name.
    pub id: AlertId,
    /// Whose user it warns.
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
    /// Why, the weightiest first.
    pub reasons: Vec<SignalKind>,
    /// When the login happened.
    pub occurred_at: Timestamp,
    /// When it was received.
    pub created_at: Timestamp,
    /// Where the login came from.
    pub ip: IpAddr,
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

/// Why a warning was not mailed, or not at once and alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppressed {
    /// The user, or the mailbox, has had as many as the budget allows: it is told in a digest.
    RateLimited,
    /// The login came without an address to write to.
    NoAddress,
    /// The login was over a day old.
    Late,
    /// The tenant's policy mails nobody.
    Muted,
    /// The address is known to take no mail, or its owner has complained.
    AddressSuppressed,
    /// Too many of the tenant's users were on unknown devices at once: it is mailed later.
    Storm,
}

impl Suppressed {
    /// Every reason; the place in this list is the stored form.
    pub const ALL: [Self; 6] =
        [Self::RateLimited, Self::NoAddress, Self::Late, Self::Muted, Self::AddressSuppressed, Self::Storm];

    /// The name in the API and in stores.
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

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// How far a warning has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for a worker, the first time or again.
    Queued,
    /// A worker holds its lease.
    Sending,
    /// The mail system has taken it.
    Sent,
    /// It was given up.
    Failed,
    /// It was never to be mailed.
    Suppressed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sending, Self::Sent, Self::Failed, Self::Suppressed];

    /// The name in the API and in stores.
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

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// What the user answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    #[default]
    None,
    /// It was me.
    Confirmed,
    /// It was not me.
    Denied,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::None, Self::Confirmed, Self::Denied];

    /// The name in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Confirmed => "confirmed",
            Self::Denied => "denied",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// What changes about a warning after it is committed.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// How far it has got.
    pub state: State,
    /// Why it was not mailed, or not at once and alone.
    pub suppressed: Option<Suppressed>,
    /// The mailbox. Forgotten as soon as nothing more will be sent there, unless somebody decides so.
    pub recipient: Option<String>,
    /// Leases given, each of which is one attempt to send.
    pub attempts: u32,
    /// How many of them do not count: those before it was sent again, and those of which only we were the cause.
    pub uncounted: u32,
    /// When somebody has last had it sent again: its plan of retries begins anew there.
    pub resent_at: Option<Timestamp>,
    /// When the next attempt is due; none if there will be none.
    pub due_at: Option<Timestamp>,
    /// What the last failed attempt failed of.
    pub last_error: Option<String>,
    /// When it was sent, given up or suppressed.
    pub settled_at: Option<Timestamp>,
    /// What the user answered.
    pub answer: Answer,
}

impl Delivery {
    /// A warning to be mailed to `recipient` at once.
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
            answer: Answer::None,
        }
    }

    /// A warning beyond the budget of single mails: at `due_at` it is mailed, together with those that have come by then.
    #[must_use]
    pub fn collected(due_at: Timestamp, recipient: String) -> Self {
        Self { suppressed: Some(Suppressed::RateLimited), ..Self::queued(due_at, recipient) }
    }

    /// A warning that is recorded and, for this reason, not mailed.
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
            answer: Answer::None,
        }
    }

    /// Attempts that count.
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

/// What a login's answer says of its alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertNote {
    /// The alert.
    pub id: AlertId,
    /// Why it is not mailed; none if it is.
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
