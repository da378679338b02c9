//! User agents without uap-core's patterns, which each process would have to compile: for tests of something else.

use std::sync::Arc;

use watchlight::{
    domain::agent::{Agent, Browser, DeviceKind, Os, Version},
    ports::Agents,
};

/// Reads the user agents that tests write: the common browsers on the common systems, as `UapAgents` does
/// (`user_agent.rs` compares the two). Of any other it knows nothing.
pub struct CommonAgents;

/// The browser by the mark that the version follows; the first that is found, since later ones stand in earlier ones' texts.
const BROWSERS: [(&str, Browser); 6] = [
    ("Firefox/", Browser::Firefox),
    ("Edg/", Browser::Edge),
    ("HeadlessChrome/", Browser::HeadlessChrome),
    ("Chrome/", Browser::Chrome),
    ("Version/", Browser::Safari),
    ("curl/", Browser::CommandLine),
];

/// The system by its mark, and the kind of machine.
const SYSTEMS: [(&str, Os, DeviceKind); 4] = [
    ("Windows NT ", Os::Windows, DeviceKind::Desktop),
    ("iPhone OS ", Os::Ios, DeviceKind::Mobile),
    ("Intel Mac OS X ", Os::MacOs, DeviceKind::Desktop),
    ("X11; Linux", Os::Linux, DeviceKind::Desktop),
];

impl CommonAgents {
    pub fn shared() -> Arc<dyn Agents> {
        Arc::new(Self)
    }
}

impl Agents for CommonAgents {
    fn parse(&self, user_agent: &str) -> Agent {
        let found = BROWSERS.iter().find_map(|(mark, it)| Some((*it, user_agent.split_once(mark)?.1)));
        let (browser, version) = found.unwrap_or_default();
        let found = SYSTEMS.iter().find_map(|(mark, os, kind)| Some((*os, *kind, user_agent.split_once(mark)?.1)));
        let (os, kind, os_version) = found.unwrap_or_default();
        let browser_version = numbers(version);
        // Safari 26 says iOS 18 for good, every Mac 10.15, and Linux nothing.
        let frozen = browser == Browser::Safari && browser_version.major >= 26;
        let os_version = match os {
            Os::Windows => numbers(os_version),
            Os::Ios if !frozen => numbers(os_version),
            _ => Version::default(),
        };
        Agent { browser, browser_version, os, os_version, kind }
    }
}

/// The version that a text begins with.
fn numbers(text: &str) -> Version {
    Version::parse(text.split([' ', ';', ')']).next().unwrap_or_default())
}
