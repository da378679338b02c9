//! What a browser's words come to: the attributes that matching compares, and the sketches of its sets.

use std::borrow::Cow;

use crate::domain::{
    agent::{Agent, ClientHints, DeviceKind, Os, Version, refine},
    browser::{
        attributes::{Attribute, Attributes, Sketches},
        environment::{Signs, told_processors},
        fingerprint::{Canonical, short_hash},
        sketch::{Sketch, quick_hash},
    },
    login::{
        components::{Components, Headers},
        value::Value,
    },
};

/// A browser's words, with what its user agent was read as.
pub struct Words<'a> {
    /// What the user agent says.
    pub agent: Agent,
    /// The request's headers.
    pub headers: &'a Headers,
    /// What the script measured.
    pub components: &'a Components,
    /// The tenant's key for short hashes.
    pub key: &'a [u8; 32],
}

/// Attributes that are the quick hash of a component's canonical bytes, and what the component is called.
const COMPARED: [(Attribute, &[&str]); 11] = [
    (Attribute::Platform, &["platform"]),
    (Attribute::ColorGamut, &["colorGamut", "color_gamut"]),
    (Attribute::Math, &["math"]),
    (Attribute::Codecs, &["codecs", "audioCodecs", "videoCodecs"]),
    (Attribute::Vendor, &["vendorFlavors", "vendor"]),
    (Attribute::FontPreferences, &["fontPreferences"]),
    (Attribute::ScreenFrame, &["screenFrame", "screen_frame"]),
    (Attribute::Contrast, &["contrast"]),
    (Attribute::LanguageList, &["languages"]),
    (Attribute::RegionalFormat, &["dateTimeLocale"]),
    (Attribute::AudioLatency, &["audioBaseLatency"]),
];
/// Room for the canonical bytes of a value that is condensed, as drawings are.
const USUAL_BYTES: usize = 32;
/// What the time zone is called: FingerprintJS's name, and flat ones.
const TIME_ZONES: &[&str] = &["timezone", "time_zone", "timezone_offset", "timezoneOffset"];
/// Attributes that are numbers, what the component is called, and how many steps there are to one.
const NUMBERS: [(Attribute, &[&str], f64); 3] = [
    (Attribute::PixelRatio, &["devicePixelRatio", "device_pixel_ratio"], 100.0),
    (Attribute::ColorDepth, &["colorDepth", "color_depth"], 1.0),
    (Attribute::DeviceMemory, &["deviceMemory", "device_memory"], 16.0),
];
/// Attributes that are the quick hash of a header.
const HEADERS: [(Attribute, &str); 3] = [
    (Attribute::AcceptLanguage, "accept-language"),
    (Attribute::AcceptEncoding, "accept-encoding"),
    (Attribute::Accept, "accept"),
];
/// Attributes that are the quick hash of a client hint, by header and by the script's name.
const HINTS: [(Attribute, &str, &str); 3] = [
    (Attribute::Architecture, "sec-ch-ua-arch", "architecture"),
    (Attribute::Bitness, "sec-ch-ua-bitness", "bitness"),
    (Attribute::Model, "sec-ch-ua-model", "model"),
];

impl Words<'_> {
    /// Browser and system by user agent and client hints together.
    #[must_use]
    pub fn agent(&self) -> Agent {
        let version = self.hint("sec-ch-ua-platform-version", "platformVersion");
        let platform = self.hint("sec-ch-ua-platform", "platform");
        let brands = self.brands();
        let mobile = match (self.headers.get("sec-ch-ua-mobile"), self.user_agent_data("mobile")) {
            (Some(header), _) => Some(header == "?1"),
            (None, told) => told.and_then(Value::bool),
        };
        refine(self.agent, &ClientHints { brands: &brands, platform, platform_version: version, mobile })
    }

    /// The attributes and the sketches of those that are sets, as far as they are told and not blurred; `agent` is what
    /// [`Self::agent`] says.
    #[must_use]
    pub fn attributes(&self, agent: &Agent, canonical: &Canonical<'_>) -> (Attributes, Sketches) {
        let mut attributes = Attributes::default();
        let mut set = |attribute, value: Option<u16>| attributes.set(attribute, value.unwrap_or(0));
        for (attribute, names) in COMPARED {
            set(attribute, self.compared(names, canonical));
        }
        for (attribute, names, steps) in NUMBERS {
            set(attribute, self.first(names).and_then(number).map(|it| scaled(it, steps)));
        }
        for (attribute, name) in HEADERS {
            set(attribute, self.headers.get(name).and_then(|it| self.quick(it.trim())));
        }
        for (attribute, header, member) in HINTS {
            set(attribute, self.quick(self.hint(header, member)));
        }
        let features = self.components.get("webGlExtensions");
        let (fonts, fonts_hash) = self.set(self.components.get("fonts"));
        let (plugins, plugins_hash) = self.set(self.components.get("plugins"));
        let (extensions, extensions_hash) = self.set(features.and_then(|it| it.get("extensions")));
        set(Attribute::Fonts, fonts_hash);
        set(Attribute::Plugins, plugins_hash);
        set(Attribute::WebGlExtensions, extensions_hash);
        self.read(agent, set);
        let signs = Signs { agent, time_zone: self.text("timezone"), renderer: self.gpu(RENDERERS) };
        signs.blurred().iter().for_each(|it| attributes.set(it, 0));
        (attributes, Sketches { fonts, plugins, extensions })
    }

    /// The attributes that have a way of their own.
    fn read(&self, agent: &Agent, mut set: impl FnMut(Attribute, Option<u16>)) {
        let hinted = Version::parse(self.hint("sec-ch-ua-platform-version", "platformVersion"));
        set(Attribute::BrowserVersion, Some(packed(agent.browser_version)));
        set(Attribute::OsVersion, Some(packed(agent.os_version)));
        set(Attribute::PlatformVersion, Some(packed(hinted)));
        set(Attribute::GpuVendor, self.gpu(VENDORS).and_then(|it| self.short(it)));
        set(Attribute::GpuRenderer, self.gpu(RENDERERS).and_then(|it| self.short(graphics_device(it))));
        set(Attribute::CanvasGeometry, self.canvas("geometry"));
        set(Attribute::CanvasText, self.canvas("text"));
        set(Attribute::Audio, self.positive("audio"));
        set(Attribute::ScreenResolution, self.resolution());
        set(Attribute::Hdr, self.components.get("hdr").and_then(Value::bool).map(|it| 1 + u16::from(it)));
        let processors = self.first(&["hardwareConcurrency", "hardware_concurrency"]).and_then(number);
        let processors = processors.map(|it| scaled(it, 1.0));
        set(Attribute::HardwareConcurrency, processors.map(|it| told_processors(agent.browser, it - 1) + 1));
        set(Attribute::Touch, self.touch());
        set(Attribute::TimeZone, self.first(TIME_ZONES).and_then(|it| self.hashed(it)));
        set(Attribute::Languages, self.first_language().and_then(|it| self.short(it)));
        let features = self.components.get("webGlExtensions").and_then(|it| it.get("parameters"));
        set(Attribute::WebGlFeatures, features.map(|it| self.quick_value(it)));
        set(Attribute::Storage, self.storage());
        set(Attribute::DoNotTrack, self.do_not_track());
    }

    /// A client hint by header or script, without the quotes of a structured header; empty if not told.
    pub(in crate::domain) fn hint(&self, header: &str, member: &str) -> &str {
        let header = self.headers.get(header).map(|it| it.trim().trim_matches('"'));
        header.or_else(|| self.user_agent_data(member).and_then(Value::text)).unwrap_or_default()
    }

    /// A component that is a text and not empty.
    pub(in crate::domain) fn text(&self, name: &str) -> Option<&str> {
        self.components.get(name).and_then(Value::text).filter(|it| !it.is_empty())
    }

    /// The first component that is there, under any of its names.
    fn first(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|it| self.components.get(it))
    }

    fn user_agent_data(&self, member: &str) -> Option<&Value> {
        self.components.get("userAgentData").and_then(|it| it.get(member))
    }

    fn quick(&self, text: &str) -> Option<u16> {
        (!text.is_empty()).then(|| quick_hash(self.key, text.as_bytes()))
    }

    /// Of a value's canonical bytes.
    fn quick_value(&self, value: &Value) -> u16 {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        value.write_canonical(&mut bytes);
        quick_hash(self.key, &bytes)
    }

    /// By BLAKE3, as stored devices of the first form have it: what mattered most there must stay comparable.
    fn short(&self, text: &str) -> Option<u16> {
        (!text.is_empty()).then(|| short_hash(self.key, text.as_bytes()))
    }

    /// A text's hash, or a number's as it would be written.
    fn hashed(&self, value: &Value) -> Option<u16> {
        match value {
            Value::Number(it) => self.short(&it.to_string()),
            other => self.short(other.text()?),
        }
    }

    /// The hash of the first component that is there and tells something: an empty list is what a script gets that may
    /// not look.
    fn compared(&self, names: &[&str], canonical: &Canonical<'_>) -> Option<u16> {
        let tells = |value: &Value| match value {
            Value::List(items) => items.iter().any(|it| !matches!(it, Value::Null)),
            Value::Text(text) => !text.is_empty(),
            // FingerprintJS's words for "not measured" are negative.
            Value::Number(number) => *number >= 0.0,
            _ => true,
        };
        let mut there = names.iter().filter_map(|it| self.components.find(it));
        there.find(|(_, it)| tells(it)).and_then(|(place, _)| canonical.quick_hash(place))
    }

    fn brands(&self) -> Cow<'_, str> {
        if let Some(header) = self.headers.get("sec-ch-ua") {
            return Cow::Borrowed(header);
        }
        let brands = self.user_agent_data("brands").and_then(Value::list).unwrap_or_default();
        let names: Vec<&str> =
            brands.iter().filter_map(|brand| brand.text().or_else(|| brand.get("brand")?.text())).collect();
        Cow::Owned(names.join(","))
    }

    /// What WebGL tells of the graphics device, as a member of FingerprintJS's component or flat.
    fn gpu(&self, [member, flat]: [&str; 2]) -> Option<&str> {
        let basics = self.components.get("webGlBasics").and_then(|it| it.get(member));
        basics.or_else(|| self.components.get(flat)).and_then(Value::text).filter(|it| !it.is_empty())
    }

    /// The graphics device, in WebGL's words.
    pub(in crate::domain) fn renderer(&self) -> Option<&str> {
        self.gpu(RENDERERS)
    }

    /// A drawing's hash, unless the script says with a word that there is none.
    fn canvas(&self, member: &str) -> Option<u16> {
        const WORDS: [&str; 4] = ["", "skipped", "unsupported", "unstable"];
        let drawn = |it: &Value| it.text().is_none_or(|it| !WORDS.contains(&it));
        let drawing = self.components.get("canvas")?;
        match drawing.get(member) {
            Some(part) => drawn(part).then(|| self.quick_value(part)),
            // A flat attribute is the drawing's hash itself.
            None if member == "geometry" && !matches!(drawing, Value::Map(_)) => {
                drawn(drawing).then(|| self.quick_value(drawing))
            }
            None => None,
        }
    }

    /// The hash of a measured number. Those that are not positive are FingerprintJS's words for “not measured”.
    fn positive(&self, name: &str) -> Option<u16> {
        let measured = self.components.get(name).and_then(number).filter(|it| *it > 0.0)?;
        Some(short_hash(self.key, &measured.to_bits().to_be_bytes()))
    }

    /// Width and height, the longer first, so that a turned tablet stays itself: a list, or a text such as `1920x1080x24`.
    fn resolution(&self) -> Option<u16> {
        let told = self.first(&["screenResolution", "screen_resolution", "resolution"])?;
        let [width, height] = match told {
            Value::List(sides) => [sides.first().and_then(number)?, sides.get(1).and_then(number)?],
            other => {
                let mut sides = other.text()?.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok());
                [sides.next()?, sides.next()?]
            }
        };
        let (long, short) = if width < height { (height, width) } else { (width, height) };
        Some(mixed(u32::from(scaled(long, 1.0)) << 16 | u32::from(scaled(short, 1.0))))
    }

    fn touch(&self) -> Option<u16> {
        let touch = self.first(&["touchSupport", "touch_support", "maxTouchPoints"])?;
        let points = scaled(touch.get("maxTouchPoints").or(Some(touch)).and_then(number)?, 1.0);
        let flag = |name| u16::from(touch.get(name).and_then(Value::bool).unwrap_or(false));
        Some(1 + (points.min(0xFFF) << 2 | flag("touchEvent") << 1 | flag("touchStart")))
    }

    /// The first language of the script, or else of the header: the rest is cut off in private windows.
    fn first_language(&self) -> Option<&str> {
        let of_script = || {
            let told = self.first(&["languages", "language"])?;
            let first = told.list().map_or(Some(told), <[Value]>::first)?;
            first.text().or_else(|| first.list()?.first()?.text())
        };
        let told = of_script().or_else(|| self.headers.get("accept-language"))?;
        told.split([',', ';']).next().map(str::trim)
    }

    /// The sketch and the hash of a set of names: of a list, or of a text that joins them.
    fn set(&self, set: Option<&Value>) -> (Sketch, Option<u16>) {
        match set {
            None => (Sketch::default(), None),
            Some(Value::Text(joined)) => {
                let names = joined.split([';', '\n']).map(str::trim).filter(|it| !it.is_empty());
                let names = Value::List(names.map(|it| Value::Text(it.to_owned())).collect());
                Sketch::of(self.key, names.names())
            }
            Some(listed) => Sketch::of(self.key, listed.names()),
        }
    }

    /// Which kinds of storage are switched off.
    fn storage(&self) -> Option<u16> {
        const KINDS: [&str; 3] = ["cookiesEnabled", "localStorage", "sessionStorage"];
        let told = KINDS.map(|it| self.components.get(it).and_then(Value::bool));
        let off = told.iter().fold(0, |off, it| off << 1 | u16::from(*it == Some(false)));
        told.iter().any(Option::is_some).then_some(1 + off)
    }

    fn do_not_track(&self) -> Option<u16> {
        let flag = |name| self.headers.get(name).is_some_and(|it| it.trim() == "1");
        // Without a single header nothing is known of this one either.
        self.headers.get("accept-language").map(|_| 1 + (u16::from(flag("dnt")) << 1 | u16::from(flag("sec-gpc"))))
    }
}

/// The vendor of the graphics device: FingerprintJS's member, and its flat name.
const VENDORS: [&str; 2] = ["vendorUnmasked", "webgl_vendor"];
/// The graphics device: FingerprintJS's member, and its flat name.
const RENDERERS: [&str; 2] = ["rendererUnmasked", "webgl_renderer"];

/// Whether an agent belongs to a machine that moves between networks all day.
#[must_use]
pub fn is_mobile(agent: &Agent) -> bool {
    matches!(agent.kind, DeviceKind::Mobile | DeviceKind::Tablet)
        || matches!(agent.os, Os::Ios | Os::IpadOs | Os::Android)
}

/// A number, also where a script wrote it as text.
fn number(value: &Value) -> Option<f64> {
    value.number().or_else(|| value.text()?.trim().parse().ok()).filter(|it| it.is_finite())
}

/// A measured number in steps of `1 / steps`, plus one because 0 is not known.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float is cut at the ends of the range")]
fn scaled(number: f64, steps: f64) -> u16 {
    ((number * steps).round() as u16).saturating_add(1)
}

/// Two numbers of 16 bits in one, by Knuth's multiplicative hash; never 0.
#[must_use]
pub const fn mixed(pair: u32) -> u16 {
    let [_, _, a, b] = pair.wrapping_mul(0x9E37_79B1).to_le_bytes();
    let mixed = u16::from_le_bytes([a, b]);
    if mixed == 0 { 1 } else { mixed }
}

/// A version in 16 bits that order as versions do: 10 of the first number, 6 of the second; 0 if unknown.
#[must_use]
pub fn packed(version: Version) -> u16 {
    version.major.min(0x3FF) << 6 | version.minor.min(0x3F)
}

/// The first number of a [packed] version.
#[must_use]
pub const fn packed_major(version: u16) -> u16 {
    version >> 6
}

/// What ANGLE calls the device: `ANGLE (vendor, device, backend and driver)`, and before 2020 `ANGLE (device backend)`. The
/// rest changes with drivers and browsers.
fn graphics_device(renderer: &str) -> &str {
    let Some(inner) = renderer.strip_prefix("ANGLE (").and_then(|it| it.strip_suffix(')')) else { return renderer };
    let mut parts = inner.splitn(3, ", ");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(_), Some(device), Some(_)) => device,
        _ => inner.split(" Direct3D").next().unwrap_or(inner),
    }
}
