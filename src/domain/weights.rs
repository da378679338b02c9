//! How much each attribute's agreement and change is worth, in bits, by class of browser.
//!
//! The bits are log₂(m/u) where an attribute agrees and log₂((1−m)/(1−u)) where it changed: m is how often it stays the
//! same on one device, u how often two devices agree by chance. m: FP-Stalker's pairs 14 to 30 days apart and, where they
//! have none, assumptions. u: two machines with the same user agent, computed by class from the Bayesian network of
//! `fingerprint-generator` 2.1.88 (some 14,000 real browsers). What follows from another attribute (the vendor from the
//! renderer, the canvas text from the canvas drawing) counts for less than it would alone. What changes by itself (a
//! monitor, a zoom level, a browser's version) never counts much against. Where the sources have only assumptions, what
//! happens on one device is told from what happens on two by `watchlight replay` over a labelled population: sound and
//! fonts do not change there without another machine.

use crate::domain::{
    agent::{Agent, Browser, Os},
    attributes::{ATTRIBUTES, Attribute},
};

/// Browsers among which agreement by chance is about as likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Class {
    /// Chromium on Windows, and what is in no other class.
    WindowsChromium,
    /// Chromium on macOS.
    MacChromium,
    /// Safari on macOS: nearly all machines look alike.
    MacSafari,
    /// Any browser on an iPhone or iPad: nearly all look alike.
    Ios,
    /// Any browser on Android.
    Android,
    /// Firefox on a desktop.
    Firefox,
}

impl Class {
    /// The class of a browser on a system.
    #[must_use]
    pub const fn of(browser: Browser, os: Os) -> Self {
        match (os, browser) {
            (Os::Ios | Os::IpadOs, _) => Self::Ios,
            (Os::Android | Os::HarmonyOs, _) => Self::Android,
            (Os::MacOs, Browser::Safari) => Self::MacSafari,
            (_, Browser::Firefox) => Self::Firefox,
            (Os::MacOs, _) => Self::MacChromium,
            _ => Self::WindowsChromium,
        }
    }

    /// The class of an agent.
    #[must_use]
    pub const fn of_agent(agent: &Agent) -> Self {
        Self::of(agent.browser, agent.os)
    }
}

/// The weights of one class, by attribute.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Bits where an attribute agrees.
    pub agreed: [f32; ATTRIBUTES],
    /// Bits where it changed.
    pub changed: [f32; ATTRIBUTES],
}

/// The weights of a class.
#[must_use]
pub fn of(class: Class) -> &'static Weights {
    &TABLE[class as usize]
}

const CLASSES: usize = 6;

/// One row an attribute: bits where it agrees in each class, then bits where it changed on a desktop and on a telephone
/// or tablet, whose screen never changes.
type Row = (Attribute, [f32; CLASSES], [f32; 2]);

#[rustfmt::skip]
const ROWS: [Row; ATTRIBUTES] = [
    //                                win-chr mac-chr mac-saf   ios  android firefox   desktop  mobile
    (Attribute::BrowserVersion,      [ 0.30,   0.30,   0.30,   0.30,   0.30,   0.30], [-0.20, -0.20]),
    (Attribute::OsVersion,           [ 0.30,   0.60,   0.30,   0.30,   0.50,   0.10], [-0.60, -0.60]),
    (Attribute::Platform,            [ 0.00,   0.00,   0.00,   0.00,   0.09,   0.00], [-4.00, -4.00]),
    (Attribute::PlatformVersion,     [ 0.51,   1.50,   0.00,   0.00,   1.02,   0.00], [-0.60, -0.60]),
    (Attribute::Architecture,        [ 0.01,   0.29,   0.00,   0.00,   0.08,   0.08], [-4.42, -4.42]),
    (Attribute::Model,               [ 0.00,   0.00,   0.00,   0.00,   1.94,   0.08], [-4.14, -4.14]),
    (Attribute::GpuVendor,           [ 0.40,   0.10,   0.00,   0.00,   0.30,   0.30], [-2.50, -2.50]),
    (Attribute::GpuRenderer,         [ 5.00,   3.16,   0.00,   0.00,   2.39,   1.03], [-6.00, -6.00]),
    (Attribute::CanvasGeometry,      [ 1.50,   1.50,   1.00,   1.00,   1.50,   1.50], [-3.00, -3.00]),
    (Attribute::CanvasText,          [ 0.80,   0.80,   0.50,   0.50,   0.80,   0.80], [-1.00, -1.00]),
    (Attribute::Audio,               [ 0.60,   0.60,   0.30,   0.30,   0.60,   0.60], [-7.00, -7.00]),
    (Attribute::Fonts,               [ 2.50,   0.24,   0.00,   0.00,   0.11,   1.43], [-4.50, -3.50]),
    (Attribute::ScreenResolution,    [ 2.21,   2.75,   2.30,   1.60,   2.07,   1.36], [-1.20, -7.00]),
    (Attribute::PixelRatio,          [ 1.21,   0.40,   0.08,   0.00,   1.67,   0.00], [-0.80, -3.00]),
    (Attribute::ScreenFrame,         [ 0.40,   1.00,   1.00,   0.00,   0.07,   0.40], [-0.50, -0.50]),
    (Attribute::ColorDepth,          [ 0.00,   0.60,   0.00,   0.00,   0.00,   0.00], [-0.50, -2.50]),
    (Attribute::ColorGamut,          [ 0.20,   0.20,   0.20,   0.10,   0.20,   0.20], [-0.50, -2.00]),
    (Attribute::Hdr,                 [ 0.00,   0.50,   0.40,   0.18,   0.40,   0.00], [-0.50, -2.50]),
    (Attribute::HardwareConcurrency, [ 2.42,   2.17,   0.11,   0.00,   0.65,   1.18], [-4.00, -4.00]),
    (Attribute::DeviceMemory,        [ 1.48,   1.16,   0.00,   0.00,   0.79,   0.07], [-4.50, -4.50]),
    (Attribute::Touch,               [ 0.36,   0.00,   0.00,   0.00,   0.05,   0.30], [-3.83, -3.83]),
    (Attribute::Languages,           [ 1.50,   1.50,   1.50,   1.50,   1.50,   1.50], [-3.00, -3.00]),
    (Attribute::AcceptLanguage,      [ 1.50,   1.50,   1.50,   1.50,   1.50,   1.50], [-3.50, -3.50]),
    (Attribute::TimeZone,            [ 1.80,   1.80,   1.80,   1.80,   1.80,   1.80], [-1.50, -1.50]),
    (Attribute::Plugins,             [ 0.24,   0.39,   0.00,   0.00,   0.00,   0.18], [-2.00, -2.00]),
    (Attribute::Math,                [ 0.10,   0.10,   0.10,   0.10,   0.10,   0.10], [-2.00, -2.00]),
    (Attribute::AcceptEncoding,      [ 0.10,   0.10,   0.10,   0.10,   0.10,   0.10], [-1.50, -1.50]),
    (Attribute::DoNotTrack,          [ 0.20,   0.20,   0.00,   0.00,   0.33,   0.00], [-3.00, -3.00]),
];

const TABLE: [Weights; CLASSES] = {
    let mut table = [Weights { agreed: [0.0; ATTRIBUTES], changed: [0.0; ATTRIBUTES] }; CLASSES];
    let mut row = 0;
    while row < ATTRIBUTES {
        let (attribute, agreed, changed) = ROWS[row];
        let mut class = 0;
        while class < CLASSES {
            table[class].agreed[attribute as usize] = agreed[class];
            table[class].changed[attribute as usize] = changed[is_mobile(class)];
            class += 1;
        }
        row += 1;
    }
    table
};

/// Which of two columns a class reads: 1 for telephones and tablets.
const fn is_mobile(class: usize) -> usize {
    (class == Class::Ios as usize || class == Class::Android as usize) as usize
}

/// Bits of the network, by the finest part that agrees: the address, its /24 or /64, its autonomous system, its country.
pub const NETWORK_AGREED: [f32; 4] = [6.0, 4.5, 2.0, 0.5];
/// Bits where not even the country agrees.
pub const NETWORK_CHANGED: f32 = -1.5;
/// Bits where not even the country agrees and no script said anything: then little else can speak against a stranger.
pub const NETWORK_CHANGED_UNSCRIPTED: f32 = -3.0;
/// Bits where the known device's browser is known and this one does not say what it is: who leaves out all evidence must
/// not pass for the owner by language and network.
pub const FAMILY_UNTOLD: f32 = -9.0;
/// What a telephone's network is worth of that: it changes all day, and many share one address.
pub const MOBILE_NETWORK_SHARE: f32 = 0.5;
/// Bits of a valid device token: a copied cookie is possible, but rarer than one login in thirty thousand.
pub const TOKEN_BITS: f32 = 15.0;
/// Bits before any evidence: how much more often a login comes from a known device than from another that passes the
/// gates.
pub const PRIOR_BITS: f32 = 0.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_never_speaks_against_and_change_never_for() {
        for class in &TABLE {
            assert!(class.agreed.iter().all(|&it| it >= 0.0));
            assert!(class.changed.iter().all(|&it| it < 0.0), "an attribute without a row has 0");
        }
        assert!(NETWORK_AGREED.is_sorted_by(|a, b| a > b) && NETWORK_CHANGED < 0.0);
    }
}
