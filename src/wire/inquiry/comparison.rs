//! Two logins, attribute by attribute.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        inquiry::{
            comparison::{Compared, Comparison, Weighed, Which},
            naming::Named,
        },
        recognition::verdict::Gate,
    },
    wire::{examples, inquiry::evidence::FindingBody},
    words::inquiry::comparison::meaning,
};

/// Two logins, compared: the earlier one with the later one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::explanation::comparison)]
pub struct ComparisonBody {
    /// The earlier login.
    earlier: ComparedLogin,
    /// The later login.
    later: ComparedLogin,
    /// The time between them.
    apart_s: i64,
    /// Whether both were taken for one device of one user when they happened.
    same_device: bool,
    /// Whether their fingerprints are the same.
    same_fingerprint: bool,
    /// What it means, in English.
    sentences: Vec<String>,
    /// What the matcher makes of them; null if of one of them no browser is kept: it is from before browsers were kept, or says
    /// nothing of its browser. Then only what its record says is compared.
    #[schema(required = true)]
    verdict: Option<WeighedBody>,
    /// Each attribute that is compared.
    attributes: Vec<ComparedBody>,
}

/// A login that is compared.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedLogin {
    /// The login.
    id: String,
    /// Its user.
    user_id: String,
    /// Its browser and system.
    #[schema(example = "Chrome 142 on Windows 11")]
    name: String,
}

/// What the matcher makes of two browsers.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeighedBody {
    /// The sum of the evidence. Positive is evidence for one browser; a bit doubles the odds.
    bits: f64,
    /// The probability that they are one browser.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    /// Why they cannot be one browser, whatever else agrees: `other_browser`, `other_operating_system`, `older_browser_version`.
    #[schema(required = true)]
    gate: Option<&'static str>,
    /// Whether browsers of this kind look alike, so that agreement says little.
    looks_alike: bool,
    /// The finding about the network.
    network: FindingBody,
}

/// How an attribute compares.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedBody {
    /// The attribute's id.
    #[schema(example = "screen_resolution")]
    name: &'static str,
    /// Its name in a sentence.
    #[schema(example = "screen resolution")]
    words: &'static str,
    /// How it compares.
    #[serde(flatten)]
    finding: FindingBody,
    /// What it was in the earlier login; null if it is of no closed list, or not told.
    #[schema(required = true)]
    from: Option<NamedBody>,
    /// What it was in the later one.
    #[schema(required = true)]
    to: Option<NamedBody>,
}

/// The name of a value.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedBody {
    /// The name.
    #[schema(example = "1920×1080")]
    value: String,
    /// Whether it was found in a closed list by a short hash, and so may be another that is in none.
    probable: bool,
}

impl ComparisonBody {
    /// The comparison as it is shown.
    #[must_use]
    pub fn new(compared: &Comparison) -> Self {
        let login = |it: &Which| ComparedLogin {
            id: it.id.to_string(),
            user_id: it.user.as_str().to_owned(),
            name: it.agent.name(),
        };
        Self {
            earlier: login(&compared.earlier),
            later: login(&compared.later),
            apart_s: compared.apart_ms / 1_000,
            same_device: compared.same_device,
            same_fingerprint: compared.same_fingerprint,
            sentences: meaning(compared),
            verdict: compared.weighed.as_ref().map(WeighedBody::new),
            attributes: compared.attributes.iter().map(ComparedBody::new).collect(),
        }
    }
}

impl WeighedBody {
    fn new(weighed: &Weighed) -> Self {
        Self {
            bits: f64::from(weighed.centibits) / 100.0,
            score: (weighed.probability * 10_000.0).round() / 10_000.0,
            gate: weighed.gate.map(Gate::as_str),
            looks_alike: weighed.looks_alike,
            network: FindingBody::new("network", weighed.network),
        }
    }
}

impl ComparedBody {
    fn new(compared: &Compared) -> Self {
        let named = |it: &Named| NamedBody { value: it.text.clone(), probable: it.is_probable };
        Self {
            name: compared.attribute.name(),
            words: compared.attribute.words(),
            finding: FindingBody::new(compared.attribute.words(), compared.finding),
            from: compared.from.as_ref().map(named),
            to: compared.to.as_ref().map(named),
        }
    }
}
