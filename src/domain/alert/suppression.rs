//! Addresses that get no more mail, and what a report about a mail means for its address.

use crate::domain::time::Timestamp;

/// Why an address gets no more mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The mail server refused it when we sent.
    Refused,
    /// It was refused behind the mail server, which reported it.
    Bounced,
    /// Its owner called a mail of ours spam.
    Complained,
}

impl Cause {
    /// Every cause; the place in this list is the stored form.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Bounced, Self::Complained];

    /// The name in the API and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// An address that gets no more mail. The address itself is nowhere kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub since: Timestamp,
}

/// A status of delivery (RFC 3463): class, subject, detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16, pub u16, pub u16);

impl Status {
    /// Reads `5.1.1`, also with words behind it; `None` for what has no such form or another class than 2, 4 and 5.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sound = |it: &str| (1..=3).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
        let number = |it: &str| if sound(it) { it.parse().ok() } else { None };
        let mut numbers = text.split_whitespace().next()?.split('.').map(number);
        let status = Self(numbers.next()??, numbers.next()??, numbers.next()??);
        (matches!(status.0, 2 | 4 | 5) && numbers.next().is_none()).then_some(status)
    }

    /// Whether it says for good that the address takes no mail: no such mailbox or domain (5.1.x), or one that is shut
    /// (5.2.1). Of the first kind 5.1.7 and 5.1.8 are about the sender's address. A full mailbox (5.2.2) empties, and what
    /// policy refuses (5.7.x) is about us.
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
        for it in ["5.1.1", "5.1.10 null MX", "5.1.2", "5.2.1"] {
            assert!(dead(it), "{it}");
        }
        for it in ["", "5", "5.1", "4.1.1", "2.1.5", "5.2.2", "5.7.1", "5.1.8", "5.1.1.1", "5.1.x", "+5.1.1", "9.1.1"] {
            assert!(!dead(it), "{it}");
        }
    }
}
