//! Which known device is it? A sum of evidence, in bits, turned into a probability. The hot path: no allocation, no
//! text, no bounds to check in the inner loop.
//!
//! The hash is the fast path and not the verdict: what differs is weighed attribute by attribute, and what one side does
//! not tell is worth nothing. Before anything is weighed the gates must stand open.

use crate::domain::{
    agent::Browser,
    attributes::{ATTRIBUTES, Attribute, Attributes, Traits},
    device::KnownDevice,
    extraction::packed_major,
    ids::DeviceId,
    time::Timestamp,
    verdict::{Agreement, AttributeSet, Evidence, Finding, Gate, MatchedBy},
    weights::{self, Class, Weights},
};

/// The known device that comes closest to a login.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closest {
    /// Where it stands in the list.
    pub index: usize,
    /// The evidence that it is the same, in bits. Where a gate is shut, what the evidence would have been.
    pub bits: f32,
    /// By what it would be recognized.
    pub by: MatchedBy,
    /// The gate that is shut, if one is.
    pub gate: Option<Gate>,
}

/// What the score of a browser before a shut gate is divided by: it is another browser, however alike.
const GATE_BITS: f32 = -12.0;

impl Closest {
    /// The probability, in [0, 1], that the login comes from this device.
    #[must_use]
    pub fn probability(&self) -> f64 {
        let bits = if self.gate.is_some() { self.bits.min(0.0) + GATE_BITS } else { self.bits };
        1.0 / (1.0 + (-f64::from(bits)).exp2())
    }
}

/// The closest of a user's known devices; `None` if there are none. `token` is the device that a valid token names. Of
/// two that are equally close the more recently seen wins.
#[must_use]
pub fn closest(
    occurred_at: Timestamp,
    known: &[KnownDevice],
    seen: &Traits,
    token: Option<DeviceId>,
) -> Option<Closest> {
    let class = Class::of(seen.browser, seen.os);
    let weights = weights::of(class);
    let rank = |it: &Closest| (it.gate.is_none(), it.bits);
    let mut best: Option<Closest> = None;
    for (index, device) in known.iter().enumerate() {
        let candidate = compare(occurred_at, device, seen, (weights, class), token == Some(device.id), index);
        let wins = best.as_ref().is_none_or(|best| {
            let newer = device.last_seen > known[best.index].last_seen;
            rank(&candidate) > rank(best) || (rank(&candidate) == rank(best) && newer)
        });
        if wins {
            best = Some(candidate);
        }
    }
    best
}

/// Bits of a fingerprint that is the same to the bit: as much as all attributes together rarely give.
const EXACT_BITS: f32 = 20.0;

fn compare(
    occurred_at: Timestamp,
    device: &KnownDevice,
    seen: &Traits,
    (weights, class): (&Weights, Class),
    has_token: bool,
    index: usize,
) -> Closest {
    let known = &device.traits;
    let token_bits = if has_token { weights::TOKEN_BITS } else { 0.0 };
    // Without a script, browsers of one model share a fingerprint: then it is no more than its attributes.
    if known.fingerprint == seen.fingerprint && seen.scripted && !looks_alike(class) {
        let by = if has_token { MatchedBy::Token } else { MatchedBy::Exact };
        return Closest { index, bits: EXACT_BITS + token_bits, by, gate: None };
    }
    let evidence = attribute_bits(&known.attributes, &seen.attributes, weights)
        - blurred_bits(&known.attributes, &seen.attributes, weights)
        + network_bits(known, seen, class).1
        + if is_family_untold(known, seen) { weights::FAMILY_UNTOLD } else { 0.0 };
    let by = match (has_token, known.fingerprint == seen.fingerprint) {
        (true, _) => MatchedBy::Token,
        (false, true) => MatchedBy::Exact,
        (false, false) => MatchedBy::Similar,
    };
    Closest { index, bits: weights::PRIOR_BITS + evidence + token_bits, by, gate: gate(occurred_at, device, seen) }
}

/// Whether browsers of this class are so much alike that an equal fingerprint says little.
const fn looks_alike(class: Class) -> bool {
    matches!(class, Class::Ios | Class::MacSafari)
}

/// Why it cannot be this device, whatever else agrees. An unknown browser or system shuts no gate, and an older version
/// shuts one only in an event that is not itself older than the device's last.
fn gate(occurred_at: Timestamp, device: &KnownDevice, seen: &Traits) -> Option<Gate> {
    let known = &device.traits;
    let other = |known: u8, seen: u8| known != seen && known != 0 && seen != 0;
    if other(known.os.code(), seen.os.code()) {
        return Some(Gate::Os);
    }
    if other(known.browser.code(), seen.browser.code()) {
        return Some(Gate::Browser);
    }
    let version = |it: &Traits| packed_major(it.attributes.get(Attribute::BrowserVersion));
    let fell = version(seen) != 0 && version(seen) < version(known);
    (fell && occurred_at >= device.last_seen).then_some(Gate::OlderBrowser)
}

/// Attributes that are weighed side by side: as many as a vector of the oldest x86-64 holds.
const LANES: usize = 4;
const _: () = assert!(ATTRIBUTES.is_multiple_of(LANES), "no attribute may be left over");

/// The sum over all attributes: bits where both tell and agree, bits where both tell and differ, else nothing. Written
/// with masks and whole blocks, so that it compiles to vectors without a branch or a check of bounds.
fn attribute_bits(known: &Attributes, seen: &Attributes, weights: &Weights) -> f32 {
    let blocks = known.0.as_chunks::<LANES>().0.iter().zip(seen.0.as_chunks::<LANES>().0);
    let weights = weights.agreed.as_chunks::<LANES>().0.iter().zip(weights.changed.as_chunks::<LANES>().0);
    let mut sums = [0.0_f32; LANES];
    for ((known, seen), (agreed, changed)) in blocks.zip(weights) {
        for lane in 0..LANES {
            let told = mask(known[lane] != 0) & mask(seen[lane] != 0);
            let same = mask(known[lane] == seen[lane]);
            let bits = (same & agreed[lane].to_bits()) | (!same & changed[lane].to_bits());
            sums[lane] += f32::from_bits(told & bits);
        }
    }
    sums.iter().sum()
}

/// All ones for true, all noughts for false.
const fn mask(it: bool) -> u32 {
    0_u32.wrapping_sub(it as u32)
}

/// Attributes that a browser against tracking blurs together.
const BLURRED: [Attribute; 6] = [
    Attribute::CanvasGeometry,
    Attribute::CanvasText,
    Attribute::Audio,
    Attribute::Plugins,
    Attribute::HardwareConcurrency,
    Attribute::DeviceMemory,
];

/// Whether drawing, sound and plugins have all changed while the graphics device has not: that is how a browser looks
/// that blurs what a script measures (Brave, `privacy.resistFingerprinting`), and not how another machine does.
fn is_blurred(known: &Attributes, seen: &Attributes) -> bool {
    let changed = |it| agreement(known.get(it), seen.get(it)) == Agreement::Changed;
    let drawing_sound_plugins =
        changed(Attribute::CanvasGeometry) && changed(Attribute::Audio) && changed(Attribute::Plugins);
    drawing_sound_plugins && !changed(Attribute::GpuRenderer) && !changed(Attribute::Fonts)
}

/// The bits that blurred attributes have put into the sum.
fn blurred_bits(known: &Attributes, seen: &Attributes, weights: &Weights) -> f32 {
    if !is_blurred(known, seen) {
        return 0.0;
    }
    BLURRED.iter().map(|&it| bits_of(agreement(known.get(it), seen.get(it)), weights, it)).sum()
}

const fn agreement(known: u32, seen: u32) -> Agreement {
    if known == 0 || seen == 0 {
        Agreement::Absent
    } else if known == seen {
        Agreement::Agreed
    } else {
        Agreement::Changed
    }
}

const fn bits_of(agreement: Agreement, weights: &Weights, attribute: Attribute) -> f32 {
    match agreement {
        Agreement::Absent => 0.0,
        Agreement::Agreed => weights.agreed[attribute as usize],
        Agreement::Changed => weights.changed[attribute as usize],
    }
}

/// Whether a known browser is compared with one that does not say what it is.
fn is_family_untold(known: &Traits, seen: &Traits) -> bool {
    known.browser != Browser::Unknown && seen.browser == Browser::Unknown
}

/// The finest part of the network that agrees, and its bits.
fn network_bits(known: &Traits, seen: &Traits, class: Class) -> (Agreement, f32) {
    let changed = if seen.scripted { weights::NETWORK_CHANGED } else { weights::NETWORK_CHANGED_UNSCRIPTED };
    let (known, seen) = (&known.network, &seen.network);
    let share = if matches!(class, Class::Android | Class::Ios) { weights::MOBILE_NETWORK_SHARE } else { 1.0 };
    let same = [
        known.address == seen.address && seen.address != 0,
        known.prefix == seen.prefix && seen.prefix != 0,
        known.asn == seen.asn && seen.asn != 0,
        known.country == seen.country && seen.country != [0; 2],
    ];
    match same.iter().position(|&it| it) {
        Some(finest) => (Agreement::Agreed, weights::NETWORK_AGREED[finest] * share),
        None if known.country != [0; 2] && seen.country != [0; 2] => (Agreement::Changed, changed),
        None => (Agreement::Absent, 0.0),
    }
}

/// What spoke for and against a device, attribute by attribute, for people to read. Not on the hot path.
#[must_use]
pub fn explain(device: &KnownDevice, seen: &Traits, gate: Option<Gate>) -> Evidence {
    let class = Class::of(seen.browser, seen.os);
    let weights = weights::of(class);
    let (known, attributes) = (&device.traits.attributes, &seen.attributes);
    let blurred = is_blurred(known, attributes);
    let finding = |attribute: Attribute| {
        let found = agreement(known.get(attribute), attributes.get(attribute));
        // Blurred values are no evidence, so they are shown as if they had not been told.
        let found = if blurred && BLURRED.contains(&attribute) { Agreement::Absent } else { found };
        Finding { agreement: found, centibits: centibits(bits_of(found, weights, attribute)) }
    };
    let (agreement, bits) = network_bits(&device.traits, seen, class);
    Evidence {
        closest: device.id,
        attributes: Attribute::ALL.map(finding),
        network: Finding { agreement, centibits: centibits(bits) },
        gate,
    }
}

/// Whether both tell a time zone, and the same one.
#[must_use]
pub fn same_time_zone(known: &Traits, seen: &Traits) -> bool {
    let zone = |it: &Traits| it.attributes.get(Attribute::TimeZone);
    agreement(zone(known), zone(seen)) == Agreement::Agreed
}

/// The attributes that both tell and that differ.
#[must_use]
pub fn changed(known: &Traits, seen: &Traits) -> AttributeSet {
    let mut changed = AttributeSet::default();
    for attribute in Attribute::ALL {
        if agreement(known.attributes.get(attribute), seen.attributes.get(attribute)) == Agreement::Changed {
            changed.insert(attribute);
        }
    }
    changed
}

#[expect(clippy::cast_possible_truncation, reason = "weights are a few bits")]
fn centibits(bits: f32) -> i16 {
    (bits * 100.0).round() as i16
}
