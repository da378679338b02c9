//! The weights that matching sums, in bits. Written by `watchlight train`; read it as a table.
//!
//! The numbers began as log₂(m/u) where an attribute agrees and log₂((1−m)/(1−u)) where it changed: m is how often it stays
//! the same on one device, u how often two devices agree by chance. Each row says where its m and u come from: the 3,700
//! and 3,939 pairs of FP-Stalker (Vastel et al., S&P 2018), the Bayesian network of npm `fingerprint-generator` 2.1.88
//! (some 14,000 real browsers), or an assumption. The columns of browsers since 2018 were fitted on 24 November 2026 to
//! populations, the column of those before to pairs of logins alone (`scripts/population`, seeds 1 and 2).

use crate::domain::browser::{
    attributes::{ATTRIBUTES, Attribute},
    class::{CLASSES, GAPS},
};

/// One attribute's weights, in bits: positive speaks for the same device.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub attribute: Attribute,
    /// Where it agrees, by [`Class`](crate::domain::browser::class::Class). Never negative.
    pub agreed: [f32; CLASSES],
    /// Where it changed, by class. Never positive.
    pub changed: [f32; CLASSES],
    /// Where it changed as one device does from itself.
    pub similar: f32,
    /// How much less a change says after each longer [`Gap`](crate::domain::browser::class::Gap). Never negative.
    pub drift: [f32; GAPS - 1],
    /// Where the numbers come from.
    pub source: &'static str,
}

const fn row(
    attribute: Attribute,
    agreed: [f32; CLASSES],
    changed: [f32; CLASSES],
    similar: f32,
    drift: [f32; GAPS - 1],
    source: &'static str,
) -> Row {
    Row { attribute, agreed, changed, similar, drift, source }
}

/// The weights, by attribute.
#[rustfmt::skip]
pub const ROWS: [Row; ATTRIBUTES] = [
    // attribute                          agreed: win-chr, mac-chr, mac-saf, ios, android, firefox, before 2018; changed: likewise; similar; drift: 3, 14, 30, 60 days; source
    row(Attribute::BrowserVersion,      [ 0.00,  0.00,  0.01,  0.00,  0.20,  0.35,  0.00], [-1.07, -1.07, -1.08, -1.19, -1.07, -1.07,  0.00], -1.54, [ 0.24,  0.24,  0.24,  0.24], "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::OsVersion,           [ 0.37,  0.63,  0.37,  0.67,  0.73,  0.03,  0.25], [-1.17, -1.13, -1.09, -1.09, -1.09, -1.08, -1.92], -1.94, [ 0.00,  0.00,  0.12,  0.28], "m, u: assumed"),
    row(Attribute::Platform,            [ 0.00,  0.00,  0.00,  0.00,  0.27,  0.00,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.04], -4.00, [ 0.00,  0.00,  0.00,  0.00], "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::PlatformVersion,     [ 0.01,  1.39,  0.00,  0.00,  0.95,  0.00,  0.00], [-1.27, -1.14, -1.09, -1.09, -1.09, -1.09, -1.09], -1.12, [ 0.00,  0.10,  0.21,  0.31], "m: assumed; u: Bayesian network"),
    row(Attribute::Architecture,        [ 0.00,  0.08,  0.00,  0.00,  0.06,  0.06,  0.00], [-4.42, -4.42, -4.42, -4.42, -4.42, -4.42, -4.42], -4.42, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::Model,               [ 0.00,  0.00,  0.00,  0.00,  1.95,  0.08,  0.00], [-4.14, -4.14, -4.14, -4.14, -4.14, -4.14, -4.14], -4.14, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::GpuVendor,           [ 0.00,  0.00,  0.00,  0.00,  0.26,  0.48,  0.05], [-2.50, -2.54, -0.35, -0.34, -2.55, -2.62, -0.89], -0.30, [ 0.02,  0.02,  0.02,  0.02], "m: FP-Stalker pairs; u: Bayesian network; half of it is in the renderer"),
    row(Attribute::GpuRenderer,         [ 4.15,  2.80,  0.00,  0.24,  2.20,  0.97,  1.51], [-6.05, -6.20, -0.71, -1.37, -6.15, -6.14, -2.68], -0.50, [ 0.00,  0.85,  1.15,  1.27], "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::CanvasGeometry,      [ 1.38,  1.31,  0.85,  0.85,  1.36,  1.35,  0.22], [-3.63, -3.28, -3.18, -3.18, -3.18, -3.17, -2.31], -3.00, [ 0.00,  0.75,  1.33,  1.46], "m, u: FP-Stalker pairs; half of it follows from the graphics device"),
    row(Attribute::CanvasText,          [ 0.75,  0.69,  0.42,  0.42,  0.73,  0.72,  0.53], [-1.66, -1.33, -1.22, -1.22, -1.21, -1.22, -1.18], -1.00, [ 0.00,  0.28,  0.56,  0.56], "m, u: assumed beside the drawing"),
    row(Attribute::Audio,               [ 0.54,  0.56,  0.25,  0.25,  0.54,  0.48,  0.55], [-8.01, -7.50, -7.35, -7.35, -7.35, -7.37, -7.35], -7.00, [ 0.00,  0.00,  0.00,  0.00], "m, u: assumed"),
    row(Attribute::Fonts,               [ 2.35,  0.27,  0.24,  0.60,  0.25,  1.53,  1.54], [-5.24, -4.92, -4.99, -4.41, -3.90, -4.87, -3.90], -4.12, [ 0.00,  0.04,  0.04,  0.04], "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenResolution,    [ 1.78,  2.62,  2.91,  1.97,  2.11,  1.37,  0.56], [-2.01, -2.19, -3.36, -7.91, -7.91, -2.05, -1.62],  0.72, [ 0.00,  0.00,  0.21,  0.21], "m: FP-Stalker pairs; u: Bayesian network; a telephone has one screen"),
    row(Attribute::PixelRatio,          [ 1.19,  0.38,  0.04,  0.00,  1.64,  0.00,  0.59], [-0.84, -0.83, -0.88, -3.03, -3.03, -0.82, -0.83],  0.11, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::ScreenFrame,         [ 0.00,  0.71,  0.88,  0.00,  0.00,  0.28,  0.28], [-0.54, -0.57, -0.53, -0.53, -0.53, -0.53, -0.53],  0.15, [ 0.00,  0.08,  0.08,  0.08], "m: assumed; u: Bayesian network"),
    row(Attribute::ColorDepth,          [ 0.00,  0.37,  0.00,  0.00,  0.00,  0.00,  0.07], [-0.52, -0.50, -0.44, -2.49, -2.49, -0.50, -0.49], -0.21, [ 0.03,  0.13,  0.13,  0.13], "m: assumed; u: Bayesian network"),
    row(Attribute::ColorGamut,          [ 0.09,  0.14,  0.06,  0.02,  0.11,  0.07,  0.00], [-0.48, -0.48, -0.43, -1.98, -1.98, -0.48, -0.48],  0.18, [ 0.04,  0.16,  0.16,  0.16], "m, u: assumed"),
    row(Attribute::Hdr,                 [ 0.00,  0.23,  0.00,  0.17,  0.32,  0.00,  0.01], [-0.78, -0.78, -0.75, -3.41, -2.78, -0.78, -0.78],  0.30, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::HardwareConcurrency, [ 1.53,  1.81,  0.00,  0.00,  0.42,  0.27,  0.77], [-4.04, -4.02, -4.03, -4.02, -4.02, -4.02, -4.02], -4.00, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::DeviceMemory,        [ 0.92,  0.94,  0.00,  0.00,  0.71,  0.00,  0.00], [-4.80, -4.60, -4.59, -4.59, -4.60, -4.59, -4.59], -4.50, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::Touch,               [ 0.00,  0.00,  0.00,  0.00,  0.00,  0.13,  0.22], [-3.84, -3.83, -3.83, -3.83, -3.83, -3.83, -3.83], -3.83, [ 0.00,  0.00,  0.00,  0.00], "m: assumed; u: Bayesian network"),
    row(Attribute::Languages,           [ 1.49,  1.43,  0.94,  1.08,  1.80,  2.16,  0.90], [-5.08, -5.15, -5.16, -5.33, -5.14, -4.99, -4.94],  0.33, [ 0.00,  0.43,  0.72,  0.72], "m, u: FP-Stalker pairs; the attacker who matters speaks the language"),
    row(Attribute::AcceptLanguage,      [ 0.64,  0.72,  0.34,  0.66,  0.86,  1.16,  0.37], [-1.31, -1.57, -1.44, -1.74, -1.43, -1.15, -1.57], -1.26, [ 0.00,  0.00,  0.00,  0.48], "m, u: assumed beside the first language"),
    row(Attribute::TimeZone,            [ 0.24,  0.59,  0.06,  0.00,  0.80,  0.93,  0.03], [-1.14, -1.28, -1.04, -1.00, -1.26, -1.39, -1.89],  0.11, [ 0.43,  0.84,  0.88,  0.90], "m, u: FP-Stalker pairs"),
    row(Attribute::Plugins,             [ 0.00,  0.25,  0.00,  0.00,  0.15,  0.09,  2.72], [-2.38, -2.37, -1.35, -1.07, -1.35, -2.60, -2.42],  0.87, [ 0.00,  0.20,  0.87,  0.89], "m, u: FP-Stalker pairs before 2018; Bayesian network since"),
    row(Attribute::Math,                [ 0.00,  0.00,  0.00,  0.00,  0.03,  0.00,  0.03], [-2.00, -2.00, -2.00, -2.00, -2.00, -2.00, -2.00], -2.00, [ 0.10,  0.20,  0.30,  0.40], "m, u: assumed"),
    row(Attribute::AcceptEncoding,      [ 0.08,  0.00,  0.00,  0.33,  0.26,  0.13,  0.00], [-1.92, -1.91, -1.98, -2.75, -1.89, -1.99, -1.25], -1.50, [ 0.00,  0.16,  0.65,  0.65], "m, u: FP-Stalker pairs"),
    row(Attribute::DoNotTrack,          [ 0.14,  0.00,  0.00,  0.00,  0.56,  0.09,  0.00], [-3.15, -3.15, -3.16, -3.21, -3.18, -3.19, -2.37], -3.00, [ 0.00,  0.39,  0.63,  0.97], "m: FP-Stalker pairs; u: Bayesian network"),
    row(Attribute::Bitness,             [ 0.00,  0.00,  0.00,  0.00,  0.04,  0.04,  0.00], [-4.00, -4.00, -4.00, -4.00, -4.00, -4.00, -4.00], -4.00, [ 0.00,  0.00,  0.00,  0.00], "m, u: assumed"),
    row(Attribute::Accept,              [ 0.07,  0.00,  0.00,  0.00,  0.22,  0.17,  0.00], [-0.91, -0.93, -0.90, -0.90, -0.90, -1.07, -0.57], -0.80, [ 0.00,  0.05,  0.37,  0.54], "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::Codecs,              [ 0.05,  0.05,  0.05,  0.05,  0.05,  0.20,  0.20], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], -1.50, [ 0.10,  0.20,  0.30,  0.40], "m: assumed; u: Bayesian network"),
    row(Attribute::Storage,             [ 0.00,  0.00,  0.00,  0.00,  0.19,  0.00,  0.00], [-0.98, -0.98, -0.98, -0.98, -0.98, -0.98, -2.08], -1.00, [ 0.03,  0.03,  0.06,  0.15], "m, u: FP-Stalker pairs before 2018"),
    row(Attribute::LanguageList,        [ 0.00,  0.04,  0.02,  0.00,  0.21,  0.16,  0.21], [-0.70, -0.71, -0.80, -0.96, -0.69, -0.74, -0.69],  0.22, [ 0.00,  0.00,  0.00,  0.28], "m, u: assumed beside the first language"),
    row(Attribute::FontPreferences,     [ 0.64,  0.34,  0.01,  0.03,  0.50,  0.49,  0.53], [-1.46, -1.49, -0.99, -1.01, -1.50, -1.51, -1.49], -1.00, [ 0.06,  0.31,  0.34,  0.40], "m, u: assumed"),
    row(Attribute::WebGlFeatures,       [ 0.82,  0.51,  0.19,  0.49,  0.66,  0.67,  0.69], [-1.47, -1.50, -1.53, -1.48, -1.50, -1.54, -1.50], -1.50, [ 0.27,  0.45,  0.55,  0.80], "m, u: assumed beside the graphics device"),
    row(Attribute::WebGlExtensions,     [ 0.42,  0.41,  0.14,  0.44,  0.46,  0.47,  0.49], [-1.21, -1.20, -1.20, -1.20, -1.20, -1.20, -1.20], -0.20, [ 0.27,  0.45,  0.55,  0.80], "m, u: assumed beside the graphics device"),
    row(Attribute::Contrast,            [ 0.00,  0.04,  0.02,  0.01,  0.00,  0.00,  0.02], [-0.50, -0.50, -0.53, -0.50, -0.50, -0.50, -0.50], -0.50, [ 0.00,  0.00,  0.00,  0.00], "m, u: assumed"),
    row(Attribute::RegionalFormat,      [ 0.51,  0.58,  0.53,  0.56,  0.53,  0.51,  0.55], [-1.53, -1.52, -1.52, -1.54, -1.52, -1.53, -1.52], -1.50, [ 0.01,  0.17,  0.30,  0.40], "m, u: assumed beside the first language"),
    row(Attribute::AudioLatency,        [ 0.35,  0.21,  0.08,  0.11,  0.36,  0.32,  0.38], [-0.43, -0.43, -0.42, -0.42, -0.42, -0.42, -0.42],  0.10, [ 0.00,  0.00,  0.00,  0.00], "m, u: assumed; headphones change it"),
    row(Attribute::Vendor,              [ 0.00,  0.04,  0.00,  0.00,  0.02,  0.02,  0.02], [-1.50, -1.50, -1.50, -1.50, -1.50, -1.50, -1.50], -1.50, [ 0.10,  0.20,  0.30,  0.40], "m, u: assumed"),
];
