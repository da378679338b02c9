//! What makes it possible to forget: random bytes from which a key is derived. Once a salt is destroyed, what was sealed
//! with its key cannot be read again, wherever a copy of it is.

use crate::domain::time::{DAY_MS, Timestamp};

/// Sixteen random bytes. A person has one, and so has each week of a tenant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

/// Hides the bytes.
impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt([redacted])")
    }
}

/// A key to seal with: 32 bytes to encrypt with, and 32 from which nonces are derived.
#[derive(Clone, Copy)]
pub struct SealingKey(pub [u8; 64]);

/// Hides the key.
impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}

/// A week, by its number since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week(pub i64);

impl Week {
    const MS: i64 = 7 * DAY_MS;

    /// The week of a time.
    #[must_use]
    pub const fn of(at: Timestamp) -> Self {
        Self(at.unix_ms().div_euclid(Self::MS))
    }

    /// When it begins.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.saturating_mul(Self::MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_seven_days() {
        let at = Timestamp::from_unix_ms(1_795_341_600_000);
        let week = Week::of(at);
        assert!(week.start() <= at && at < Week(week.0 + 1).start());
        assert_eq!(Week(week.0 + 1).start().ms_since(week.start()), 7 * DAY_MS);
        assert_eq!(Week::of(Timestamp::from_unix_ms(-1)), Week(-1));
    }
}
