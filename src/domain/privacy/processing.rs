//! How much of a person's logins may be used: what the person, or the product for them, has asked for.

use crate::domain::time::Timestamp;

/// Longest reason for a mode, in bytes.
pub const MAX_REASON_BYTES: usize = 512;

/// Checks a reason: one line of at most [`MAX_REASON_BYTES`]. An empty one counts as absent.
///
/// # Errors
/// What it must be instead.
pub fn checked_reason(reason: Option<String>) -> Result<Option<String>, &'static str> {
    let reason = reason.filter(|it| !it.is_empty());
    let sound = reason.as_ref().is_none_or(|it| it.len() <= MAX_REASON_BYTES && !it.chars().any(char::is_control));
    if sound { Ok(reason) } else { Err("must be one line of at most 512 bytes, without control characters") }
}

/// How much of a person's logins is used and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everything that a login brings.
    #[default]
    Full,
    /// Headers, the device token and the network. What a script measured is used nowhere and not kept.
    Minimal,
    /// Nothing but that a login happened: it is not judged, nothing is learned from it, and nobody is told.
    Restricted,
}

impl Mode {
    /// Every mode. A stored form counts on their order.
    pub const ALL: [Self; 3] = [Self::Full, Self::Minimal, Self::Restricted];

    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Minimal => "minimal",
            Self::Restricted => "restricted",
        }
    }

    /// Reads the name in the API.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A person's mode, why, and since when. The default is that of somebody who never asked for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processing {
    /// The mode.
    pub mode: Mode,
    /// Why, in words for an operator.
    pub reason: Option<String>,
    /// Since when; `None` if it never changed.
    pub since: Option<Timestamp>,
}

impl Processing {
    /// The processing after `mode` was asked for at `now`. Asking for the same again changes nothing, and so it does not
    /// begin anew.
    #[must_use]
    pub fn changed(&self, now: Timestamp, mode: Mode, reason: Option<String>) -> Self {
        if (self.mode, &self.reason) == (mode, &reason) {
            return self.clone();
        }
        let since = if self.mode == mode { self.since } else { Some(now) };
        Self { mode, reason, since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_begins_when_it_changes_and_not_when_it_is_asked_for_again() {
        let at = Timestamp::from_unix_ms;
        let why = |text: &str| Some(text.to_owned());
        let never = Processing::default();
        assert_eq!(never.changed(at(1), Mode::Full, None), never);
        let minimal = never.changed(at(1), Mode::Minimal, why("objection"));
        assert_eq!(minimal, Processing { mode: Mode::Minimal, reason: why("objection"), since: Some(at(1)) });
        assert_eq!(minimal.changed(at(2), Mode::Minimal, why("objection")), minimal);
        assert_eq!(minimal.changed(at(2), Mode::Minimal, why("case 7")).since, Some(at(1)));
        assert_eq!(minimal.changed(at(2), Mode::Full, None).since, Some(at(2)));
    }

    #[test]
    fn every_mode_is_read_by_its_name() {
        assert!(Mode::ALL.into_iter().all(|it| Mode::parse(it.as_str()) == Some(it)));
        assert_eq!(Mode::parse("FULL"), None);
    }
}
