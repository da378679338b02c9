//! What a browser is known to blur or to make up, so that nobody takes it for a change of machine.

use crate::domain::{
    agent::{Agent, Browser},
    browser::attributes::{Attribute, AttributeSet},
};

/// What gives a browser against tracking away.
#[derive(Clone, Copy, Debug)]
pub struct Signs<'a> {
    /// Browser and system.
    pub agent: &'a Agent,
    /// The time zone that the script tells.
    pub time_zone: Option<&'a str>,
    /// What the script is told of the graphics device.
    pub renderer: Option<&'a str>,
}

/// Brave draws, plays and lists otherwise in every session (“farbling”), and makes up how large the machine is.
const BRAVE: AttributeSet = AttributeSet::of(&[
    Attribute::CanvasGeometry,
    Attribute::CanvasText,
    Attribute::Audio,
    Attribute::Plugins,
    Attribute::HardwareConcurrency,
    Attribute::DeviceMemory,
    Attribute::ScreenFrame,
    Attribute::WebGlFeatures,
    Attribute::LanguageList,
]);
/// Firefox's `privacy.resistFingerprinting` tells of every machine the same, or noise.
const RESISTING: AttributeSet = AttributeSet::of(&[
    Attribute::GpuVendor,
    Attribute::GpuRenderer,
    Attribute::CanvasGeometry,
    Attribute::CanvasText,
    Attribute::Audio,
    Attribute::Fonts,
    Attribute::ScreenResolution,
    Attribute::PixelRatio,
    Attribute::ScreenFrame,
    Attribute::ColorDepth,
    Attribute::ColorGamut,
    Attribute::Hdr,
    Attribute::HardwareConcurrency,
    Attribute::Touch,
    Attribute::Languages,
    Attribute::LanguageList,
    Attribute::AcceptLanguage,
    Attribute::TimeZone,
    Attribute::Math,
    Attribute::FontPreferences,
    Attribute::WebGlFeatures,
    Attribute::WebGlExtensions,
    Attribute::Contrast,
    Attribute::RegionalFormat,
    Attribute::AudioLatency,
]);
/// Safari from 17 on adds noise to drawings, sound and the frame round the screen (`FingerprintJS` 5 passes them over).
const SAFARI: AttributeSet =
    AttributeSet::of(&[Attribute::CanvasGeometry, Attribute::CanvasText, Attribute::Audio, Attribute::ScreenFrame]);
/// Firefox from 120 on adds noise to drawings.
const FIREFOX: AttributeSet = AttributeSet::of(&[Attribute::CanvasGeometry, Attribute::CanvasText]);
/// Samsung Internet from 26 on adds noise to sound.
const SAMSUNG: AttributeSet = AttributeSet::of(&[Attribute::Audio]);

const SAFARI_FROM: u16 = 17;
const FIREFOX_FROM: u16 = 120;
const SAMSUNG_FROM: u16 = 26;

impl Signs<'_> {
    /// The attributes that say nothing of this browser's machine.
    #[must_use]
    pub fn blurred(&self) -> AttributeSet {
        let version = self.agent.browser_version.major;
        match self.agent.browser {
            Browser::Brave => BRAVE,
            Browser::Firefox if self.resists() => RESISTING,
            Browser::Firefox if version >= FIREFOX_FROM => FIREFOX,
            Browser::Safari if version >= SAFARI_FROM => SAFARI,
            Browser::SamsungInternet if version >= SAMSUNG_FROM => SAMSUNG,
            _ => AttributeSet::default(),
        }
    }

    /// Whether a Firefox resists fingerprinting: it claims to be at Greenwich or in Iceland, which some truly are, and tells
    /// nothing of its graphics device, which hardly any do.
    fn resists(&self) -> bool {
        let zone = matches!(self.time_zone, Some("UTC" | "Etc/UTC" | "GMT" | "Atlantic/Reykjavik"));
        zone && matches!(self.renderer, None | Some("Mozilla"))
    }
}

/// The processors that a browser tells: Firefox from 143 on says 8 to every machine of more than 4, else 4, and older
/// versions are read as if they did.
#[must_use]
pub const fn told_processors(browser: Browser, processors: u16) -> u16 {
    match browser {
        Browser::Firefox if processors > 4 => 8,
        Browser::Firefox => 4,
        _ => processors,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::Version;

    fn agent(browser: Browser, major: u16) -> Agent {
        Agent { browser, browser_version: Version { major, ..Version::default() }, ..Agent::default() }
    }

    #[test]
    fn only_what_a_browser_is_known_to_blur_is_passed_over() {
        let blurred = |browser, major, time_zone, renderer| {
            Signs { agent: &agent(browser, major), time_zone: Some(time_zone), renderer }.blurred()
        };
        let mesa = Some("Mesa Intel(R) UHD Graphics");
        assert_eq!(blurred(Browser::Chrome, 142, "UTC", None), AttributeSet::default());
        assert!(blurred(Browser::Brave, 142, "Europe/Berlin", mesa).contains(Attribute::Audio));
        assert!(blurred(Browser::Firefox, 145, "Atlantic/Reykjavik", Some("Mozilla")).contains(Attribute::TimeZone));
        assert!(
            !blurred(Browser::Firefox, 145, "Atlantic/Reykjavik", mesa).contains(Attribute::TimeZone),
            "an Icelander"
        );
        assert_eq!(blurred(Browser::Firefox, 119, "Europe/Berlin", mesa), AttributeSet::default());
        assert!(blurred(Browser::Safari, 17, "Europe/Berlin", None).contains(Attribute::CanvasText));
        assert_eq!(blurred(Browser::Safari, 16, "Europe/Berlin", None), AttributeSet::default());
        assert!(blurred(Browser::SamsungInternet, 27, "Europe/Berlin", None).contains(Attribute::Audio));
    }

    #[test]
    fn firefox_tells_two_sizes_of_machine() {
        assert_eq!([2, 4, 6, 16].map(|it| told_processors(Browser::Firefox, it)), [4, 4, 8, 8]);
        assert_eq!(told_processors(Browser::Chrome, 16), 16);
    }
}
