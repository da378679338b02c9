//! Maps the families of uap-core, of which there are hundreds, to our closed lists.

use crate::domain::agent::{Browser, DeviceKind, Os, Version};

/// Browsers by uap-core's family. The editions of Firefox (`Firefox …`) are recognized in [`browser`].
const BROWSERS: &[(&str, Browser)] = &[
    ("Chrome", Browser::Chrome),
    ("Chrome Mobile", Browser::Chrome),
    ("Chrome Mobile iOS", Browser::Chrome),
    ("Chrome Frame", Browser::Chrome),
    ("Edge", Browser::Edge),
    ("Edge Mobile", Browser::Edge),
    ("Safari", Browser::Safari),
    ("Mobile Safari", Browser::Safari),
    ("Opera", Browser::Opera),
    ("Opera Mobile", Browser::Opera),
    ("Opera Mini", Browser::Opera),
    ("Opera Coast", Browser::Opera),
    ("Opera Neon", Browser::Opera),
    ("Opera Touch", Browser::Opera),
    ("Samsung Internet", Browser::SamsungInternet),
    ("Brave", Browser::Brave),
    ("Vivaldi", Browser::Vivaldi),
    ("Yandex Browser", Browser::Yandex),
    ("Chromium", Browser::Chromium),
    ("DuckDuckGo", Browser::DuckDuckGo),
    ("DuckDuckGo Mobile", Browser::DuckDuckGo),
    ("UC Browser", Browser::UcBrowser),
    ("IE", Browser::InternetExplorer),
    ("IE Mobile", Browser::InternetExplorer),
    ("IE Large Screen", Browser::InternetExplorer),
    ("HeadlessChrome", Browser::HeadlessChrome),
    ("Chrome Mobile WebView", Browser::AndroidWebView),
    ("Mobile Safari UI/WKWebView", Browser::AppleWebView),
    ("Electron", Browser::Electron),
    ("curl", Browser::CommandLine),
    ("PycURL", Browser::CommandLine),
    ("Wget", Browser::CommandLine),
    ("wget2", Browser::CommandLine),
    ("HTTPie", Browser::CommandLine),
    ("PostmanRuntime", Browser::CommandLine),
    ("insomnia", Browser::CommandLine),
    ("Python Requests", Browser::CommandLine),
    ("Python aiohttp", Browser::CommandLine),
    ("Python-urllib", Browser::CommandLine),
    ("python-httpx", Browser::CommandLine),
    ("okhttp", Browser::CommandLine),
    ("Go-http-client", Browser::CommandLine),
    ("go-resty", Browser::CommandLine),
    ("Apache-HttpClient", Browser::CommandLine),
    ("HTTPClient", Browser::CommandLine),
    ("Java", Browser::CommandLine),
    ("axios", Browser::CommandLine),
    ("got", Browser::CommandLine),
    ("node-fetch", Browser::CommandLine),
    ("reqwest", Browser::CommandLine),
    ("libwww-perl", Browser::CommandLine),
    ("WindowsPowerShell", Browser::CommandLine),
    ("WinHTTP", Browser::CommandLine),
];

/// Traces of browsers that uap-core mistakes for the one they imitate: Opera on iOS, and the browsers of `HarmonyOS`.
const IMITATORS: [(&str, Browser); 2] = [(" OPT/", Browser::Opera), (" ArkWeb/", Browser::Unknown)];

/// How the user agents of scripts begin that have no family in uap-core.
const SCRIPTS: [&str; 6] = ["python-httpx/", "node-fetch/", "node", "undici", "Ruby", "GuzzleHttp/"];

/// Systems by uap-core's family. Apple's phones and tablets are recognized in [`os`].
const SYSTEMS: &[(&str, Os)] = &[
    ("Windows", Os::Windows),
    ("Mac OS X", Os::MacOs),
    ("Mac OS", Os::MacOs),
    ("Android", Os::Android),
    ("Chrome OS", Os::ChromeOs),
    ("FreeBSD", Os::FreeBsd),
    ("Linux", Os::Linux),
    ("Ubuntu", Os::Linux),
    ("Kubuntu", Os::Linux),
    ("Debian", Os::Linux),
    ("Fedora", Os::Linux),
    ("Red Hat", Os::Linux),
    ("CentOS", Os::Linux),
    ("SUSE", Os::Linux),
    ("openSUSE", Os::Linux),
    ("Gentoo", Os::Linux),
    ("Arch Linux", Os::Linux),
    ("Linux Mint", Os::Linux),
    ("Mageia", Os::Linux),
    ("Mandriva", Os::Linux),
    ("Slackware", Os::Linux),
];

/// The browser of a family. Apps that show pages in the system's web view have families of their own in uap-core; they
/// are recognized by the traces that the web view leaves in the user agent.
pub(crate) fn browser(family: &str, user_agent: &str) -> Browser {
    let imitator = IMITATORS.iter().find(|(mark, _)| user_agent.contains(mark));
    let listed = imitator.or_else(|| BROWSERS.iter().find(|(name, _)| *name == family)).map(|&(_, browser)| browser);
    let apple = ["iPhone", "iPad", "iPod"].iter().any(|it| user_agent.contains(it));
    match listed {
        Some(browser) => browser,
        None if family.starts_with("Firefox") => Browser::Firefox,
        None if user_agent.contains("Electron/") => Browser::Electron,
        None if user_agent.contains("; wv)") => Browser::AndroidWebView,
        None if apple && user_agent.contains("AppleWebKit/") && !user_agent.contains("Safari/") => {
            Browser::AppleWebView
        }
        None if SCRIPTS.iter().any(|it| user_agent.starts_with(it)) => Browser::CommandLine,
        None => Browser::Unknown,
    }
}

/// Whether uap-core uses this family for the browser itself, so that the version it read is the browser's.
pub(crate) fn is_named_by(browser: Browser, family: &str) -> bool {
    browser == Browser::Firefox || BROWSERS.contains(&(family, browser))
}

/// The system of a family. An iPad that asks for desktop pages calls itself a Mac and cannot be told from one.
pub(crate) fn os(family: &str, user_agent: &str) -> Os {
    match family {
        _ if user_agent.contains("HarmonyOS") || user_agent.contains("OpenHarmony") => Os::HarmonyOs,
        "iOS" if user_agent.contains("iPad") => Os::IpadOs,
        "iOS" => Os::Ios,
        _ => SYSTEMS.iter().find(|(name, _)| *name == family).map_or(Os::Unknown, |&(_, os)| os),
    }
}

/// The system's version, unless the browser makes it up. These are frozen for good: macOS 10.15 (10.15.7 in Chrome and
/// Safari), “Android 10; K” of Chrome's reduced user agent, iOS 18 in Safari 26 and later, and `ChromeOS`. A
/// distribution's version is not one of Linux. Windows 11 still says 10; client hints correct that.
pub(crate) fn os_version(os: Os, told: Version, browser: (Browser, Version), user_agent: &str) -> Version {
    let made_up = match os {
        Os::MacOs => (told.major, told.minor) == (10, 15),
        Os::Android => user_agent.contains("Android 10; K)"),
        Os::Ios | Os::IpadOs => browser.0 == Browser::Safari && browser.1.major >= 26 && told.major == 18,
        Os::Windows | Os::FreeBsd => false,
        Os::HarmonyOs | Os::Linux | Os::ChromeOs | Os::Unknown => true,
    };
    if made_up { Version::default() } else { told }
}

/// The kind of machine. Android says `Mobile` on phones and leaves it out on tablets.
pub(crate) fn kind(os: Os, is_crawler: bool, user_agent: &str) -> DeviceKind {
    let mobile = || user_agent.contains("Mobile") || user_agent.contains("Phone");
    match os {
        _ if is_crawler => DeviceKind::Bot,
        Os::Ios => DeviceKind::Mobile,
        Os::IpadOs => DeviceKind::Tablet,
        Os::Android | Os::HarmonyOs if mobile() => DeviceKind::Mobile,
        // Android programs that are not browsers do not tell the kind.
        Os::Android | Os::HarmonyOs if user_agent.starts_with("Mozilla/") => DeviceKind::Tablet,
        Os::Windows | Os::MacOs | Os::Linux | Os::ChromeOs | Os::FreeBsd => DeviceKind::Desktop,
        Os::Android | Os::HarmonyOs | Os::Unknown => DeviceKind::Unknown,
    }
}
