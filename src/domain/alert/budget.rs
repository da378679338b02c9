//! How many mails a user gets, and how many one e-mail address gets, whichever users have it.
//!
//! Each user has a budget of their own, set by the policy. The shares of an e-mail address limit what is sent to it
//! even if many users have it, and no user can use up what another one needs: each user's first warning of a day has a
//! share that repeats cannot take. What exceeds the shares is not lost, but told in one mail an hour.

use crate::domain::{
    ids::EmailKey,
    policy::policy::Policy,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};

/// When a user's next warning is mailed, after mails that were due at these times, the oldest first: `now` if the
/// budget allows it. The first one beyond the budget is mailed as soon as the budget allows, together with those that
/// come by then. Those get `None`, and so does one that the budget never allows.
#[must_use]
pub fn next_mail_at(now: Timestamp, policy: &Policy, mails: &[Timestamp]) -> Option<Timestamp> {
    free_at(now, policy, mails).filter(|due_at| *due_at <= now || !may_join(now, mails))
}

/// A digest that is due this soon accepts nothing more: it might be sent before what joins it is stored, and then
/// nobody would be told of that. No login takes this long, and no two of our clocks differ by so much.
const JOINS_BEFORE_MS: i64 = MINUTE_MS;

/// Whether a digest is planned that can tell of one more warning.
fn may_join(now: Timestamp, mails: &[Timestamp]) -> bool {
    mails.iter().any(|due_at| due_at.ms_since(now) > JOINS_BEFORE_MS)
}

/// When the budget allows a mail after those at `mails`, the oldest first: `now` if it does already; `None` if it never
/// does.
fn free_at(now: Timestamp, policy: &Policy, mails: &[Timestamp]) -> Option<Timestamp> {
    let budgets = [(policy.mails_per_hour, HOUR_MS), (policy.mails_per_day, DAY_MS)];
    let free = |(most, span_ms): (usize, i64)| match mails.len().checked_sub(most) {
        _ if most == 0 => None,
        None => Some(now),
        Some(at) => Some(mails.get(at)?.plus_ms(span_ms).max(now)),
    };
    budgets.into_iter().map(free).try_fold(now, |latest, allowed| Some(latest.max(allowed?)))
}

/// A share of the mails to an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// A user's first warning to this address within a day.
    First,
    /// Any further warning, and digests of one user.
    Repeat,
}

/// The time over which mails are counted: hours and days in UTC, by when the warning was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Span {
    /// The length in milliseconds.
    #[must_use]
    pub const fn length_ms(self) -> i64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }
}

impl Share {
    /// How many mails the share allows.
    #[must_use]
    pub const fn most(self, span: Span) -> u64 {
        match (self, span) {
            (Self::Repeat, Span::Hour) => 5,
            (Self::First, Span::Hour) | (Self::Repeat, Span::Day) => 20,
            (Self::First, Span::Day) => 40,
        }
    }

    /// Tells the counters of the shares apart.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Repeat => "",
        }
    }
}

/// When the warnings beyond the shares of an e-mail address are told: once an hour, at a time that differs between
/// addresses.
#[must_use]
pub fn next_digest_at(now: Timestamp, email: EmailKey) -> Timestamp {
    let [a, b, c, d, ..] = email.0;
    let moved_ms = i64::from(u32::from_be_bytes([a, b, c, d])) % HOUR_MS;
    now.plus_ms(-moved_ms).whole_hour().plus_ms(HOUR_MS + moved_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exceeds_a_users_budget_waits_for_one_digest() {
        let at = |minute: i64| Timestamp::from_unix_ms(minute * MINUTE_MS);
        let policy = Policy { mails_per_hour: 2, mails_per_day: 3, ..Policy::default() };
        let next = |minute, mails: &[i64]| {
            let mails: Vec<Timestamp> = mails.iter().map(|it| at(*it)).collect();
            next_mail_at(at(minute), &policy, &mails)
        };
        assert_eq!(next(5, &[]), Some(at(5)));
        assert_eq!(next(5, &[4]), Some(at(5)));
        assert_eq!(next(5, &[3, 4]), Some(at(63)), "an hour after the first of two");
        assert_eq!(next(6, &[3, 4, 63]), None, "told in the digest that is planned");
        assert_eq!(next(70, &[3, 4, 63]), Some(at(3 + 24 * 60)), "the day's budget is used up");
        assert_eq!(next_mail_at(at(5), &Policy { mails_per_hour: 0, ..policy.clone() }, &[]), None);
    }

    #[test]
    fn a_mailbox_is_told_of_the_rest_once_an_hour() {
        for name in [0, 7, 255] {
            let email = EmailKey([name; 16]);
            let mut times: Vec<Timestamp> = (0..24 * 60)
                .map(|minute| {
                    let now = Timestamp::from_unix_ms(3 * DAY_MS + minute * MINUTE_MS);
                    let at = next_digest_at(now, email);
                    assert!((1..=HOUR_MS).contains(&at.ms_since(now)), "{name}: {now:?} {at:?}");
                    at
                })
                .collect();
            times.dedup();
            assert!(times.len() <= 25 && times.windows(2).all(|pair| pair[1].ms_since(pair[0]) == HOUR_MS));
        }
    }
}
