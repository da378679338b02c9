//! Which known device is it? Sums evidence in bits, and turns the sum into a probability. This is the hot path: no
//! allocation, no text, and no bounds checks in the inner loop.
//!
//! The hash is only the fast path. Where it differs, each attribute is weighed, and what one side does not tell counts
//! for nothing. Nothing is weighed unless all gates are open.

use crate::domain::{
    agent::Browser,
    browser::{
        attributes::{ATTRIBUTES, Attribute, AttributeSet, Attributes, NetworkTraits, Traits},
        class::{Class, GAPS, Gap},
        extraction::packed_major,
        sketch::Sketch,
    },
    ids::DeviceId,
    recognition::{
        verdict::{Agreement, Evidence, Finding, Gate, MatchedBy},
        weights::{self, CENTIBITS, NetworkWeights, Weights},
    },
    time::Timestamp,
    user::{device::KnownDevice, profile::SeenNetwork},
};

/// What matching needs to know of a login.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The traits that are compared.
    pub seen: &'a Traits,
    /// The device that a valid token was given to.
    pub token: Option<DeviceId>,
    /// How well this network is known from the user's own networks.
    pub home: Home,
}

/// The smallest part of a network that the user has signed in from before, on any device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Home {
    /// Its /24 or /64.
    Prefix,
    /// Its autonomous system.
    System,
    /// None of them.
    #[default]
    Unknown,
}

impl Home {
    /// How well this network is known from those that a user has signed in from.
    #[must_use]
    pub fn of(networks: &[SeenNetwork], seen: &NetworkTraits) -> Self {
        if seen.prefix != 0 && networks.iter().any(|it| it.prefix == seen.prefix) {
            Self::Prefix
        } else if seen.origin.asn.is_some() && networks.iter().any(|known| known.asn == seen.origin.asn) {
            Self::System
        } else {
            Self::Unknown
        }
    }
}

/// The known device that is closest to a login.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closest {
    /// Its index in the list.
    pub index: usize,
    /// The evidence that it is the same, in hundredths of a bit. If a gate is shut, what the evidence would have been.
    pub centibits: i32,
    /// How it would be recognized.
    pub by: MatchedBy,
    /// The gate that is shut, if one is.
    pub gate: Option<Gate>,
}

/// How much is added to the evidence if a gate is shut, in bits: it is another browser, however similar.
const GATE_BITS: f64 = -12.0;

impl Closest {
    /// The probability, in [0, 1], that the login comes from this device.
    #[must_use]
    pub fn probability(&self) -> f64 {
        let bits = f64::from(self.centibits) / f64::from(CENTIBITS);
        let bits = if self.gate.is_some() { bits.min(0.0) + GATE_BITS } else { bits };
        1.0 / (1.0 + (-bits).exp2())
    }
}

/// The closest of a user's known devices; `None` if there are none. Of two that are equally close, the more recently
/// seen one.
#[must_use]
pub fn closest(known: &[KnownDevice], query: &Query<'_>) -> Option<Closest> {
    let scale = Scale::of(query);
    let rank = |candidate: &Closest| (candidate.gate.is_none(), candidate.centibits);
    let mut best: Option<Closest> = None;
    for (index, device) in known.iter().enumerate() {
        let candidate = compare(device, query, &scale, index);
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

/// The weights for a login, chosen once for all devices.
#[derive(Clone, Copy)]
struct Scale {
    weights: &'static [Weights; GAPS],
    network: &'static NetworkWeights,
    /// Whether an equal fingerprint decides. Without a script, and on some machines, browsers of one model share a
    /// fingerprint.
    exact_decides: bool,
}

impl Scale {
    fn of(query: &Query<'_>) -> Self {
        let class = Class::of_traits(query.seen);
        Self {
            weights: weights::of(class),
            network: weights::of_network(class),
            exact_decides: query.seen.scripted && !class.looks_alike(),
        }
    }
}

fn compare(device: &KnownDevice, query: &Query<'_>, scale: &Scale, index: usize) -> Closest {
    let (known, seen) = (&device.traits, query.seen);
    let has_token = query.token == Some(device.id);
    let token = if has_token { i32::from(weights::TOKEN) } else { 0 };
    let exact = known.fingerprint == seen.fingerprint;
    let by = match (has_token, exact) {
        (true, _) => MatchedBy::Token,
        (false, true) => MatchedBy::Exact,
        (false, false) => MatchedBy::Similar,
    };
    if exact && scale.exact_decides {
        return Closest { index, centibits: i32::from(weights::EXACT) + token, by, gate: None };
    }
    let weights = &scale.weights[Gap::between(device.last_seen, query.occurred_at) as usize];
    let sum = i32::from(attribute_bits(&known.attributes, &seen.attributes, weights))
        + similar_bits(known, seen, weights)
        - blurred_bits(known, seen, weights)
        + i32::from(network_bits(known, query, scale.network).centibits)
        + i32::from(untold_bits(known, seen))
        + i32::from(weights::PRIOR)
        + token;
    Closest { index, centibits: sum, by, gate: gate(device, query) }
}

/// The evidence of all that browsers tell, in hundredths of a bit, networks and tokens aside, where one was seen so long after the other.
#[must_use]
pub fn traits_centibits(earlier: &Traits, later: &Traits, gap: Gap) -> i32 {
    let weights = &weights::of(Class::of_traits(later))[gap as usize];
    i32::from(attribute_bits(&earlier.attributes, &later.attributes, weights)) + similar_bits(earlier, later, weights)
        - blurred_bits(earlier, later, weights)
        + i32::from(untold_bits(earlier, later))
}

/// Why it cannot be this device, whatever else agrees. An unknown browser or system shuts no gate. An older version
/// shuts one, except in a login that is itself older than the device's last.
fn gate(device: &KnownDevice, query: &Query<'_>) -> Option<Gate> {
    let (known, seen) = (&device.traits, query.seen);
    let other = |known: u8, seen: u8| known != seen && known != 0 && seen != 0;
    if other(known.os.code(), seen.os.code()) {
        return Some(Gate::Os);
    }
    if other(known.browser.code(), seen.browser.code()) {
        return Some(Gate::Browser);
    }
    let version = |it: &Traits| packed_major(it.attributes.get(Attribute::BrowserVersion));
    let fell = version(seen) != 0 && version(seen) < version(known);
    (fell && query.occurred_at >= device.last_seen).then_some(Gate::OlderBrowser)
}

/// How many attributes are weighed at once: as many as fit a vector of the oldest x86-64.
const LANES: usize = 8;
const _: () = assert!(ATTRIBUTES.is_multiple_of(LANES), "no attribute may be left over");

/// The sum over all attributes, in hundredths of a bit: for those that both sides tell, by whether they agree or
/// differ. Written with masks and whole blocks, so that it compiles to vectors without branches or bounds checks.
fn attribute_bits(known: &Attributes, seen: &Attributes, weights: &Weights) -> i16 {
    let blocks = known.0.as_chunks::<LANES>().0.iter().zip(seen.0.as_chunks::<LANES>().0);
    let weights = weights.agreed.as_chunks::<LANES>().0.iter().zip(weights.changed.as_chunks::<LANES>().0);
    let mut sums = [0_i16; LANES];
    for ((known, seen), (agreed, changed)) in blocks.zip(weights) {
        for lane in 0..LANES {
            let told = mask(known[lane] != 0) & mask(seen[lane] != 0);
            let same = mask(known[lane] == seen[lane]);
            sums[lane] += told & (same & agreed[lane] | !same & changed[lane]);
        }
    }
    sums.iter().sum()
}

/// All bits set for true, none for false.
const fn mask(is_set: bool) -> i16 {
    -(is_set as i16)
}

/// The attributes that are versions. A device's versions increase.
const VERSIONS: [Attribute; 3] = [Attribute::BrowserVersion, Attribute::OsVersion, Attribute::PlatformVersion];

/// The correction to [`attribute_bits`] for changes that a device makes on its own.
fn similar_bits(known: &Traits, seen: &Traits, weights: &Weights) -> i32 {
    let gain = |at: usize| i32::from(weights.similar[at]) - i32::from(weights.changed[at]);
    let (was, is) = (&known.attributes, &seen.attributes);
    let mut sum = 0;
    for version in VERSIONS {
        if was.get(version) != 0 && was.get(version) < is.get(version) {
            sum += gain(version as usize);
        }
    }
    for (attribute, was_set, is_set) in sets(known, seen) {
        if differ(was.get(attribute), is.get(attribute)) && was_set.is_close(is_set) {
            sum += gain(attribute as usize);
        }
    }
    for (number, earlier) in known.earlier.iter() {
        let at = usize::from(number);
        if is.0.get(at) == Some(&earlier) && differ(was.0[at], earlier) {
            sum += gain(at);
        }
    }
    sum
}

/// The attributes that are sets, each with the known and the seen sketch.
const fn sets(known: &Traits, seen: &Traits) -> [(Attribute, Sketch, Sketch); 3] {
    let (was, is) = (&known.sketches, &seen.sketches);
    [
        (Attribute::Fonts, was.fonts, is.fonts),
        (Attribute::Plugins, was.plugins, is.plugins),
        (Attribute::WebGlExtensions, was.extensions, is.extensions),
    ]
}

const fn differ(known: u16, seen: u16) -> bool {
    known != seen && known != 0 && seen != 0
}

/// The attributes that a browser blurs together to prevent tracking.
const BLURRED: [Attribute; 6] = [
    Attribute::CanvasGeometry,
    Attribute::CanvasText,
    Attribute::Audio,
    Attribute::Plugins,
    Attribute::HardwareConcurrency,
    Attribute::DeviceMemory,
];

/// Whether drawing, sound and plugins have all changed while the graphics device and the fonts have not. A browser that
/// blurs what scripts measure looks like that (Brave, which seldom gives its name); another machine does not.
fn is_blurred(known: &Traits, seen: &Traits) -> bool {
    let changed = |attribute| differ(known.attributes.get(attribute), seen.attributes.get(attribute));
    changed(Attribute::CanvasGeometry)
        && changed(Attribute::Audio)
        && changed(Attribute::Plugins)
        && !changed(Attribute::GpuRenderer)
        && !changed(Attribute::Fonts)
}

/// What the blurred attributes have added to the sum.
fn blurred_bits(known: &Traits, seen: &Traits, weights: &Weights) -> i32 {
    if !is_blurred(known, seen) {
        return 0;
    }
    BLURRED.iter().map(|&attribute| i32::from(weights.of(attribute, agreement(known, seen, attribute)))).sum()
}

/// How one attribute of a login compares with a known device's.
#[must_use]
#[inline]
pub fn agreement(known: &Traits, seen: &Traits, attribute: Attribute) -> Agreement {
    let (was, is) = (known.attributes.get(attribute), seen.attributes.get(attribute));
    if was == 0 || is == 0 {
        Agreement::Absent
    } else if was == is {
        Agreement::Agreed
    } else {
        difference(known, seen, attribute)
    }
}

/// How an attribute that differs has changed: as one device does from itself, or as another one would.
fn difference(known: &Traits, seen: &Traits, attribute: Attribute) -> Agreement {
    let (was, is) = (known.attributes.get(attribute), seen.attributes.get(attribute));
    let risen = VERSIONS.contains(&attribute) && was < is;
    let close = sets(known, seen).iter().any(|(it, was, is)| *it == attribute && was.is_close(*is));
    if risen || close || known.earlier.has(attribute, is) { Agreement::Similar } else { Agreement::Changed }
}

/// The evidence, in hundredths of a bit, if a login leaves out what the known device has always told: which browser it
/// is, or everything that a script measures.
#[must_use]
pub fn untold_bits(known: &Traits, seen: &Traits) -> i16 {
    let family = known.browser != Browser::Unknown && seen.browser == Browser::Unknown;
    let script = known.scripted && !seen.scripted;
    match (family, script) {
        (true, _) => weights::FAMILY_UNTOLD,
        (false, true) => weights::SCRIPT_UNTOLD,
        (false, false) => 0,
    }
}

/// The smallest part of the network that agrees with the device's last one, or with any of the user's.
fn network_bits(known: &Traits, query: &Query<'_>, weights: &NetworkWeights) -> Finding {
    let (was, is) = (&known.network, &query.seen.network);
    let of_device = if was.address == is.address && is.address != 0 {
        weights.address
    } else if was.prefix == is.prefix && is.prefix != 0 {
        weights.prefix
    } else if was.origin.asn == is.origin.asn && is.origin.asn.is_some() {
        weights.system
    } else if was.origin.country == is.origin.country && is.origin.country.is_some() {
        weights.country
    } else {
        0
    };
    let of_user = match query.home {
        Home::Prefix => weights.user_prefix,
        Home::System => weights.user_system,
        Home::Unknown => 0,
    };
    match of_device.max(of_user) {
        0 if was.origin.country.is_none() || is.origin.country.is_none() => Finding::default(),
        0 if query.seen.scripted => Finding { agreement: Agreement::Changed, centibits: weights.changed },
        0 => Finding { agreement: Agreement::Changed, centibits: weights.changed_unscripted },
        agreed => Finding { agreement: Agreement::Agreed, centibits: agreed },
    }
}

/// The evidence for and against a device, attribute by attribute, for people to read. Not on the hot path.
#[must_use]
pub fn explain(device: &KnownDevice, query: &Query<'_>) -> Evidence {
    let (known, seen) = (&device.traits, query.seen);
    let scale = Scale::of(query);
    let weights = &scale.weights[Gap::between(device.last_seen, query.occurred_at) as usize];
    let blurred = is_blurred(known, seen);
    let finding = |attribute: Attribute| {
        let found = agreement(known, seen, attribute);
        // Blurred values are no evidence, so they are shown as if they were missing.
        let found = if blurred && BLURRED.contains(&attribute) { Agreement::Absent } else { found };
        Finding { agreement: found, centibits: weights.of(attribute, found) }
    };
    Evidence {
        closest: device.id,
        attributes: Attribute::ALL.map(finding),
        network: network_bits(known, query, scale.network),
        gate: gate(device, query),
    }
}

/// Whether both tell a time zone, and it is the same.
#[must_use]
pub fn same_time_zone(known: &Traits, seen: &Traits) -> bool {
    agreement(known, seen, Attribute::TimeZone) == Agreement::Agreed
}

/// The attributes that both tell and that differ.
#[must_use]
pub fn changed(known: &Traits, seen: &Traits) -> AttributeSet {
    let mut changed = AttributeSet::default();
    let blocks = known.attributes.0.as_chunks::<LANES>().0.iter().zip(seen.attributes.0.as_chunks::<LANES>().0);
    for ((known, seen), attributes) in blocks.zip(Attribute::ALL.as_chunks::<LANES>().0) {
        // Most blocks are the same as a whole.
        if known == seen {
            continue;
        }
        for lane in 0..LANES {
            if differ(known[lane], seen[lane]) {
                changed.insert(attributes[lane]);
            }
        }
    }
    changed
}
