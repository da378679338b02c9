//! How much alike two browsers are, whoever they belong to; and what browsers that are alike have in common, so that they are found
//! without comparing all.

use crate::domain::{
    browser::{
        attributes::{
            Attribute::{
                self, Audio, CanvasGeometry, CanvasText, DeviceMemory, Fonts, GpuRenderer, HardwareConcurrency,
                Languages, PixelRatio, ScreenResolution, TimeZone,
            },
            Traits,
        },
        class::{Class, Gap},
    },
    recognition::{matching::traits_centibits, weights::EXACT},
};

/// From so much evidence on browsers are alike, in hundredths of a bit. What all that a browser shows together is worth is some 14 bits:
/// attributes depend on each other. `scripts/likeness` measures what comes of it.
pub const ALIKE_FROM: i32 = 900;
/// Combinations of attributes, each of which one machine keeps for months while others change: versions are in none, and of what
/// drawings, screen, fonts and languages say at least one combination leaves each out.
const BANDS: [&[Attribute]; 6] = [
    &[GpuRenderer, CanvasGeometry, CanvasText],
    &[GpuRenderer, Fonts, HardwareConcurrency],
    &[Fonts, CanvasText, ScreenResolution],
    &[Audio, GpuRenderer, ScreenResolution, HardwareConcurrency, DeviceMemory, TimeZone],
    &[Fonts, Audio, Languages, HardwareConcurrency],
    &[GpuRenderer, ScreenResolution, PixelRatio, Languages, TimeZone, HardwareConcurrency],
];

/// What browsers like this one share with it: the bytes of every combination of which all is told. None without a script, and none of
/// browsers of which nearly all look alike: they would lead to strangers.
#[must_use]
pub fn bands(traits: &Traits) -> Vec<Vec<u8>> {
    if !traits.scripted || Class::of_traits(traits).looks_alike() {
        return Vec::new();
    }
    let band = |(number, members): (u8, &[Attribute])| {
        let mut bytes = vec![number, traits.os.code()];
        for member in members {
            let value = Some(traits.attributes.get(*member)).filter(|it| *it != 0)?;
            bytes.extend(value.to_be_bytes());
        }
        Some(bytes)
    };
    (0..).zip(BANDS).filter_map(band).collect()
}

/// The evidence that two browsers are one, in hundredths of a bit, of which one was seen so long after the other; `None` if they cannot
/// be, because they are of other families. Networks are not compared. An equal fingerprint counts as it does in matching.
#[must_use]
pub fn likeness_centibits(earlier: &Traits, later: &Traits, gap: Gap) -> Option<i32> {
    let other = |one: u8, another: u8| one != another && one != 0 && another != 0;
    let is_other = other(earlier.os.code(), later.os.code()) || other(earlier.browser.code(), later.browser.code());
    let exact = if earlier.fingerprint == later.fingerprint { i32::from(EXACT) } else { 0 };
    (!is_other).then(|| traits_centibits(earlier, later, gap).max(exact))
}

/// The most that a browser could have in common with another: what it has with itself. If that is little, nobody can tell it from others
/// like it.
#[must_use]
pub fn most_centibits(traits: &Traits) -> i32 {
    traits_centibits(traits, traits, Gap::Days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        agent::{Browser, Os},
        browser::attributes::{ATTRIBUTES, Attributes},
    };

    fn told(os: Os, browser: Browser) -> Traits {
        let mut attributes = Attributes::default();
        for (at, value) in attributes.0.iter_mut().enumerate() {
            *value = 1_000 + u16::try_from(at).unwrap();
        }
        assert_eq!(attributes.0.len(), ATTRIBUTES);
        Traits { os, browser, scripted: true, attributes, ..Traits::default() }
    }

    #[test]
    fn whatever_one_attribute_becomes_some_band_is_left() {
        let machine = told(Os::Windows, Browser::Chrome);
        let before = bands(&machine);
        assert_eq!(before.len(), BANDS.len());
        for attribute in Attribute::ALL {
            for value in [0, 7] {
                let mut changed = machine;
                changed.attributes.set(attribute, value);
                let shared = bands(&changed).into_iter().filter(|it| before.contains(it)).count();
                assert!(shared >= 1, "{attribute:?}");
            }
        }
    }

    #[test]
    fn those_that_look_alike_have_no_bands_and_other_systems_share_none() {
        assert_eq!(bands(&told(Os::Ios, Browser::Safari)), Vec::<Vec<u8>>::new());
        assert_eq!(bands(&Traits { scripted: false, ..told(Os::Windows, Browser::Chrome) }), Vec::<Vec<u8>>::new());
        let (one, other) = (bands(&told(Os::Windows, Browser::Chrome)), bands(&told(Os::Linux, Browser::Chrome)));
        assert!(one.iter().all(|it| !other.contains(it)));
    }

    #[test]
    fn a_browser_is_most_like_itself() {
        let machine = told(Os::Windows, Browser::Chrome);
        let mut other = machine;
        other.attributes.set(CanvasGeometry, 7);
        other.fingerprint = 7;
        let most = most_centibits(&machine);
        assert!(likeness_centibits(&machine, &other, Gap::Week).unwrap() < most && most >= ALIKE_FROM, "{most}");
        assert_eq!(likeness_centibits(&machine, &told(Os::Linux, Browser::Chrome), Gap::Days), None);
    }
}
