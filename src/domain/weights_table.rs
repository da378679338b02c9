//! The weights that matching sums, in bits. Written by `watchlight train`; read it as a table.
//!
//! The numbers began as log₂(m/u) where an attribute agrees and log₂((1−m)/(1−u)) where it changed: m is how often it stays
//! the same on one device, u how often two devices agree by chance. Each row says where its m and u come from: the 3,700
//! and 3,939 pairs of FP-Stalker (Vastel et al., S&P 2018), the Bayesian network of npm `fingerprint-generator` 2.1.88
//! (some 14,000 real browsers), or an assumption.

use crate::domain::{
    attributes::{ATTRIBUTES, Attribute},
    class::{CLASSES, GAPS},
};

/// One attribute's weights, in bits: positive speaks for the same device.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub attribute: Attribute,
    /// Where it agrees, by [`Class`](crate::domain::class::Class). Never negative.
    pub agreed: [f32; CLASSES],
    /// Where it changed, by class. Never positive.
    pub changed: [f32; CLASSES],
    /// Where it changed as one device does from itself.
    pub similar: f32,
    /// How much less a change says after each longer [`Gap`](crate::domain::class::Gap). Never negative.
    pub drift: [f32; GAPS - 1],
    /// Where the numbers come from.
    pub source: &'static str,
}

const fn row(
    attribute: Attribute,
    agreed: [f32; CLASSES],
    changed: [f32; CLASSES],
    (similar, drift): (f32, [f32; GAPS - 1]),
    source: &'static str,
) -> Row {
    Row { attribute, agreed, changed, similar, drift, source }
}

/// The weights, by attribute.
#[rustfmt::skip]
pub const ROWS: [Row; ATTRIBUTES] = [
    // attribute                          agreed: win-chr, mac-chr, mac-saf, ios, android, firefox, before 2018; changed: likewise; similar; drift: 3, 14, 30, 60 days; source
    row(Attribute::BrowserVersion,      [ 0.30,  0.30,  0.30,  0.30,  0.30,  0.30,  0.67], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00], (-0.20, [ 0.00,  0.00,  0.10,  0.20]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::OsVersion,           [ 0.30,  0.60,  0.30,  0.30,  0.50,  0.10,  0.20], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00], (-0.50, [ 0.00,  0.10,  0.20,  0.30]), "m, u: assumed"),
    row(Attribute::Platform,            [ 0.00,  0.00,  0.00,  0.00,  0.09,  0.00,  0.10], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::PlatformVersion,     [ 0.51,  1.50,  0.00,  0.00,  1.02,  0.00,  0.00], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00], (-0.40, [ 0.00,  0.10,  0.20,  0.30]), "m: assumed; u: Bayesian network"),
    row(Attribute::Architecture,        [ 0.01,  0.29,  0.00,  0.00,  0.08,  0.08,  0.00], [-4.42, -4.42, -4.42, -4.42, -4.42, -4.42, -4.42], (-4.42, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Model,               [ 0.00,  0.00,  0.00,  0.00,  1.94,  0.08,  0.00], [-4.14, -4.14, -4.14, -4.14, -4.14, -4.14, -4.14], (-4.14, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::GpuVendor,           [ 0.40,  0.10,  0.00,  0.00,  0.30,  0.30,  0.50], [-2.50, -2.50, -0.30, -0.30, -2.50, -2.50, -2.50], (-0.30, [ 0.00,  0.00,  0.00,  0.00]), "m: FP-Stalker pairs; u: Bayesian network; half of it is in the renderer"),
    row(Attribute::GpuRenderer,         [ 5.00,  3.16,  0.00,  0.00,  2.39,  1.03,  2.20], [-6.00, -6.00, -0.50, -0.50, -6.00, -6.00, -4.54], (-0.50, [ 0.30,  0.60,  0.90,  1.20]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::CanvasGeometry,      [ 1.50,  1.50,  1.00,  1.00,  1.50,  1.50,  2.00], [-3.00, -3.00, -3.00, -3.00, -3.00, -3.00, -3.00], (-3.00, [ 0.30,  0.60,  0.90,  1.20]), "m, u: FP-Stalker pairs; half of it follows from the graphics device"),
    row(Attribute::CanvasText,          [ 0.80,  0.80,  0.50,  0.50,  0.80,  0.80,  0.80], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00], (-1.00, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed beside the drawing"),
    row(Attribute::Audio,               [ 0.60,  0.60,  0.30,  0.30,  0.60,  0.60,  0.60], [-7.00, -7.00, -7.00, -7.00, -7.00, -7.00, -7.00], (-7.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Fonts,               [ 2.50,  0.24,  0.00,  0.00,  0.11,  1.43,  1.43], [-4.50, -4.50, -4.50, -3.50, -3.50, -4.50, -3.50], (-0.60, [ 0.10,  0.20,  0.30,  0.40]), "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenResolution,    [ 2.21,  2.75,  2.30,  1.60,  2.07,  1.36,  2.20], [-1.20, -1.20, -1.20, -6.00, -7.00, -1.20, -1.60], ( 0.40, [ 0.00,  0.00,  0.10,  0.20]), "m: FP-Stalker pairs; u: Bayesian network; a telephone has one screen"),
    row(Attribute::PixelRatio,          [ 1.21,  0.40,  0.08,  0.00,  1.67,  0.00,  0.60], [-0.80, -0.80, -0.80, -3.00, -3.00, -0.80, -0.80], ( 0.20, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenFrame,         [ 0.40,  1.00,  1.00,  0.00,  0.07,  0.40,  0.40], [-0.50, -0.50, -0.50, -0.50, -0.50, -0.50, -0.50], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ColorDepth,          [ 0.00,  0.60,  0.00,  0.00,  0.00,  0.00,  0.10], [-0.50, -0.50, -0.50, -2.50, -2.50, -0.50, -0.50], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ColorGamut,          [ 0.20,  0.20,  0.20,  0.10,  0.20,  0.20,  0.00], [-0.50, -0.50, -0.50, -2.00, -2.00, -0.50, -0.50], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Hdr,                 [ 0.00,  0.50,  0.40,  0.18,  0.40,  0.00,  0.00], [-0.50, -0.50, -0.50, -2.50, -2.50, -0.50, -0.50], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::HardwareConcurrency, [ 2.42,  2.17,  0.11,  0.00,  0.65,  0.60,  1.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::DeviceMemory,        [ 1.48,  1.16,  0.00,  0.00,  0.79,  0.07,  0.00], [-4.50, -4.50, -4.50, -4.50, -4.50, -4.50, -4.50], (-4.50, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Touch,               [ 0.36,  0.00,  0.00,  0.00,  0.05,  0.30,  0.30], [-3.83, -3.83, -3.83, -3.83, -3.83, -3.83, -3.83], (-3.83, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Languages,           [ 2.30,  2.30,  2.00,  2.00,  2.30,  2.30,  2.60], [-5.00, -5.00, -5.00, -5.00, -5.00, -5.00, -5.00], ( 0.30, [ 0.00,  0.10,  0.20,  0.30]), "m, u: FP-Stalker pairs; the attacker who matters speaks the language"),
    row(Attribute::AcceptLanguage,      [ 0.70,  0.70,  0.50,  0.50,  0.70,  0.70,  1.00], [-0.80, -0.80, -0.80, -0.80, -0.80, -0.80, -0.80], ( 0.10, [ 0.00,  0.10,  0.20,  0.30]), "m, u: assumed beside the first language"),
    row(Attribute::TimeZone,            [ 1.80,  1.80,  1.80,  1.80,  1.80,  1.80,  2.20], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -2.60], ( 0.30, [ 0.00,  0.20,  0.40,  0.60]), "m, u: FP-Stalker pairs"),
    row(Attribute::Plugins,             [ 0.24,  0.39,  0.00,  0.00,  0.00,  0.18,  2.70], [-2.00, -2.00, -1.00, -0.50, -1.00, -2.00, -1.40], ( 0.40, [ 0.20,  0.40,  0.60,  0.80]), "m, u: FP-Stalker pairs before 2018; Bayesian network since"),
    row(Attribute::Math,                [ 0.10,  0.10,  0.10,  0.10,  0.10,  0.10,  0.10], [-2.00, -2.00, -2.00, -2.00, -2.00, -2.00, -2.00], (-2.00, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
    row(Attribute::AcceptEncoding,      [ 0.10,  0.10,  0.10,  0.10,  0.10,  0.10,  0.86], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -2.20], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m, u: FP-Stalker pairs"),
    row(Attribute::DoNotTrack,          [ 0.20,  0.20,  0.00,  0.00,  0.33,  0.00,  0.17], [-3.00, -3.00, -3.00, -3.00, -3.00, -3.00, -3.00], (-3.00, [ 0.20,  0.40,  0.60,  0.80]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::Bitness,             [ 0.05,  0.05,  0.00,  0.00,  0.05,  0.05,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Accept,              [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.05,  0.40], [-0.80, -0.80, -0.80, -0.80, -0.80, -0.80, -1.80], (-0.80, [ 0.10,  0.20,  0.30,  0.40]), "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::Codecs,              [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.20,  0.20], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m: assumed; u: Bayesian network"),
    row(Attribute::Storage,             [ 0.02,  0.02,  0.02,  0.02,  0.02,  0.05,  0.05], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -3.00], (-1.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::LanguageList,        [ 0.50,  0.50,  0.40,  0.40,  0.50,  0.50,  0.50], [-0.50, -0.50, -0.50, -0.50, -0.50, -0.50, -0.50], ( 0.10, [ 0.00,  0.10,  0.20,  0.30]), "m, u: assumed beside the first language"),
    row(Attribute::FontPreferences,     [ 0.80,  0.40,  0.10,  0.10,  0.60,  0.60,  0.60], [-1.50, -1.50, -1.00, -1.00, -1.50, -1.50, -1.50], (-1.00, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
    row(Attribute::WebGlFeatures,       [ 0.80,  0.40,  0.10,  0.10,  0.60,  0.60,  0.60], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.20,  0.40,  0.60,  0.80]), "m, u: assumed beside the graphics device"),
    row(Attribute::WebGlExtensions,     [ 0.40,  0.30,  0.05,  0.05,  0.40,  0.40,  0.40], [-1.20, -1.20, -1.20, -1.20, -1.20, -1.20, -1.20], (-0.20, [ 0.20,  0.40,  0.60,  0.80]), "m, u: assumed beside the graphics device"),
    row(Attribute::Contrast,            [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.05,  0.05], [-0.50, -0.50, -0.50, -0.50, -0.50, -0.50, -0.50], (-0.50, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::RegionalFormat,      [ 0.60,  0.60,  0.60,  0.60,  0.60,  0.60,  0.60], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed beside the first language"),
    row(Attribute::AudioLatency,        [ 0.40,  0.20,  0.10,  0.10,  0.40,  0.40,  0.40], [-0.40, -0.40, -0.40, -0.40, -0.40, -0.40, -0.40], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed; headphones change it"),
    row(Attribute::Vendor,              [ 0.02,  0.02,  0.02,  0.02,  0.02,  0.02,  0.02], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
];
