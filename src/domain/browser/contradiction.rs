//! Whether a browser's words contradict each other.

use crate::domain::{
    agent::{Browser, Os},
    browser::extraction::Words,
    login::value::Value,
};

impl Words<'_> {
    /// Why user agent, client hints and script cannot all be true; none if they can.
    #[must_use]
    pub fn contradiction(&self) -> Option<&'static str> {
        self.headless().or_else(|| self.systems()).or_else(|| self.graphics()).or_else(|| self.hinted_machine())
    }

    /// Driven by a program: a user agent, a brand or a script says so.
    fn headless(&self) -> Option<&'static str> {
        let brands = self.headers.get("sec-ch-ua").unwrap_or_default();
        let headless = self.agent.browser == Browser::HeadlessChrome
            || brands.contains("HeadlessChrome")
            || matches!(self.components.get("webdriver"), Some(Value::Bool(true)));
        headless.then_some("the browser says that a program drives it")
    }

    fn systems(&self) -> Option<&'static str> {
        let agent = system_family(self.agent.os)?;
        let differs = |it: Os| system_family(it).is_some_and(|it| it != agent);
        if differs(system_of_hint(self.hint("sec-ch-ua-platform", "platform"))) {
            return Some("the user agent and the client hints name different systems");
        }
        let scripted = self.text("platform").map_or(Os::Unknown, system_of_script);
        differs(scripted).then_some("the user agent and the script name different systems")
    }

    /// Direct3D is on Windows alone, Metal and Apple's own graphics on Apple's systems alone.
    fn graphics(&self) -> Option<&'static str> {
        let system = system_family(self.agent.os)?;
        let renderer = self.renderer()?;
        let needs = |words: &[&str]| words.iter().any(|it| renderer.contains(it));
        let only = match () {
            () if needs(&["Direct3D", "D3D11", "D3D9"]) => Os::Windows,
            () if needs(&["Apple GPU", "Apple M", "Metal Renderer"]) => Os::MacOs,
            () => return None,
        };
        (system != only).then_some("the graphics device is not one of the system that the user agent names")
    }

    /// A browser on Windows or macOS never says that it is on a telephone.
    fn hinted_machine(&self) -> Option<&'static str> {
        let desktop = matches!(self.agent.os, Os::Windows | Os::MacOs);
        let mobile = self.headers.get("sec-ch-ua-mobile").is_some_and(|it| it.trim() == "?1");
        (desktop && mobile).then_some("the client hints name a telephone and the user agent does not")
    }
}

fn system_of_hint(platform: &str) -> Os {
    match platform {
        "Windows" => Os::Windows,
        "macOS" => Os::MacOs,
        "Android" => Os::Android,
        "Linux" => Os::Linux,
        "Chrome OS" | "Chromium OS" => Os::ChromeOs,
        "iOS" => Os::Ios,
        _ => Os::Unknown,
    }
}

fn system_of_script(platform: &str) -> Os {
    const STARTS: [(&str, Os); 7] = [
        ("Win", Os::Windows),
        ("Mac", Os::MacOs),
        ("iPhone", Os::Ios),
        ("iPad", Os::Ios),
        ("iPod", Os::Ios),
        ("Android", Os::Android),
        ("Linux", Os::Linux),
    ];
    STARTS.iter().find(|(start, _)| platform.starts_with(start)).map_or(Os::Unknown, |&(_, os)| os)
}

/// Systems that one browser may truthfully mix up: a tablet that asks for desktop pages calls itself a Mac or a Linux
/// machine, and Android's and ChromeOS's kernel is Linux.
pub(in crate::domain) fn system_family(os: Os) -> Option<Os> {
    match os {
        Os::Windows => Some(Os::Windows),
        Os::MacOs | Os::Ios | Os::IpadOs => Some(Os::MacOs),
        Os::Linux | Os::Android | Os::ChromeOs => Some(Os::Linux),
        Os::HarmonyOs | Os::FreeBsd | Os::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::Agent,
        login::components::{Components, Headers},
    };

    fn contradiction(browser: Browser, os: Os, headers: &[(&str, &str)]) -> Option<&'static str> {
        let headers = Headers::new(headers.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect());
        let agent = Agent { browser, os, ..Agent::default() };
        Words { agent, headers: &headers, components: &Components::default(), key: &[0; 32] }.contradiction()
    }

    #[test]
    fn a_browser_that_a_program_drives_is_named_and_others_are_not() {
        assert!(contradiction(Browser::HeadlessChrome, Os::Linux, &[]).is_some_and(|it| it.contains("program")));
        let brands = [("sec-ch-ua", "\"HeadlessChrome\";v=\"142\"")];
        assert!(contradiction(Browser::Chrome, Os::Linux, &brands).is_some_and(|it| it.contains("program")));
        assert_eq!(contradiction(Browser::Chrome, Os::Linux, &[("sec-ch-ua-mobile", "?1")]), None);
        assert!(contradiction(Browser::Chrome, Os::Windows, &[("sec-ch-ua-mobile", "?1")]).is_some());
    }
}
