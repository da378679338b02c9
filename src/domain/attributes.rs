//! What matching compares: the attributes of a browser, each reduced to 32 bits. Nought stands for "not known": what is
//! missing is no evidence.

use crate::domain::{
    agent::{Browser, Os},
    ids::PrefixKey,
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
pub const ATTRIBUTES: usize = 28;

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
}

/// The attributes of one browser, by [`Attribute`]: 0 is not known, anything else a small number or a short hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(pub [u32; ATTRIBUTES]);

impl Attributes {
    /// One attribute; 0 is not known.
    #[must_use]
    pub const fn get(&self, attribute: Attribute) -> u32 {
        self.0[attribute as usize]
    }

    /// Sets one attribute; 0 makes it not known.
    pub const fn set(&mut self, attribute: Attribute, value: u32) {
        self.0[attribute as usize] = value;
    }
}

/// What of a device's last network is compared with the next: keyed hashes and public facts, never an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NetworkTraits {
    /// Keyed hash of the address; 0 is not known.
    pub address: u64,
    /// The first half of the [`PrefixKey`] of the address; 0 is not known.
    pub prefix: u64,
    /// Autonomous system number; 0 is not known.
    pub asn: u32,
    /// The country's two letters; nought is not known.
    pub country: [u8; 2],
}

/// The 8 bytes of a prefix key that a device remembers.
#[must_use]
pub fn short_prefix(prefix: PrefixKey) -> u64 {
    prefix.0.iter().take(8).fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Everything that matching knows of one browser: 176 bytes at most, all of it `Copy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traits {
    /// The first 16 bytes of the fingerprint.
    pub fingerprint: [u8; 16],
    /// The browser family.
    pub browser: Browser,
    /// The operating system family.
    pub os: Os,
    /// Whether a script said anything; without one there are only headers.
    pub scripted: bool,
    /// The attributes.
    pub attributes: Attributes,
    /// The network.
    pub network: NetworkTraits,
}
