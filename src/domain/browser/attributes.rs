//! What matching compares: the attributes of a browser, each reduced to 16 bits, and sketches of its sets. Nought stands
//! for "not known": what is missing is no evidence.

use crate::domain::{
    agent::{Browser, Os},
    browser::sketch::Sketch,
    ids::PrefixKey,
    place::Origin,
};

macro_rules! attributes {
    ($($variant:ident = $code:literal $name:literal $words:literal,)+) => {
        /// An attribute of a browser or of the machine that it runs on. The number is a stored form: never renumber.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Attribute {
            $(#[doc = concat!("The ", $words, ".")] $variant = $code,)+
        }

        impl Attribute {
            /// All, in the order of their numbers.
            pub const ALL: [Self; ATTRIBUTES] = [$(Self::$variant,)+];

            /// The name in the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The name in a sentence.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)+ }
            }
        }
    };
}

/// How many attributes there are.
pub const ATTRIBUTES: usize = 40;

attributes! {
    BrowserVersion = 0 "browser_version" "browser version",
    OsVersion = 1 "os_version" "operating system version",
    Platform = 2 "platform" "platform",
    PlatformVersion = 3 "platform_version" "platform version of the client hints",
    Architecture = 4 "architecture" "processor architecture",
    Model = 5 "model" "device model",
    GpuVendor = 6 "gpu_vendor" "graphics vendor",
    GpuRenderer = 7 "gpu_renderer" "graphics renderer",
    CanvasGeometry = 8 "canvas_geometry" "canvas drawing",
    CanvasText = 9 "canvas_text" "canvas text",
    Audio = 10 "audio" "audio rendering",
    Fonts = 11 "fonts" "installed fonts",
    ScreenResolution = 12 "screen_resolution" "screen resolution",
    PixelRatio = 13 "pixel_ratio" "pixel ratio",
    ScreenFrame = 14 "screen_frame" "screen frame",
    ColorDepth = 15 "color_depth" "colour depth",
    ColorGamut = 16 "color_gamut" "colour gamut",
    Hdr = 17 "hdr" "high dynamic range",
    HardwareConcurrency = 18 "hardware_concurrency" "processor count",
    DeviceMemory = 19 "device_memory" "memory size",
    Touch = 20 "touch" "touch support",
    Languages = 21 "languages" "browser languages",
    AcceptLanguage = 22 "accept_language" "language header",
    TimeZone = 23 "time_zone" "time zone",
    Plugins = 24 "plugins" "plugins",
    Math = 25 "math" "maths functions",
    AcceptEncoding = 26 "accept_encoding" "encoding header",
    DoNotTrack = 27 "do_not_track" "do-not-track setting",
    Bitness = 28 "bitness" "processor bitness",
    Accept = 29 "accept" "accept header",
    Codecs = 30 "codecs" "media codecs",
    Storage = 31 "storage" "storage settings",
    LanguageList = 32 "language_list" "list of languages",
    FontPreferences = 33 "font_preferences" "font settings",
    WebGlFeatures = 34 "webgl_features" "graphics features",
    WebGlExtensions = 35 "webgl_extensions" "graphics extensions",
    Contrast = 36 "contrast" "contrast setting",
    RegionalFormat = 37 "regional_format" "regional format",
    AudioLatency = 38 "audio_latency" "audio latency",
    Vendor = 39 "vendor" "browser vendor",
}

impl Attribute {
    /// Those that go to and fro on one machine: a laptop is docked, a window private, a traveller home again.
    pub const ALTERNATING: [Self; 11] = [
        Self::ScreenResolution,
        Self::PixelRatio,
        Self::ScreenFrame,
        Self::ColorDepth,
        Self::ColorGamut,
        Self::Hdr,
        Self::Languages,
        Self::AcceptLanguage,
        Self::LanguageList,
        Self::TimeZone,
        Self::AudioLatency,
    ];
}

/// The attributes of one browser, by [`Attribute`]: 0 is not known, anything else a small number or a short hash. Two
/// that differ share a short hash once in 65,536 times, which is rarer than any two machines agree by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attributes(pub [u16; ATTRIBUTES]);

impl Default for Attributes {
    fn default() -> Self {
        Self([0; ATTRIBUTES])
    }
}

impl Attributes {
    /// One attribute; 0 is not known.
    #[must_use]
    pub const fn get(&self, attribute: Attribute) -> u16 {
        self.0[attribute as usize]
    }

    /// Sets one attribute; 0 makes it not known.
    pub const fn set(&mut self, attribute: Attribute, value: u16) {
        self.0[attribute as usize] = value;
    }
}

/// A set of attributes, by bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttributeSet(pub u64);

impl AttributeSet {
    /// Of these members.
    #[must_use]
    pub const fn of(members: &[Attribute]) -> Self {
        let mut set = Self(0);
        let mut at = 0;
        while at < members.len() {
            set.insert(members[at]);
            at += 1;
        }
        set
    }

    /// Adds one.
    pub const fn insert(&mut self, attribute: Attribute) {
        self.0 |= 1 << attribute as u32;
    }

    /// Everything that is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is a member.
    #[must_use]
    pub const fn contains(self, attribute: Attribute) -> bool {
        self.0 & (1 << attribute as u32) != 0
    }

    /// The members, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Attribute> {
        Attribute::ALL.into_iter().filter(move |&it| self.contains(it))
    }
}

/// Sets of names, each drawn small enough to be kept and compared by how much it has in common with another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sketches {
    /// Of [`Attribute::Fonts`].
    pub fonts: Sketch,
    /// Of [`Attribute::Plugins`].
    pub plugins: Sketch,
    /// Of [`Attribute::WebGlExtensions`].
    pub extensions: Sketch,
}

/// How many earlier values a device remembers.
pub const MAX_EARLIER: usize = 8;

/// Values of [alternating](Attribute::ALTERNATING) attributes that a device had before the present ones, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Earlier {
    attributes: [u8; MAX_EARLIER],
    values: [u16; MAX_EARLIER],
    count: u8,
}

impl Earlier {
    /// The number of an attribute and its value, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u16)> {
        self.attributes.into_iter().zip(self.values).take(usize::from(self.count))
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the attribute had this value before.
    #[must_use]
    pub fn has(&self, attribute: Attribute, value: u16) -> bool {
        self.iter().any(|it| it == (attribute as u8, value))
    }

    /// Remembers a value as the latest; of too many the oldest goes. A value that is remembered already becomes the
    /// latest.
    pub fn remember(&mut self, attribute: Attribute, value: u16) {
        let place = self.iter().position(|it| it == (attribute as u8, value));
        let mut last = usize::from(self.count);
        if let Some(gone) = place.or((last == MAX_EARLIER).then_some(0)) {
            self.attributes[gone..last].rotate_left(1);
            self.values[gone..last].rotate_left(1);
            last -= 1;
        } else {
            self.count += 1;
        }
        self.attributes[last] = attribute as u8;
        self.values[last] = value;
    }
}

/// What of a device's last network is compared with the next: keyed hashes and public facts, never an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NetworkTraits {
    /// Keyed hash of the address; 0 is not known.
    pub address: u32,
    /// The first quarter of the [`PrefixKey`] of the address; 0 is not known.
    pub prefix: u32,
    /// Autonomous system and country.
    pub origin: Origin,
}

/// The 4 bytes of a prefix key that a device remembers: a user has 32 devices and 16 networks, so two of them share these
/// bytes once in millions of users.
#[must_use]
pub fn short_prefix(prefix: PrefixKey) -> u32 {
    let [a, b, c, d, ..] = prefix.0;
    u32::from_be_bytes([a, b, c, d])
}

/// Everything that matching knows of one browser, all of it `Copy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traits {
    /// The first 8 bytes of the fingerprint, of the [present form](crate::domain::browser::fingerprint::FORM); 0 is not known.
    pub fingerprint: u64,
    /// The browser family.
    pub browser: Browser,
    /// The operating system family.
    pub os: Os,
    /// Whether a script said anything; without one there are only headers.
    pub scripted: bool,
    /// The attributes.
    pub attributes: Attributes,
    /// The sketches of those that are sets.
    pub sketches: Sketches,
    /// The network.
    pub network: NetworkTraits,
    /// What alternating attributes were before; empty in a login.
    pub earlier: Earlier,
}

/// What a known device may take for matching, in bytes: a user's twenty then fit in a tenth of a processor's nearest cache.
pub const MAX_TRAITS_BYTES: usize = 160;
const _: () = assert!(size_of::<Traits>() <= MAX_TRAITS_BYTES);
