//! What a browser's words come to: the attributes that matching compares, and whether the words contradict each other.

use crate::domain::{
    agent::{Agent, ClientHints, DeviceKind, Os, Version, refine},
    attributes::{Attribute, Attributes},
    components::{Components, Headers, Value},
    fingerprint::{Canonical, short_hash},
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

impl Words<'_> {
    /// Browser and system by user agent and client hints together.
    #[must_use]
    pub fn agent(&self) -> Agent {
        let version = self.hint("sec-ch-ua-platform-version", "platformVersion");
        let platform = self.hint("sec-ch-ua-platform", "platform");
        let brands = self.brands();
        let mobile = match (self.headers.get("sec-ch-ua-mobile"), self.user_agent_data("mobile")) {
            (Some(it), _) => Some(it == "?1"),
            (None, it) => it.and_then(Value::bool),
        };
        refine(self.agent, &ClientHints { brands: &brands, platform, platform_version: version, mobile })
    }

    /// The attributes, as far as they are told; `agent` is what [`Self::agent`] says.
    #[must_use]
    pub fn attributes(&self, agent: &Agent, canonical: &Canonical<'_>) -> Attributes {
        let mut attributes = Attributes::default();
        let mut set = |attribute, value: Option<u32>| attributes.set(attribute, value.unwrap_or(0));
        set(Attribute::BrowserVersion, Some(packed(agent.browser_version)));
        set(Attribute::OsVersion, Some(packed(agent.os_version)));
        set(Attribute::Platform, self.text("platform").map(|it| self.short(it)));
        set(Attribute::PlatformVersion, self.hinted("sec-ch-ua-platform-version", "platformVersion"));
        set(Attribute::Architecture, self.hinted("sec-ch-ua-arch", "architecture"));
        set(Attribute::Model, self.hinted("sec-ch-ua-model", "model"));
        set(Attribute::GpuVendor, self.gpu("vendorUnmasked").map(|it| self.short(it)));
        set(Attribute::GpuRenderer, self.gpu("rendererUnmasked").map(|it| self.short(graphics_device(it))));
        set(Attribute::CanvasGeometry, self.canvas("geometry", canonical));
        set(Attribute::CanvasText, self.canvas("text", canonical));
        set(Attribute::Audio, self.audio());
        set(Attribute::Fonts, self.list("fonts").and_then(|_| canonical.short_hash("fonts", None)));
        set(Attribute::ScreenResolution, self.resolution());
        set(
            Attribute::PixelRatio,
            self.number(&["devicePixelRatio", "device_pixel_ratio"]).map(|it| scaled(it, 100.0)),
        );
        set(Attribute::ScreenFrame, self.frame(canonical));
        set(Attribute::ColorDepth, self.number(&["colorDepth", "color_depth"]).map(|it| scaled(it, 1.0)));
        set(Attribute::ColorGamut, self.text("colorGamut").map(|it| self.short(it)));
        set(Attribute::Hdr, self.components.get("hdr").and_then(Value::bool).map(|it| 1 + u32::from(it)));
        set(
            Attribute::HardwareConcurrency,
            self.number(&["hardwareConcurrency", "hardware_concurrency"]).map(|it| scaled(it, 1.0)),
        );
        set(Attribute::DeviceMemory, self.number(&["deviceMemory", "device_memory"]).map(|it| scaled(it, 16.0)));
        set(Attribute::Touch, self.touch());
        set(Attribute::Languages, self.languages().map(|it| self.short(it)));
        set(Attribute::AcceptLanguage, self.headers.get("accept-language").map(|it| self.short(first_language(it))));
        set(Attribute::TimeZone, self.text("timezone").map(|it| self.short(it)));
        set(Attribute::Plugins, self.list("plugins").map(|it| self.names(it)));
        set(Attribute::Math, self.components.get("math").and_then(|_| canonical.short_hash("math", None)));
        set(Attribute::AcceptEncoding, self.headers.get("accept-encoding").map(|it| self.short(it)));
        set(Attribute::DoNotTrack, self.do_not_track());
        attributes
    }

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

    fn short(&self, text: &str) -> u32 {
        short_hash(self.key, text.as_bytes())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.components.get(name).and_then(Value::text).filter(|it| !it.is_empty())
    }

    /// A list that has members: an empty one is what a script gets that may not look.
    fn list(&self, name: &str) -> Option<&[Value]> {
        self.components.get(name).and_then(Value::list).filter(|it| !it.is_empty())
    }

    fn number(&self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|it| self.components.get(it)).and_then(number)
    }

    fn user_agent_data(&self, member: &str) -> Option<&Value> {
        self.components.get("userAgentData").and_then(|it| it.get(member))
    }

    /// A client hint by header or script, without the quotes of a structured header; empty if not told.
    fn hint(&self, header: &str, member: &str) -> &str {
        let header = self.headers.get(header).map(|it| it.trim().trim_matches('"'));
        header.or_else(|| self.user_agent_data(member).and_then(Value::text)).unwrap_or_default()
    }

    fn hinted(&self, header: &str, member: &str) -> Option<u32> {
        Some(self.hint(header, member)).filter(|it| !it.is_empty()).map(|it| self.short(it))
    }

    fn brands(&self) -> String {
        if let Some(header) = self.headers.get("sec-ch-ua") {
            return header.to_owned();
        }
        let brands = self.user_agent_data("brands").and_then(Value::list).unwrap_or_default();
        brands.iter().filter_map(|it| it.text().or_else(|| it.get("brand")?.text())).collect::<Vec<_>>().join(",")
    }

    fn gpu(&self, member: &str) -> Option<&str> {
        let flat = if member == "vendorUnmasked" { "webgl_vendor" } else { "webgl_renderer" };
        let measured =
            self.components.get("webGlBasics").and_then(|it| it.get(member)).or_else(|| self.components.get(flat));
        measured.and_then(Value::text).filter(|it| !it.is_empty())
    }

    /// A drawing's hash, unless the browser is known to blur drawings and the script says so with a word.
    fn canvas(&self, member: &str, canonical: &Canonical<'_>) -> Option<u32> {
        const SKIPPED: [&str; 3] = ["skipped", "unsupported", "unstable"];
        let drawing = self.components.get("canvas")?;
        match drawing.get(member) {
            Some(it) if it.text().is_some_and(|it| it.is_empty() || SKIPPED.contains(&it)) => None,
            Some(_) => canonical.short_hash("canvas", Some(member)),
            // A flat attribute is the drawing's hash itself.
            None if member == "geometry" && drawing.text().is_some() => canonical.short_hash("canvas", None),
            None => None,
        }
    }

    /// The sum of the rendered samples. Negative values are FingerprintJS's words for “not measured”.
    fn audio(&self) -> Option<u32> {
        let sum = self.number(&["audio"]).filter(|it| *it > 0.0)?;
        Some(short_hash(self.key, &sum.to_bits().to_be_bytes()))
    }

    /// Width and height, the longer first, so that a turned tablet stays itself.
    fn resolution(&self) -> Option<u32> {
        let sides = self.list("screenResolution").or_else(|| self.list("screen_resolution"))?;
        let [width, height] = [sides.first().and_then(number)?, sides.get(1).and_then(number)?];
        let (long, short) = if width < height { (height, width) } else { (width, height) };
        Some((scaled(long, 1.0) & 0xFFFF) << 16 | scaled(short, 1.0) & 0xFFFF)
    }

    fn frame(&self, canonical: &Canonical<'_>) -> Option<u32> {
        let sides = self.list("screenFrame")?;
        sides.iter().all(|it| number(it).is_some()).then(|| canonical.short_hash("screenFrame", None))?
    }

    fn touch(&self) -> Option<u32> {
        let touch = self.components.get("touchSupport")?;
        let points = touch.get("maxTouchPoints").and_then(number)?;
        let flag = |name| u32::from(touch.get(name).and_then(Value::bool).unwrap_or(false));
        Some(1 + (scaled(points, 1.0) << 2 | flag("touchEvent") << 1 | flag("touchStart")))
    }

    /// The first language: the rest is cut off in private windows.
    fn languages(&self) -> Option<&str> {
        let first = self.list("languages")?.first()?;
        first.text().or_else(|| first.list()?.first()?.text())
    }

    fn names(&self, plugins: &[Value]) -> u32 {
        let names = plugins.iter().filter_map(|it| it.get("name").and_then(Value::text).or_else(|| it.text()));
        self.short(&names.collect::<Vec<_>>().join("\n"))
    }

    fn do_not_track(&self) -> Option<u32> {
        let flag = |name| self.headers.get(name).is_some_and(|it| it.trim() == "1");
        // Without a single header nothing is known of this one either.
        self.headers.get("accept-language").map(|_| 1 + (u32::from(flag("dnt")) << 1 | u32::from(flag("sec-gpc"))))
    }
}

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

/// A measured number in steps of `1 / scale`, plus one because 0 is not known.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float is cut at the ends of the range")]
fn scaled(number: f64, scale: f64) -> u32 {
    ((number * scale).round() as u32).saturating_add(1)
}

/// A version in 32 bits that order as versions do: 12 of the first number, 10 each of the others; 0 if unknown.
#[must_use]
pub fn packed(version: Version) -> u32 {
    let cut = |number: u16, most: u16| u32::from(number.min(most));
    cut(version.major, 0xFFF) << 20 | cut(version.minor, 0x3FF) << 10 | cut(version.patch, 0x3FF)
}

/// The first number of a [packed] version.
#[must_use]
pub const fn packed_major(version: u32) -> u32 {
    version >> 20
}

/// What ANGLE calls the device: `ANGLE (vendor, device, backend and driver)`. The driver's version changes with updates.
fn graphics_device(renderer: &str) -> &str {
    let inner = renderer.strip_prefix("ANGLE (").and_then(|it| it.strip_suffix(')'));
    match inner.map(|it| it.splitn(3, ", ").collect::<Vec<_>>()) {
        Some(parts) if parts.len() == 3 => parts[1],
        _ => renderer,
    }
}

fn first_language(header: &str) -> &str {
    header.split([',', ';']).next().unwrap_or_default().trim()
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
