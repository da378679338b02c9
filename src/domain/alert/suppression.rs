//! Suppressed e-mail addresses, and what a report about a mail means for its address.

use crate::domain::time::Timestamp;

/// Why an address is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The mail server refused it when we sent.
    Refused,
    /// It was refused further on, and a mail server reported that.
    Bounced,
    /// Its owner marked a mail of ours as spam.
    Complained,
}

impl Cause {
    /// Every cause. The index in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Bounced, Self::Complained];

    /// The cause's id in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Reads a cause's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A suppressed address. The address itself is not stored anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The cause.
    pub cause: Cause,
    /// Since when.
    pub since: Timestamp,
}

/// A delivery status (RFC 3463): class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16, pub u16, pub u16);

impl Status {
    /// Reads `5.1.1`, also with text after it. `None` for any other form, and for classes other than 2, 4 and 5.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sound = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
        let number = |text: &str| if sound(text) { text.parse().ok() } else { None };
        let mut numbers = text.split_whitespace().next()?.split('.').map(number);
        let status = Self(numbers.next()??, numbers.next()??, numbers.next()??);
        (matches!(status.0, 2 | 4 | 5) && numbers.next().is_none()).then_some(status)
    }

    /// Whether the status says for good that the address accepts no mail: no such mailbox or domain (5.1.x), or a
    /// disabled one (5.2.1). 5.1.7 and 5.1.8 are about the sender's address. A full mailbox (5.2.2) may be emptied, and
    /// refusals by policy (5.7.x) are about us.
    #[must_use]
    pub const fn is_dead_address(self) -> bool {
        match self {
            Self(5, 1, detail) => !matches!(detail, 7 | 8),
            Self(5, 2, 1) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_so_for_good_is_a_dead_address() {
        let dead = |it| Status::parse(it).is_some_and(Status::is_dead_address);
        for status in ["5.1.1", "5.1.10 null MX", "5.1.2", "5.2.1"] {
            assert!(dead(status), "{status}");
        }
        for status in
            ["", "5", "5.1", "4.1.1", "2.1.5", "5.2.2", "5.7.1", "5.1.8", "5.1.1.1", "5.1.x", "+5.1.1", "9.1.1"]
        {
            assert!(!dead(status), "{status}");
        }
    }
}
