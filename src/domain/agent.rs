//! The browser and system behind a login, according to the user agent and the client hints. The lists are closed: a
//! mail shows only names from here, never a text that a stranger sent.

use std::fmt;

/// Gives a closed list its codes (a stored form: never renumber), its English names, and the way back from a code.
macro_rules! closed_list {
    ($(#[$doc:meta])* $list:ident { $($variant:ident = $code:literal $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $list {
            $(#[doc = concat!("Shown as “", $name, "”.")] $variant = $code,)+
            /// Not in this list, or not known.
            #[default]
            Unknown = 0,
        }

        impl $list {
            /// Every member but `Unknown`, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stored form.
            #[must_use]
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// Reads the stored form; a code that this version does not know is `Unknown`.
            #[must_use]
            pub const fn from_code(code: u8) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    _ => Self::Unknown,
                }
            }

            /// The English name; `None` if unknown.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($name),)+
                    Self::Unknown => None,
                }
            }
        }
    };
}

closed_list!(
    /// A browser family: what stays the same through every update.
    Browser {
        Chrome = 1 "Chrome",
        Edge = 2 "Edge",
        Firefox = 3 "Firefox",
        Safari = 4 "Safari",
        Opera = 5 "Opera",
        SamsungInternet = 6 "Samsung Internet",
        Brave = 7 "Brave",
        Vivaldi = 8 "Vivaldi",
        Yandex = 9 "Yandex Browser",
        Chromium = 10 "Chromium",
        DuckDuckGo = 11 "DuckDuckGo",
        UcBrowser = 12 "UC Browser",
        InternetExplorer = 13 "Internet Explorer",
        HeadlessChrome = 14 "Headless Chrome",
        AndroidWebView = 15 "an Android app",
        AppleWebView = 16 "an iOS app",
        Electron = 17 "a desktop app",
        CommandLine = 18 "a script",
    }
);

closed_list!(
    /// An operating system family.
    Os {
        Windows = 1 "Windows",
        MacOs = 2 "macOS",
        Ios = 3 "iOS",
        IpadOs = 4 "iPadOS",
        Android = 5 "Android",
        Linux = 6 "Linux",
        ChromeOs = 7 "ChromeOS",
        HarmonyOs = 8 "HarmonyOS",
        FreeBsd = 9 "FreeBSD",
    }
);

closed_list!(
    /// The kind of machine.
    DeviceKind {
        Desktop = 1 "desktop",
        Mobile = 2 "mobile",
        Tablet = 3 "tablet",
        Bot = 4 "bot",
    }
);

/// Up to three numbers of a version; people use the first. All zero if unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
    /// The third number.
    pub patch: u16,
}

impl Version {
    /// Reads up to three numbers separated by `.` or `_`, and stops at anything else.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut numbers = text.split(['.', '_']).map_while(|it| it.trim().parse().ok());
        let mut next = || numbers.next().unwrap_or(0);
        Self { major: next(), minor: next(), patch: next() }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self == Self::default()
    }
}

/// As people write it, without zeros at the end: `142`, `18.7`, `15.5.1`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minor, self.patch) {
            (0, 0) => write!(f, "{}", self.major),
            (minor, 0) => write!(f, "{}.{minor}", self.major),
            (minor, patch) => write!(f, "{}.{minor}.{patch}", self.major),
        }
    }
}

/// Browser and system, with their versions as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Agent {
    /// The browser family.
    pub browser: Browser,
    /// The browser's version.
    pub browser_version: Version,
    /// The operating system family.
    pub os: Os,
    /// The operating system's version.
    pub os_version: Version,
    /// The kind of machine.
    pub kind: DeviceKind,
}

impl Agent {
    /// A name to show, with the versions: `Chrome 142 on Windows 11`.
    #[must_use]
    pub fn name(&self) -> String {
        let versioned = |name: Option<&str>, version: Version| match name {
            Some(name) if version.is_unknown() => Some(name.to_owned()),
            Some(name) => Some(format!("{name} {version}")),
            None => None,
        };
        join(
            versioned(self.browser.name(), self.browser_version.major_minor()),
            versioned(self.os.name(), self.os_version),
        )
    }

    /// A name without versions, since people do not know theirs: `Chrome on Windows`.
    #[must_use]
    pub fn short_name(&self) -> String {
        join(self.browser.name().map(str::to_owned), self.os.name().map(str::to_owned))
    }
}

impl Version {
    /// Without the third number, which no browser shows.
    fn major_minor(self) -> Self {
        Self { patch: 0, ..self }
    }
}

fn join(browser: Option<String>, os: Option<String>) -> String {
    match (browser, os) {
        (Some(browser), Some(os)) => format!("{browser} on {os}"),
        (Some(browser), None) => browser,
        (None, Some(os)) => format!("an unknown browser on {os}"),
        (None, None) => "an unknown device".to_owned(),
    }
}

/// The client hints (the headers `sec-ch-ua-*`, or the script's `userAgentData`). Empty where there are none.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientHints<'a> {
    /// The brands, as the header writes them, or joined by commas.
    pub brands: &'a str,
    /// `Windows`, `macOS`, `Android` …
    pub platform: &'a str,
    /// The platform's version: on Windows 13 and more means Windows 11.
    pub platform_version: &'a str,
    /// Whether the browser asks for mobile pages.
    pub mobile: Option<bool>,
}

/// Corrects what a user agent can no longer tell: browsers freeze it (Windows 10, macOS 10.15.7, Android 10), and some
/// hide behind Chrome's. The client hints tell the truth. (`platformVersion` of Windows: learn.microsoft.com, “Detect
/// Windows 11”.)
#[must_use]
pub fn refine(agent: Agent, hints: &ClientHints<'_>) -> Agent {
    let mut refined = agent;
    if agent.browser == Browser::Chrome {
        refined.browser = brand(hints.brands).unwrap_or(agent.browser);
    }
    let hinted = match hints.platform {
        "Windows" => Os::Windows,
        "macOS" => Os::MacOs,
        "Android" => Os::Android,
        "Linux" => Os::Linux,
        "Chrome OS" | "Chromium OS" => Os::ChromeOs,
        _ => Os::Unknown,
    };
    if agent.os == Os::Unknown {
        refined.os = hinted;
    }
    let version = Version::parse(hints.platform_version);
    if refined.os == hinted && !version.is_unknown() {
        refined.os_version = match hinted {
            Os::Windows => windows_version(version),
            Os::MacOs | Os::Android => version,
            _ => refined.os_version,
        };
    }
    if refined.kind == DeviceKind::Unknown {
        refined.kind = match hints.mobile {
            Some(true) => DeviceKind::Mobile,
            Some(false) => DeviceKind::Desktop,
            None => DeviceKind::Unknown,
        };
    }
    refined
}

/// The browser that a list of brands names besides Chromium. The made-up (GREASE) brand is skipped.
fn brand(brands: &str) -> Option<Browser> {
    const BRANDS: [(&str, Browser); 7] = [
        ("Microsoft Edge", Browser::Edge),
        ("Brave", Browser::Brave),
        ("Opera", Browser::Opera),
        ("Vivaldi", Browser::Vivaldi),
        ("YaBrowser", Browser::Yandex),
        ("DuckDuckGo", Browser::DuckDuckGo),
        ("Samsung Internet", Browser::SamsungInternet),
    ];
    BRANDS.iter().find(|(name, _)| brands.contains(name)).map(|&(_, browser)| browser)
}

fn windows_version(platform_version: Version) -> Version {
    let major = match platform_version.major {
        0 => 8,
        1..13 => 10,
        _ => 11,
    };
    Version { major, ..Version::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_tell_what_the_user_agent_no_longer_says() {
        let told = Agent {
            browser: Browser::Chrome,
            browser_version: Version::parse("142.0.0"),
            os: Os::Windows,
            os_version: Version::parse("10"),
            kind: DeviceKind::Desktop,
        };
        let hints = |brands, platform_version| ClientHints {
            brands,
            platform: "Windows",
            platform_version,
            mobile: Some(false),
        };
        let name = |it: &ClientHints<'_>| refine(told, it).name();
        assert_eq!(told.name(), "Chrome 142 on Windows 10");
        assert_eq!(
            name(&hints(r#""Chromium";v="142", "Google Chrome";v="142", "Not.A/Brand";v="8""#, "19.0.0")),
            "Chrome 142 on Windows 11"
        );
        assert_eq!(name(&hints(r#""Chromium";v="142", "Brave";v="142""#, "10.0.0")), "Brave 142 on Windows 10");
        let contradicted = ClientHints { platform: "Android", platform_version: "16", ..ClientHints::default() };
        assert_eq!(name(&contradicted), "Chrome 142 on Windows 10", "a hint of another system mends nothing");
    }

    #[test]
    fn what_is_unknown_is_said_to_be() {
        assert_eq!(Agent::default().name(), "an unknown device");
        assert_eq!(Agent { os: Os::Linux, ..Agent::default() }.short_name(), "an unknown browser on Linux");
        assert_eq!(Version::parse("15_5_1").to_string(), "15.5.1");
        assert!(Version::parse("latest").is_unknown());
    }

    #[test]
    fn codes_are_read_back() {
        for &it in Browser::ALL {
            assert_eq!(Browser::from_code(it.code()), it);
        }
        assert_eq!(Browser::from_code(255), Browser::Unknown);
    }
}
