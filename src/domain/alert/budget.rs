//! How many mails one mailbox gets, whichever users have its address.
//!
//! Each user has a budget of their own (the policy's, in `decide`). This one bounds what comes to one mailbox even if many
//! users have its address, without letting any of them use up what another one needs: each user's first warning of a day
//! has a share that repeats cannot take. What exceeds the shares is not lost but told in one mail an hour.

use crate::domain::{
    ids::EmailKey,
    time::{DAY_MS, HOUR_MS, Timestamp},
};

/// Whose share of a mailbox a mail counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// A user's first warning to this mailbox within a day.
    First,
    /// Any further one, and digests of one user.
    Repeat,
}

/// Within what time mails are counted: hours and days in UTC, of when the warning was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Span {
    /// How long it is, in milliseconds.
    #[must_use]
    pub const fn length_ms(self) -> i64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }
}

impl Share {
    /// How many mails it holds.
    #[must_use]
    pub const fn most(self, span: Span) -> u64 {
        match (self, span) {
            (Self::Repeat, Span::Hour) => 5,
            (Self::First, Span::Hour) | (Self::Repeat, Span::Day) => 20,
            (Self::First, Span::Day) => 40,
        }
    }

    /// What tells its counters from the other's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Repeat => "",
        }
    }
}

/// When what exceeds the shares of a mailbox is told: once an hour, at a time that differs between mailboxes.
#[must_use]
pub fn next_digest_at(now: Timestamp, email: EmailKey) -> Timestamp {
    let [a, b, c, d, ..] = email.0;
    let moved_ms = i64::from(u32::from_be_bytes([a, b, c, d])) % HOUR_MS;
    now.plus_ms(-moved_ms).whole_hour().plus_ms(HOUR_MS + moved_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::MINUTE_MS;

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
            assert!(times.len() <= 25 && times.windows(2).all(|it| it[1].ms_since(it[0]) == HOUR_MS));
        }
    }
}
