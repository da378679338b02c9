//! Whether a browser's words contradict each other.

use crate::domain::{agent::Os, extraction::Words};

impl Words<'_> {
    /// Why user agent, client hints and script cannot all be true; none if they can.
    #[must_use]
    pub fn contradiction(&self) -> Option<&'static str> {
        let agent = system_family(self.agent.os)?;
        let differs = |it: Os| system_family(it).is_some_and(|it| it != agent);
        if differs(system_of_hint(self.hint("sec-ch-ua-platform", "platform"))) {
            return Some("the user agent and the client hints name different systems");
        }
        let scripted = self.text("platform").map_or(Os::Unknown, system_of_script);
        differs(scripted).then_some("the user agent and the script name different systems")
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
fn system_family(os: Os) -> Option<Os> {
    match os {
        Os::Windows => Some(Os::Windows),
        Os::MacOs | Os::Ios | Os::IpadOs => Some(Os::MacOs),
        Os::Linux | Os::Android | Os::ChromeOs => Some(Os::Linux),
        Os::HarmonyOs | Os::FreeBsd | Os::Unknown => None,
    }
}
