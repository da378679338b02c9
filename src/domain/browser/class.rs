//! Browsers among which agreement by chance is about as likely, and spans of time after which as much has changed.

use crate::domain::{
    agent::{Agent, Browser, Os},
    browser::{
        attributes::{Attribute, Traits},
        extraction::packed_major,
    },
    time::{DAY_MS, Timestamp},
};

/// Browsers among which agreement by chance is about as likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// Chromium on Windows, and what is in no other class.
    WindowsChromium,
    /// Chromium on macOS.
    MacChromium,
    /// Safari on macOS: nearly all machines look alike.
    MacSafari,
    /// Any browser on an iPhone or iPad: nearly all look alike.
    Ios,
    /// Any browser on Android.
    Android,
    /// Firefox on a desktop.
    Firefox,
    /// A desktop browser of before 2018: every machine had its own plugins, and told them.
    Legacy,
}

/// How many classes there are.
pub const CLASSES: usize = 7;

impl Class {
    /// Every class, in the order of the columns of the table of weights.
    pub const ALL: [Self; CLASSES] = [
        Self::WindowsChromium,
        Self::MacChromium,
        Self::MacSafari,
        Self::Ios,
        Self::Android,
        Self::Firefox,
        Self::Legacy,
    ];

    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WindowsChromium => "Windows Chromium",
            Self::MacChromium => "Mac Chromium",
            Self::MacSafari => "Mac Safari",
            Self::Ios => "iPhone and iPad",
            Self::Android => "Android",
            Self::Firefox => "Firefox",
            Self::Legacy => "before 2018",
        }
    }

    /// The class of an agent.
    #[must_use]
    pub const fn of_agent(agent: &Agent) -> Self {
        Self::of(agent.browser, agent.os, agent.browser_version.major)
    }

    /// The class of a browser that is compared.
    #[must_use]
    pub const fn of_traits(traits: &Traits) -> Self {
        Self::of(traits.browser, traits.os, packed_major(traits.attributes.get(Attribute::BrowserVersion)))
    }

    const fn of(browser: Browser, os: Os, version: u16) -> Self {
        match (os, browser) {
            (Os::Ios | Os::IpadOs, _) => Self::Ios,
            (Os::Android | Os::HarmonyOs, _) => Self::Android,
            _ if is_legacy(browser, version) => Self::Legacy,
            (Os::MacOs, Browser::Safari) => Self::MacSafari,
            (_, Browser::Firefox) => Self::Firefox,
            (Os::MacOs, _) => Self::MacChromium,
            _ => Self::WindowsChromium,
        }
    }

    /// Whether browsers of this class are so much alike that an equal fingerprint says little.
    #[must_use]
    pub const fn looks_alike(self) -> bool {
        matches!(self, Self::Ios | Self::MacSafari)
    }

    /// Whether these machines move between networks all day, and share addresses with many.
    #[must_use]
    pub const fn is_mobile(self) -> bool {
        matches!(self, Self::Ios | Self::Android)
    }
}

/// The last versions with plugins of any kind: Chrome 63 and Firefox 57 are of December and November 2017.
const fn is_legacy(browser: Browser, version: u16) -> bool {
    match browser {
        Browser::Chrome | Browser::Chromium => version != 0 && version <= 63,
        Browser::Firefox => version != 0 && version <= 57,
        Browser::Safari => version != 0 && version <= 11,
        Browser::InternetExplorer => true,
        _ => false,
    }
}

/// How long a device has not been seen: the longer, the more of it has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Gap {
    /// Less than three days, or an event from before the device's last.
    Days,
    /// Three to fourteen days.
    Week,
    /// Fourteen to thirty days.
    Fortnight,
    /// Thirty to sixty days.
    Month,
    /// Sixty days and more.
    Season,
}

/// How many gaps there are.
pub const GAPS: usize = 5;

impl Gap {
    /// Every gap, the shortest first.
    pub const ALL: [Self; GAPS] = [Self::Days, Self::Week, Self::Fortnight, Self::Month, Self::Season];

    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Days => "under 3 days",
            Self::Week => "3 to 14 days",
            Self::Fortnight => "14 to 30 days",
            Self::Month => "30 to 60 days",
            Self::Season => "over 60 days",
        }
    }

    /// The gap between a device's last login and this one.
    #[must_use]
    pub const fn between(last_seen: Timestamp, occurred_at: Timestamp) -> Self {
        match occurred_at.ms_since(last_seen) / DAY_MS {
            ..3 => Self::Days,
            3..14 => Self::Week,
            14..30 => Self::Fortnight,
            30..60 => Self::Month,
            60.. => Self::Season,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::Version;

    #[test]
    fn browsers_fall_into_their_classes() {
        let class = |browser, os, major| {
            let browser_version = Version { major, ..Version::default() };
            Class::of_agent(&Agent { browser, browser_version, os, ..Agent::default() })
        };
        assert_eq!(class(Browser::Edge, Os::Windows, 142), Class::WindowsChromium);
        assert_eq!(class(Browser::Chrome, Os::MacOs, 142), Class::MacChromium);
        assert_eq!(class(Browser::Chrome, Os::Ios, 142), Class::Ios);
        assert_eq!(class(Browser::Firefox, Os::Android, 145), Class::Android);
        assert_eq!(class(Browser::Firefox, Os::Linux, 145), Class::Firefox);
        assert_eq!(class(Browser::Firefox, Os::Linux, 42), Class::Legacy);
        assert_eq!(class(Browser::Chrome, Os::Windows, 0), Class::WindowsChromium, "an unknown version is not old");
    }

    #[test]
    fn gaps_end_where_they_say() {
        let gap = |days: i64| Gap::between(Timestamp::default(), Timestamp::from_unix_ms(days * DAY_MS));
        assert_eq!([-9, 0, 2, 3, 13, 14, 30, 59, 60, 900].map(gap).map(|it| it as u8), [0, 0, 0, 1, 1, 2, 3, 3, 4, 4]);
    }
}
