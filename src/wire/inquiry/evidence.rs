//! One login with the evidence behind its verdict.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        browser::attributes::Attribute,
        history::{login_record::LoginRecord, session::Session},
        privacy::note::Note,
        recognition::verdict::{Agreement, Evidence, Finding, Gate},
    },
    wire::{examples, inquiry::note::NoteBody, login::PastLoginBody, session::SessionBody},
};

/// A login, with the reasons for its verdict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::login_detail)]
pub struct LoginDetail {
    /// The login.
    #[serde(flatten)]
    login: PastLoginBody,
    /// The version of the policy that judged it; null for logins from before policies had versions.
    #[schema(required = true)]
    policy: Option<String>,
    /// Its session; null if the login named none.
    #[schema(required = true)]
    session: Option<SessionBody>,
    /// The evidence for and against the closest known device; null if there was none.
    #[schema(required = true)]
    evidence: Option<EvidenceBody>,
    /// The latest verdict that somebody has given on it; null if nobody has. Earlier ones are among its notes.
    #[schema(required = true)]
    verdict: Option<NoteBody>,
}

impl LoginDetail {
    /// A login with everything that is shown of it.
    #[must_use]
    pub fn new(record: &LoginRecord, session: Option<&Session>, verdict: Option<&Note>) -> Self {
        let session = record.session_id.as_deref().zip(session).map(|(id, it)| SessionBody::new(id, it));
        let evidence = record.evidence.as_ref().map(EvidenceBody::new);
        let policy = record.policy.map(|it| it.to_string());
        Self { login: PastLoginBody::new(record), policy, session, evidence, verdict: verdict.map(NoteBody::new) }
    }
}

/// The evidence for and against the closest known device. Bits are logarithms of odds: one bit doubles them.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceBody {
    /// The closest known device.
    closest_device: String,
    /// Why it cannot be that device, whatever else agrees: `other_browser`, `other_operating_system`,
    /// `older_browser_version`.
    #[schema(required = true)]
    gate: Option<&'static str>,
    /// The finding about the network.
    network: FindingBody,
    /// The findings about each attribute.
    attributes: Vec<AttributeBody>,
}

impl EvidenceBody {
    /// The evidence as it is shown.
    #[must_use]
    pub fn new(evidence: &Evidence) -> Self {
        let attributes = Attribute::ALL.into_iter().zip(&evidence.attributes);
        let attributes = attributes.map(|(attribute, finding)| AttributeBody {
            name: attribute.name(),
            words: attribute.words(),
            finding: FindingBody::new(attribute.words(), *finding),
        });
        Self {
            closest_device: evidence.closest.to_string(),
            gate: evidence.gate.map(Gate::as_str),
            network: FindingBody::new("network", evidence.network),
            attributes: attributes.collect(),
        }
    }
}

/// One attribute's part in the verdict.
#[derive(Debug, Serialize, ToSchema)]
struct AttributeBody {
    /// The attribute's id.
    #[schema(example = "screen_resolution")]
    name: &'static str,
    /// Its name in a sentence.
    #[schema(example = "screen resolution")]
    words: &'static str,
    /// How it compares.
    #[serde(flatten)]
    finding: FindingBody,
}

/// How something compares, and how much that counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingBody {
    /// `agreed`; `changed`; `similar` if it differs as one device may differ from itself; or `absent` if one of the two
    /// does not tell.
    result: &'static str,
    /// Positive is evidence for the same device.
    bits: f64,
    /// The same in a sentence.
    #[schema(example = "the same graphics renderer: 32 times as likely of the same device as of another")]
    explanation: String,
}

impl FindingBody {
    /// A finding about what these words name.
    #[must_use]
    pub fn new(words: &str, finding: Finding) -> Self {
        let bits = f64::from(finding.centibits) / 100.0;
        let result = match finding.agreement {
            Agreement::Absent => "absent",
            Agreement::Agreed => "agreed",
            Agreement::Similar => "similar",
            Agreement::Changed => "changed",
        };
        let found = match finding.agreement {
            Agreement::Absent => return Self { result, bits, explanation: format!("{words} not told: says nothing") },
            Agreement::Agreed => format!("the same {words}"),
            Agreement::Similar => format!("another {words}, as a device has that changes by itself"),
            Agreement::Changed => format!("another {words}"),
        };
        let odds = bits.abs().exp2();
        let digits = usize::from(odds < 10.0);
        let explanation = match finding.centibits.signum() {
            1 => format!("{found}: {odds:.digits$} times as likely of the same device as of another"),
            -1 => format!("{found}: {odds:.digits$} times as likely of another device as of the same"),
            _ => format!("{found}: as likely of any device"),
        };
        Self { result, bits, explanation }
    }

    /// The finding in a sentence.
    #[must_use]
    pub fn explanation(&self) -> &str {
        &self.explanation
    }
}
