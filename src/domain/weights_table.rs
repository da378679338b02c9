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
    row(Attribute::BrowserVersion,      [ 0.00,  0.04,  0.00,  0.00,  0.08,  0.00,  0.27], [-1.03, -1.03, -1.03, -1.08, -1.03, -1.03, -1.03], (-0.62, [ 0.00,  0.08,  0.17,  0.17]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::OsVersion,           [ 0.12,  0.55,  0.27,  0.43,  0.48,  0.09,  0.09], [-1.14, -1.07, -1.05, -1.05, -1.05, -1.05, -1.05], (-1.18, [ 0.00,  0.00,  0.16,  0.29]), "m, u: assumed"),
    row(Attribute::Platform,            [ 0.00,  0.00,  0.00,  0.00,  0.09,  0.03,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::PlatformVersion,     [ 0.23,  1.45,  0.00,  0.00,  0.99,  0.00,  0.00], [-1.14, -1.07, -1.05, -1.05, -1.05, -1.05, -1.05], (-1.09, [ 0.00,  0.00,  0.16,  0.29]), "m: assumed; u: Bayesian network"),
    row(Attribute::Architecture,        [ 0.00,  0.13,  0.00,  0.00,  0.06,  0.06,  0.00], [-4.42, -4.42, -4.42, -4.42, -4.42, -4.42, -4.42], (-4.42, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Model,               [ 0.00,  0.00,  0.00,  0.00,  1.94,  0.08,  0.00], [-4.14, -4.14, -4.14, -4.14, -4.14, -4.14, -4.14], (-4.14, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::GpuVendor,           [ 0.00,  0.00,  0.00,  0.00,  0.25,  0.36,  0.41], [-2.53, -2.53, -0.33, -0.33, -2.53, -2.55, -2.55], (-0.30, [ 0.00,  0.00,  0.00,  0.00]), "m: FP-Stalker pairs; u: Bayesian network; half of it is in the renderer"),
    row(Attribute::GpuRenderer,         [ 4.50,  2.90,  0.00,  0.00,  2.27,  0.96,  2.03], [-6.10, -6.14, -0.65, -1.00, -6.12, -6.08, -4.67], (-0.50, [ 0.00,  0.64,  0.96,  1.20]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::CanvasGeometry,      [ 1.43,  1.42,  0.93,  0.93,  1.43,  1.43,  1.79], [-3.45, -3.26, -3.16, -3.16, -3.15, -3.16, -3.14], (-3.00, [ 0.00,  0.47,  1.00,  1.20]), "m, u: FP-Stalker pairs; half of it follows from the graphics device"),
    row(Attribute::CanvasText,          [ 0.73,  0.72,  0.43,  0.43,  0.73,  0.73,  0.59], [-1.45, -1.26, -1.16, -1.16, -1.15, -1.16, -1.14], (-1.00, [ 0.00,  0.07,  0.40,  0.40]), "m, u: assumed beside the drawing"),
    row(Attribute::Audio,               [ 0.61,  0.60,  0.30,  0.30,  0.61,  0.60,  0.60], [-7.62, -7.32, -7.22, -7.22, -7.22, -7.22, -7.22], (-7.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Fonts,               [ 2.47,  0.27,  0.08,  0.36,  0.19,  1.50,  1.50], [-4.92, -4.69, -4.69, -3.88, -3.69, -4.69, -3.69], (-2.50, [ 0.00,  0.00,  0.08,  0.27]), "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenResolution,    [ 1.80,  2.55,  2.29,  1.71,  1.99,  1.27,  2.02], [-1.58, -1.67, -2.12, -6.92, -7.42, -1.59, -2.06], ( 0.39, [ 0.00,  0.00,  0.12,  0.19]), "m: FP-Stalker pairs; u: Bayesian network; a telephone has one screen"),
    row(Attribute::PixelRatio,          [ 1.21,  0.40,  0.08,  0.00,  1.67,  0.00,  0.60], [-0.80, -0.80, -0.80, -3.00, -3.00, -0.80, -0.80], ( 0.20, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenFrame,         [ 0.00,  0.77,  0.89,  0.00,  0.00,  0.29,  0.29], [-0.51, -0.53, -0.51, -0.51, -0.51, -0.51, -0.51], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ColorDepth,          [ 0.00,  0.45,  0.00,  0.00,  0.00,  0.00,  0.08], [-0.53, -0.52, -0.52, -2.51, -2.51, -0.51, -0.51], (-0.11, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ColorGamut,          [ 0.20,  0.20,  0.20,  0.10,  0.20,  0.20,  0.00], [-0.50, -0.50, -0.50, -2.00, -2.00, -0.50, -0.50], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Hdr,                 [ 0.00,  0.27,  0.00,  0.00,  0.31,  0.00,  0.00], [-0.57, -0.57, -0.59, -2.69, -2.57, -0.57, -0.57], ( 0.17, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::HardwareConcurrency, [ 1.88,  1.92,  0.00,  0.00,  0.52,  0.46,  0.86], [-4.00, -4.00, -4.01, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::DeviceMemory,        [ 1.13,  0.99,  0.00,  0.00,  0.73,  0.00,  0.00], [-4.67, -4.55, -4.55, -4.55, -4.55, -4.55, -4.55], (-4.50, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Touch,               [ 0.00,  0.00,  0.00,  0.00,  0.00,  0.24,  0.24], [-3.83, -3.83, -3.83, -3.83, -3.83, -3.83, -3.83], (-3.83, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Languages,           [ 1.51,  1.70,  1.16,  1.31,  1.85,  1.84,  2.12], [-5.03, -5.06, -5.06, -5.12, -5.06, -5.02, -5.17], ( 0.30, [ 0.00,  0.31,  0.39,  0.39]), "m, u: FP-Stalker pairs; the attacker who matters speaks the language"),
    row(Attribute::AcceptLanguage,      [ 0.05,  0.22,  0.00,  0.00,  0.37,  0.37,  0.65], [-0.85, -0.89, -0.92, -0.95, -0.88, -0.84, -0.99], (-0.15, [ 0.00,  0.22,  0.27,  0.30]), "m, u: assumed beside the first language"),
    row(Attribute::TimeZone,            [ 0.86,  1.08,  0.77,  0.76,  1.23,  1.31,  1.55], [-1.37, -1.44, -1.37, -1.27, -1.43, -1.49, -2.59], ( 0.28, [ 0.21,  0.52,  0.60,  0.60]), "m, u: FP-Stalker pairs"),
    row(Attribute::Plugins,             [ 0.00,  0.26,  0.00,  0.00,  0.00,  0.31,  2.70], [-2.22, -2.21, -1.19, -0.81, -1.19, -2.33, -1.74], ( 0.62, [ 0.00,  0.22,  0.73,  0.80]), "m, u: FP-Stalker pairs before 2018; Bayesian network since"),
    row(Attribute::Math,                [ 0.00,  0.00,  0.00,  0.00,  0.05,  0.04,  0.04], [-2.00, -2.00, -2.00, -2.00, -2.00, -2.00, -2.00], (-2.00, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
    row(Attribute::AcceptEncoding,      [ 0.00,  0.00,  0.00,  0.25,  0.08,  0.12,  0.70], [-1.75, -1.74, -1.75, -2.21, -1.73, -1.75, -2.43], (-1.50, [ 0.00,  0.21,  0.30,  0.40]), "m, u: FP-Stalker pairs"),
    row(Attribute::DoNotTrack,          [ 0.00,  0.00,  0.00,  0.00,  0.27,  0.00,  0.00], [-2.99, -2.99, -2.99, -2.99, -2.99, -2.96, -2.99], (-3.00, [ 0.25,  0.43,  0.60,  0.80]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::Bitness,             [ 0.00,  0.00,  0.00,  0.00,  0.04,  0.04,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Accept,              [ 0.00,  0.00,  0.00,  0.00,  0.04,  0.16,  0.33], [-0.90, -0.91, -0.89, -0.89, -0.89, -0.98, -1.96], (-0.80, [ 0.00,  0.06,  0.28,  0.40]), "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::Codecs,              [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.20,  0.20], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m: assumed; u: Bayesian network"),
    row(Attribute::Storage,             [ 0.00,  0.00,  0.00,  0.00,  0.02,  0.07,  0.00], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -3.00], (-1.00, [ 0.01,  0.01,  0.01,  0.01]), "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::LanguageList,        [ 0.00,  0.10,  0.00,  0.00,  0.24,  0.23,  0.23], [-0.56, -0.56, -0.59, -0.63, -0.55, -0.55, -0.55], (-0.15, [ 0.00,  0.01,  0.07,  0.30]), "m, u: assumed beside the first language"),
    row(Attribute::FontPreferences,     [ 0.80,  0.40,  0.10,  0.10,  0.60,  0.60,  0.60], [-1.50, -1.50, -1.00, -1.00, -1.50, -1.50, -1.50], (-1.00, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
    row(Attribute::WebGlFeatures,       [ 0.80,  0.40,  0.10,  0.10,  0.60,  0.60,  0.60], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.20,  0.40,  0.60,  0.80]), "m, u: assumed beside the graphics device"),
    row(Attribute::WebGlExtensions,     [ 0.40,  0.30,  0.05,  0.05,  0.40,  0.40,  0.40], [-1.20, -1.20, -1.20, -1.20, -1.20, -1.20, -1.20], (-0.20, [ 0.20,  0.40,  0.60,  0.80]), "m, u: assumed beside the graphics device"),
    row(Attribute::Contrast,            [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.05,  0.05], [-0.50, -0.50, -0.50, -0.50, -0.50, -0.50, -0.50], (-0.50, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::RegionalFormat,      [ 0.60,  0.60,  0.60,  0.60,  0.60,  0.60,  0.60], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed beside the first language"),
    row(Attribute::AudioLatency,        [ 0.40,  0.20,  0.10,  0.10,  0.40,  0.40,  0.40], [-0.40, -0.40, -0.40, -0.40, -0.40, -0.40, -0.40], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed; headphones change it"),
    row(Attribute::Vendor,              [ 0.02,  0.02,  0.02,  0.02,  0.02,  0.02,  0.02], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
];
