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
    row(Attribute::BrowserVersion,      [ 0.00,  0.00,  0.00,  0.00,  0.16,  0.19,  0.22], [-1.05, -1.05, -1.06, -1.14, -1.05, -1.05, -1.05], (-1.38, [ 0.08,  0.08,  0.08,  0.08]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::OsVersion,           [ 0.25,  0.58,  0.31,  0.55,  0.61,  0.02,  0.12], [-1.14, -1.08, -1.05, -1.05, -1.05, -1.05, -1.05], (-1.51, [ 0.00,  0.00,  0.16,  0.28]), "m, u: assumed"),
    row(Attribute::Platform,            [ 0.00,  0.00,  0.00,  0.00,  0.20,  0.00,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::PlatformVersion,     [ 0.10,  1.41,  0.00,  0.00,  0.96,  0.00,  0.00], [-1.21, -1.10, -1.07, -1.07, -1.07, -1.07, -1.07], (-1.15, [ 0.00,  0.05,  0.19,  0.29]), "m: assumed; u: Bayesian network"),
    row(Attribute::Architecture,        [ 0.00,  0.10,  0.00,  0.00,  0.06,  0.06,  0.00], [-4.42, -4.42, -4.42, -4.42, -4.42, -4.42, -4.42], (-4.42, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Model,               [ 0.00,  0.00,  0.00,  0.00,  1.94,  0.08,  0.00], [-4.14, -4.14, -4.14, -4.14, -4.14, -4.14, -4.14], (-4.14, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::GpuVendor,           [ 0.00,  0.00,  0.00,  0.01,  0.26,  0.43,  0.42], [-2.51, -2.54, -0.34, -0.34, -2.54, -2.58, -2.57], (-0.30, [ 0.00,  0.00,  0.00,  0.00]), "m: FP-Stalker pairs; u: Bayesian network; half of it is in the renderer"),
    row(Attribute::GpuRenderer,         [ 4.30,  2.85,  0.00,  0.14,  2.23,  0.97,  2.00], [-6.08, -6.18, -0.69, -1.20, -6.14, -6.11, -4.70], (-0.50, [ 0.00,  0.74,  1.04,  1.19]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::CanvasGeometry,      [ 1.45,  1.40,  0.92,  0.92,  1.43,  1.42,  1.73], [-3.61, -3.31, -3.20, -3.20, -3.20, -3.20, -3.16], (-3.00, [ 0.00,  0.59,  1.14,  1.20]), "m, u: FP-Stalker pairs; half of it follows from the graphics device"),
    row(Attribute::CanvasText,          [ 0.75,  0.71,  0.42,  0.42,  0.73,  0.72,  0.53], [-1.60, -1.32, -1.20, -1.20, -1.19, -1.20, -1.16], (-1.00, [ 0.00,  0.19,  0.55,  0.55]), "m, u: assumed beside the drawing"),
    row(Attribute::Audio,               [ 0.59,  0.59,  0.28,  0.28,  0.58,  0.55,  0.58], [-7.86, -7.43, -7.30, -7.30, -7.30, -7.31, -7.30], (-7.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Fonts,               [ 2.42,  0.29,  0.19,  0.53,  0.24,  1.54,  1.54], [-5.10, -4.82, -4.87, -4.17, -3.81, -4.79, -3.81], (-3.57, [ 0.00,  0.00,  0.00,  0.11]), "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenResolution,    [ 1.80,  2.62,  2.66,  1.91,  2.09,  1.36,  2.08], [-1.86, -1.99, -2.86, -7.50, -7.72, -1.87, -2.35], ( 0.59, [ 0.00,  0.00,  0.06,  0.06]), "m: FP-Stalker pairs; u: Bayesian network; a telephone has one screen"),
    row(Attribute::PixelRatio,          [ 1.20,  0.39,  0.07,  0.00,  1.66,  0.00,  0.60], [-0.81, -0.81, -0.84, -3.01, -3.01, -0.81, -0.81], ( 0.16, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenFrame,         [ 0.00,  0.73,  0.88,  0.00,  0.00,  0.28,  0.28], [-0.53, -0.55, -0.52, -0.52, -0.52, -0.52, -0.52], ( 0.12, [ 0.00,  0.04,  0.04,  0.04]), "m: assumed; u: Bayesian network"),
    row(Attribute::ColorDepth,          [ 0.00,  0.41,  0.00,  0.00,  0.00,  0.00,  0.07], [-0.52, -0.51, -0.48, -2.50, -2.50, -0.50, -0.50], (-0.14, [ 0.02,  0.08,  0.08,  0.08]), "m: assumed; u: Bayesian network"),
    row(Attribute::ColorGamut,          [ 0.16,  0.18,  0.16,  0.07,  0.16,  0.14,  0.00], [-0.49, -0.49, -0.47, -1.99, -1.99, -0.49, -0.49], ( 0.14, [ 0.02,  0.08,  0.08,  0.08]), "m, u: assumed"),
    row(Attribute::Hdr,                 [ 0.00,  0.25,  0.00,  0.11,  0.32,  0.00,  0.01], [-0.69, -0.69, -0.70, -3.08, -2.69, -0.69, -0.69], ( 0.21, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::HardwareConcurrency, [ 1.68,  1.86,  0.00,  0.00,  0.47,  0.37,  0.81], [-4.02, -4.01, -4.02, -4.01, -4.01, -4.01, -4.01], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::DeviceMemory,        [ 1.01,  0.96,  0.00,  0.00,  0.72,  0.00,  0.00], [-4.75, -4.58, -4.57, -4.57, -4.58, -4.57, -4.57], (-4.50, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Touch,               [ 0.00,  0.00,  0.00,  0.00,  0.00,  0.19,  0.23], [-3.83, -3.83, -3.83, -3.83, -3.83, -3.83, -3.83], (-3.83, [ 0.00,  0.00,  0.00,  0.00]), "m: assumed; u: Bayesian network"),
    row(Attribute::Languages,           [ 1.51,  1.56,  1.01,  1.19,  1.84,  2.06,  2.11], [-5.08, -5.12, -5.13, -5.25, -5.12, -5.03, -5.25], ( 0.33, [ 0.00,  0.36,  0.53,  0.53]), "m, u: FP-Stalker pairs; the attacker who matters speaks the language"),
    row(Attribute::AcceptLanguage,      [ 0.40,  0.50,  0.17,  0.42,  0.67,  0.86,  0.90], [-1.13, -1.27, -1.22, -1.43, -1.20, -1.04, -1.26], (-0.82, [ 0.00,  0.00,  0.00,  0.29]), "m, u: assumed beside the first language"),
    row(Attribute::TimeZone,            [ 0.48,  0.78,  0.30,  0.25,  0.97,  1.08,  1.29], [-1.25, -1.35, -1.18, -1.10, -1.34, -1.43, -2.52], ( 0.21, [ 0.41,  0.72,  0.73,  0.73]), "m, u: FP-Stalker pairs"),
    row(Attribute::Plugins,             [ 0.00,  0.25,  0.00,  0.00,  0.09,  0.18,  2.72], [-2.30, -2.29, -1.27, -0.95, -1.27, -2.46, -1.87], ( 0.82, [ 0.00,  0.19,  0.81,  0.81]), "m, u: FP-Stalker pairs before 2018; Bayesian network since"),
    row(Attribute::Math,                [ 0.00,  0.00,  0.00,  0.00,  0.04,  0.00,  0.03], [-2.00, -2.00, -2.00, -2.00, -2.00, -2.00, -2.00], (-2.00, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
    row(Attribute::AcceptEncoding,      [ 0.04,  0.00,  0.00,  0.31,  0.20,  0.18,  0.69], [-1.85, -1.86, -1.89, -2.53, -1.83, -1.95, -2.54], (-1.50, [ 0.00,  0.17,  0.44,  0.44]), "m, u: FP-Stalker pairs"),
    row(Attribute::DoNotTrack,          [ 0.07,  0.00,  0.00,  0.00,  0.44,  0.00,  0.00], [-3.08, -3.07, -3.08, -3.10, -3.09, -3.04, -3.05], (-3.00, [ 0.00,  0.40,  0.62,  0.80]), "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::Bitness,             [ 0.00,  0.00,  0.00,  0.00,  0.04,  0.04,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], (-4.00, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::Accept,              [ 0.05,  0.00,  0.00,  0.00,  0.17,  0.17,  0.35], [-0.93, -0.95, -0.92, -0.92, -0.92, -1.05, -2.02], (-0.80, [ 0.00,  0.03,  0.27,  0.40]), "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::Codecs,              [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.20,  0.20], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m: assumed; u: Bayesian network"),
    row(Attribute::Storage,             [ 0.00,  0.00,  0.00,  0.00,  0.12,  0.00,  0.00], [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -3.00], (-1.00, [ 0.02,  0.02,  0.02,  0.02]), "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::LanguageList,        [ 0.00,  0.06,  0.00,  0.00,  0.22,  0.20,  0.22], [-0.64, -0.64, -0.70, -0.83, -0.63, -0.66, -0.63], (-0.02, [ 0.00,  0.00,  0.00,  0.29]), "m, u: assumed beside the first language"),
    row(Attribute::FontPreferences,     [ 0.73,  0.38,  0.08,  0.08,  0.56,  0.55,  0.57], [-1.47, -1.49, -0.99, -1.00, -1.50, -1.50, -1.49], (-1.00, [ 0.08,  0.27,  0.34,  0.40]), "m, u: assumed"),
    row(Attribute::WebGlFeatures,       [ 0.82,  0.47,  0.19,  0.32,  0.64,  0.65,  0.66], [-1.48, -1.50, -1.53, -1.49, -1.50, -1.52, -1.50], (-1.50, [ 0.21,  0.45,  0.59,  0.80]), "m, u: assumed beside the graphics device"),
    row(Attribute::WebGlExtensions,     [ 0.42,  0.37,  0.14,  0.27,  0.44,  0.45,  0.46], [-1.21, -1.20, -1.20, -1.20, -1.20, -1.20, -1.20], (-0.20, [ 0.21,  0.45,  0.59,  0.80]), "m, u: assumed beside the graphics device"),
    row(Attribute::Contrast,            [ 0.02,  0.04,  0.05,  0.03,  0.02,  0.00,  0.03], [-0.50, -0.50, -0.52, -0.50, -0.50, -0.50, -0.50], (-0.50, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed"),
    row(Attribute::RegionalFormat,      [ 0.58,  0.60,  0.59,  0.60,  0.58,  0.57,  0.59], [-1.52, -1.51, -1.51, -1.52, -1.51, -1.52, -1.51], (-1.50, [ 0.05,  0.19,  0.30,  0.40]), "m, u: assumed beside the first language"),
    row(Attribute::AudioLatency,        [ 0.39,  0.21,  0.09,  0.11,  0.38,  0.36,  0.39], [-0.42, -0.42, -0.41, -0.41, -0.41, -0.41, -0.41], ( 0.10, [ 0.00,  0.00,  0.00,  0.00]), "m, u: assumed; headphones change it"),
    row(Attribute::Vendor,              [ 0.00,  0.03,  0.02,  0.02,  0.02,  0.02,  0.02], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], (-1.50, [ 0.10,  0.20,  0.30,  0.40]), "m, u: assumed"),
];
