//! Names the values of a browser's attributes, as far as they are of a closed list. What is kept of a value is a small number or a
//! hash of 16 bits: a hash is named by hashing every member of the list, and so only probably.

use crate::domain::browser::{attributes::Attribute, extraction::mixed, fingerprint::short_hash, sketch::quick_hash};

/// The name of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub text: String,
    /// Whether it was found by its hash: a value that is not in the list has the hash of a member once in some hundred times.
    pub is_probable: bool,
}

impl Named {
    fn certain(text: String) -> Self {
        Self { text, is_probable: false }
    }
}

/// First languages of browsers.
const LANGUAGES: &[&str] = &[
    "af", "ar", "ar-AE", "ar-EG", "ar-SA", "az", "be", "bg", "bg-BG", "bn", "bs", "ca", "ca-ES", "cs", "cs-CZ", "cy",
    "da", "da-DK", "de", "de-AT", "de-CH", "de-DE", "el", "el-GR", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN",
    "en-NZ", "en-SG", "en-US", "en-ZA", "es", "es-419", "es-AR", "es-CL", "es-CO", "es-ES", "es-MX", "es-PE", "es-US",
    "et", "et-EE", "eu", "fa", "fa-IR", "fi", "fi-FI", "fil", "fr", "fr-BE", "fr-CA", "fr-CH", "fr-FR", "ga", "gl",
    "gu", "he", "he-IL", "hi", "hi-IN", "hr", "hr-HR", "hu", "hu-HU", "hy", "id", "id-ID", "is", "it", "it-CH",
    "it-IT", "ja", "ja-JP", "ka", "kk", "km", "ko", "ko-KR", "lt", "lt-LT", "lv", "lv-LV", "mk", "ms", "ms-MY", "nb",
    "nb-NO", "nl", "nl-BE", "nl-NL", "nn", "no", "pl", "pl-PL", "pt", "pt-BR", "pt-PT", "ro", "ro-RO", "ru", "ru-RU",
    "ru-UA", "sk", "sk-SK", "sl", "sl-SI", "sq", "sr", "sr-RS", "sv", "sv-FI", "sv-SE", "sw", "ta", "te", "th",
    "th-TH", "tr", "tr-TR", "uk", "uk-UA", "ur", "uz", "vi", "vi-VN", "zh", "zh-CN", "zh-HK", "zh-TW",
];

/// Vendors of graphics devices as browsers name them, and their family.
const GRAPHICS: &[(&str, &str)] = &[
    ("Google Inc. (NVIDIA)", "NVIDIA"),
    ("Google Inc. (NVIDIA Corporation)", "NVIDIA"),
    ("NVIDIA Corporation", "NVIDIA"),
    ("Google Inc. (Intel)", "Intel"),
    ("Google Inc. (Intel Inc.)", "Intel"),
    ("Google Inc. (Intel Open Source Technology Center)", "Intel"),
    ("Intel", "Intel"),
    ("Intel Inc.", "Intel"),
    ("Intel Open Source Technology Center", "Intel"),
    ("Google Inc. (AMD)", "AMD"),
    ("Google Inc. (ATI Technologies Inc.)", "AMD"),
    ("ATI Technologies Inc.", "AMD"),
    ("AMD", "AMD"),
    ("X.Org", "AMD"),
    ("Google Inc. (Apple)", "Apple"),
    ("Apple Inc.", "Apple"),
    ("Apple", "Apple"),
    ("Google Inc. (Qualcomm)", "Qualcomm"),
    ("Qualcomm", "Qualcomm"),
    ("Google Inc. (ARM)", "ARM"),
    ("ARM", "ARM"),
    ("Google Inc. (Imagination Technologies)", "Imagination"),
    ("Imagination Technologies", "Imagination"),
    ("Google Inc. (Samsung Electronics Co., Ltd.)", "Samsung"),
    ("Google Inc. (Microsoft)", "Microsoft"),
    ("Google Inc. (Google)", "software rendering"),
    ("Google Inc.", "software rendering"),
    ("Mesa/X.org", "software rendering"),
    ("Mesa", "software rendering"),
    ("Google Inc. (VMware, Inc.)", "VMware"),
    ("VMware, Inc.", "VMware"),
];

/// Resolutions of screens, the longer side first, as browsers tell them: in their own pixels.
const SCREENS: &[(u32, u32)] = &[
    (640, 360),
    (667, 375),
    (732, 412),
    (736, 414),
    (740, 360),
    (760, 360),
    (772, 360),
    (780, 360),
    (786, 393),
    (800, 360),
    (808, 360),
    (812, 375),
    (820, 360),
    (844, 390),
    (846, 412),
    (851, 393),
    (852, 393),
    (854, 384),
    (869, 412),
    (873, 393),
    (874, 402),
    (892, 412),
    (896, 414),
    (900, 412),
    (904, 412),
    (914, 412),
    (915, 412),
    (919, 412),
    (926, 428),
    (932, 430),
    (956, 440),
    (960, 600),
    (962, 601),
    (1024, 768),
    (1080, 810),
    (1133, 744),
    (1138, 712),
    (1180, 820),
    (1194, 834),
    (1210, 834),
    (1280, 720),
    (1280, 768),
    (1280, 800),
    (1280, 1024),
    (1360, 768),
    (1366, 768),
    (1366, 1024),
    (1368, 912),
    (1376, 1032),
    (1440, 900),
    (1470, 956),
    (1504, 1003),
    (1512, 982),
    (1536, 864),
    (1536, 960),
    (1600, 900),
    (1600, 1200),
    (1680, 1050),
    (1707, 1067),
    (1710, 1107),
    (1728, 1117),
    (1792, 1120),
    (1800, 1169),
    (1920, 1080),
    (1920, 1200),
    (1920, 1280),
    (2048, 1152),
    (2048, 1280),
    (2056, 1329),
    (2160, 1440),
    (2194, 1234),
    (2256, 1504),
    (2304, 1296),
    (2560, 1080),
    (2560, 1440),
    (2560, 1600),
    (2880, 1620),
    (2880, 1800),
    (3008, 1692),
    (3072, 1728),
    (3200, 1800),
    (3440, 1440),
    (3840, 1600),
    (3840, 2160),
    (5120, 1440),
    (5120, 2880),
];

/// What is hashed with, and which time zones there are.
#[derive(Clone, Copy, Debug)]
pub struct Lists<'a> {
    /// The tenant's key of fingerprints.
    pub key: &'a [u8; 32],
    /// The time zones, by their IANA names.
    pub time_zones: &'a [String],
}

impl Lists<'_> {
    /// The name of a value; `None` if there is no value, it is of no closed list, or several members fit.
    #[must_use]
    pub fn name(&self, attribute: Attribute, value: u16) -> Option<Named> {
        if value == 0 {
            return None;
        }
        let number = value - 1;
        match attribute {
            Attribute::TimeZone => self.hashed(value, self.time_zones.iter().map(|it| (it.as_str(), it.as_str()))),
            Attribute::Languages => self.hashed(value, LANGUAGES.iter().map(|it| (*it, *it))),
            Attribute::GpuVendor => self.hashed(value, GRAPHICS.iter().copied()),
            Attribute::ScreenResolution => {
                let fits = |(long, short): &&(u32, u32)| mixed(((long + 1) << 16) + short + 1) == value;
                only(SCREENS.iter().filter(fits).map(|(long, short)| format!("{long}×{short}")))
            }
            Attribute::Architecture => self.quick(value, &[("x86", "x86"), ("arm", "ARM")]),
            Attribute::Bitness => self.quick(value, &[("64", "64 bits"), ("32", "32 bits")]),
            Attribute::PixelRatio => Some(Named::certain(format!("{:.2}", f64::from(number) / 100.0))),
            Attribute::ColorDepth => Some(Named::certain(format!("{number} bits"))),
            Attribute::DeviceMemory => Some(Named::certain(format!("{} GB", f64::from(number) / 16.0))),
            Attribute::HardwareConcurrency => Some(Named::certain(number.to_string())),
            Attribute::Touch => Some(Named::certain(format!("{} points", number >> 2))),
            Attribute::Hdr => Some(Named::certain(if number == 1 { "yes" } else { "no" }.to_owned())),
            Attribute::PlatformVersion => Some(Named::certain(format!("{}.{}", value >> 6, value & 0x3F))),
            _ => None,
        }
    }

    /// The name of the member whose hash it is; members of one name count as one.
    fn hashed<'b>(&self, value: u16, members: impl Iterator<Item = (&'b str, &'b str)>) -> Option<Named> {
        let fits = members.filter(|(member, _)| short_hash(self.key, member.as_bytes()) == value);
        only(fits.map(|(_, name)| name.to_owned()))
    }

    fn quick(&self, value: u16, members: &[(&str, &str)]) -> Option<Named> {
        let fits = members.iter().filter(|(member, _)| quick_hash(self.key, member.as_bytes()) == value);
        only(fits.map(|(_, name)| (*name).to_owned()))
    }
}

/// The only name; `None` if there is none, or another one.
fn only(mut names: impl Iterator<Item = String>) -> Option<Named> {
    let first = names.next()?;
    names.all(|it| it == first).then_some(Named { text: first, is_probable: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn name(attribute: Attribute, value: u16) -> Option<String> {
        let zones = ["Europe/Helsinki".to_owned(), "Asia/Tokyo".to_owned()];
        Lists { key: &KEY, time_zones: &zones }.name(attribute, value).map(|it| it.text)
    }

    #[test]
    fn a_value_of_a_closed_list_is_named() {
        let hash = |text: &str| short_hash(&KEY, text.as_bytes());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(name(Attribute::TimeZone, hash("Asia/Tokyo")), some("Asia/Tokyo"));
        assert_eq!(name(Attribute::Languages, hash("fi-FI")), some("fi-FI"));
        assert_eq!(name(Attribute::GpuVendor, hash("Google Inc. (Intel)")), some("Intel"));
        assert_eq!(name(Attribute::ScreenResolution, mixed(1_921 * 65_536 + 1_081)), some("1920×1080"));
        assert_eq!(name(Attribute::PixelRatio, 151), some("1.50"));
        assert_eq!(name(Attribute::DeviceMemory, 129), some("8 GB"));
        assert_eq!(name(Attribute::Touch, 1 + (5 << 2)), some("5 points"));
        assert_eq!(name(Attribute::HardwareConcurrency, 9), some("8"));
    }

    #[test]
    fn what_is_not_known_or_of_no_list_has_no_name() {
        assert_eq!(name(Attribute::TimeZone, 0), None);
        assert_eq!(name(Attribute::TimeZone, short_hash(&KEY, b"Mars/Olympus")), None);
        assert_eq!(name(Attribute::CanvasText, 7), None);
    }
}
