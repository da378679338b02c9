//! Who was tried from where, and what came of it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::alert::AnsweredBy,
        inquiry::campaign::{Campaign, Common, Lasted, Link, Reach, Shared, Source, Target},
        place::Asn,
        privacy::note::Verdict,
    },
    wire::{alert::StatementBody, csv, examples, time},
};

/// What the logins that a search finds have in common: who was tried from where, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::inquiry::campaign::campaign)]
pub struct CampaignBody {
    /// How many logins there are.
    logins: u64,
    /// How many of them failed.
    failures: u64,
    /// How many succeeded.
    successes: u64,
    /// Whether there are more: the newest 10,000 were looked at, or the search took too long.
    pub at_least: bool,
    /// When the first happened.
    #[schema(required = true, format = DateTime)]
    first_at: Option<String>,
    /// When the last happened.
    #[schema(required = true, format = DateTime)]
    last_at: Option<String>,
    /// How many users it reached.
    users: ReachBody,
    /// How many sources there are.
    source_count: u64,
    /// Addresses, or the networks that are kept of them: those that tried the most users first, at most 50.
    sources: Vec<TriedSourceBody>,
    /// The users: those who were entered first, then those who were tried most; at most 200.
    targets: Vec<TargetBody>,
    /// Who of these was tried from where.
    links: Vec<LinkBody>,
    /// What the logins have in common: of network, country, browser, system, method and fingerprint the five most frequent values.
    shared: Vec<SharedBody>,
    /// How many logins there are in each hour of the day, UTC, from 0 to 23.
    #[schema(value_type = Vec<u64>, min_items = 24, max_items = 24)]
    hours: [u64; 24],
    /// The search in its canonical form, with absolute times. Only where the request has `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ip:216.160.83.0/24 since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z")]
    pub query: Option<String>,
}

/// How many users of each kind.
#[derive(Debug, Serialize, ToSchema)]
struct ReachBody {
    /// All who were tried.
    tried: u64,
    /// Those who were entered: a login succeeded.
    entered: u64,
    /// Those of them of whom it was the user: a colleague judged it `safe`, or the user confirmed it.
    cleared: u64,
    /// Those who were sent a mail about it.
    told: u64,
    /// Those whose warning was answered: it was not me. By them, or by somebody else for them, as by a verdict `compromised`.
    denied: u64,
    /// Those of them who said so themselves, by the mail. Answers from before that was kept are not among them.
    denied_themselves: u64,
    /// Those of whom a colleague judged a login compromised.
    compromised: u64,
}

/// Where logins came from.
#[derive(Debug, Serialize, ToSchema)]
struct TriedSourceBody {
    /// The address, or the network that is kept of it.
    #[schema(example = "216.160.83.56")]
    address: String,
    /// ISO 3166-1, two letters.
    #[schema(required = true)]
    country: Option<String>,
    /// Autonomous system number.
    #[schema(required = true)]
    asn: Option<u32>,
    /// How many logins failed.
    failures: u64,
    /// How many succeeded.
    successes: u64,
    /// How many users were tried.
    users: u64,
    /// How many of them were entered.
    entered: u64,
    /// When the first happened.
    #[schema(required = true, format = DateTime)]
    first_at: Option<String>,
    /// When the last happened.
    #[schema(required = true, format = DateTime)]
    last_at: Option<String>,
}

/// A user who was tried.
#[derive(Debug, Serialize, ToSchema)]
struct TargetBody {
    /// The account.
    user_id: String,
    /// How many logins failed.
    failures: u64,
    /// How many succeeded.
    successes: u64,
    /// From how many sources.
    sources: u64,
    /// When the first happened.
    #[schema(required = true, format = DateTime)]
    first_at: Option<String>,
    /// When the last happened.
    #[schema(required = true, format = DateTime)]
    last_at: Option<String>,
    /// When a login first succeeded.
    #[schema(required = true, format = DateTime)]
    entered_at: Option<String>,
    /// Whether a login raised a warning.
    warned: bool,
    /// Whether a mail about one was sent.
    told: bool,
    /// What the warning was answered: `none`, `confirmed`, `denied`.
    answer: &'static str,
    /// Who gave that answer, as an alert says it; null without one, and for answers from before that was kept.
    #[schema(required = true)]
    answered_by: Option<&'static str>,
    /// What the user answered, and what a colleague has; of several warnings a denial counts more than a confirmation.
    answers: Vec<StatementBody>,
    /// What colleagues have decided: `safe`, `compromised`, `unsure`; null if nothing.
    #[schema(required = true)]
    verdict: Option<&'static str>,
}

/// Logins of one user from one source.
#[derive(Debug, Serialize, ToSchema)]
struct LinkBody {
    /// The index of the source.
    source: usize,
    /// The index of the user among the targets.
    target: usize,
    /// How many failed.
    failures: u64,
    /// How many succeeded.
    successes: u64,
}

/// Something that logins have in common.
#[derive(Debug, Serialize, ToSchema)]
struct SharedBody {
    /// `asn`, `country`, `browser`, `os`, `method` or `fingerprint`.
    #[schema(example = "asn")]
    by: &'static str,
    /// The value, as a search has it.
    #[schema(example = "209")]
    value: String,
    /// The operator of the network; null for anything else, and if it is not known.
    #[schema(required = true)]
    name: Option<String>,
    /// How many logins have it.
    logins: u64,
    /// How many users.
    users: u64,
}

impl CampaignBody {
    /// A campaign as it is shown.
    #[must_use]
    pub fn new(campaign: &Campaign) -> Self {
        let (first_at, last_at) = times(campaign.lasted);
        Self {
            logins: campaign.tries.failures + campaign.tries.successes,
            failures: campaign.tries.failures,
            successes: campaign.tries.successes,
            at_least: false,
            first_at,
            last_at,
            users: ReachBody::new(campaign.reach),
            source_count: campaign.source_count,
            sources: campaign.sources.iter().map(TriedSourceBody::new).collect(),
            targets: campaign.users.iter().map(TargetBody::new).collect(),
            links: campaign.links.iter().map(LinkBody::new).collect(),
            shared: campaign.shared.iter().map(SharedBody::new).collect(),
            hours: campaign.hours,
            query: None,
        }
    }
}

/// The users of a campaign as a table: who was tried, entered and told, and who must do something about it.
#[must_use]
pub fn table(campaign: &Campaign) -> Vec<u8> {
    let rows = campaign.users.iter().map(|it| TargetBody::new(it).row());
    csv::lines(std::iter::once(COLUMNS.map(str::to_owned)).chain(rows))
}

/// The names of its columns: those of the users in [`CampaignBody`].
const COLUMNS: [&str; 13] = [
    "user_id",
    "failures",
    "successes",
    "sources",
    "first_at",
    "last_at",
    "entered_at",
    "warned",
    "told",
    "answer",
    "verdict",
    "answered_by",
    "answers",
];

fn times(lasted: Option<Lasted>) -> (Option<String>, Option<String>) {
    (lasted.map(|it| time::to_text(it.first)), lasted.map(|it| time::to_text(it.last)))
}

impl ReachBody {
    const fn new(it: Reach) -> Self {
        let Reach { tried, entered, cleared, told, denied, denied_themselves, compromised } = it;
        Self { tried, entered, cleared, told, denied, denied_themselves, compromised }
    }
}

impl TriedSourceBody {
    fn new(source: &Source) -> Self {
        let (first_at, last_at) = times(source.lasted);
        Self {
            address: source.address.clone(),
            country: source.country.map(|it| it.as_str().to_owned()),
            asn: source.asn.map(Asn::get),
            failures: source.tries.failures,
            successes: source.tries.successes,
            users: source.users,
            entered: source.entered,
            first_at,
            last_at,
        }
    }
}

impl TargetBody {
    fn new(target: &Target) -> Self {
        let (first_at, last_at) = times(target.lasted);
        Self {
            user_id: target.user.as_str().to_owned(),
            failures: target.tries.failures,
            successes: target.tries.successes,
            sources: target.sources,
            first_at,
            last_at,
            entered_at: target.entered_at.map(time::to_text),
            warned: target.warned,
            told: target.told,
            answer: target.answer.as_str(),
            answered_by: target.answered_by.map(AnsweredBy::as_str),
            answers: StatementBody::all(&target.statements),
            verdict: target.verdict.map(Verdict::as_str),
        }
    }

    fn row(self) -> [String; COLUMNS.len()] {
        [
            csv::text(Some(&self.user_id)),
            self.failures.to_string(),
            self.successes.to_string(),
            self.sources.to_string(),
            self.first_at.unwrap_or_default(),
            self.last_at.unwrap_or_default(),
            self.entered_at.unwrap_or_default(),
            self.warned.to_string(),
            self.told.to_string(),
            self.answer.to_owned(),
            self.verdict.unwrap_or_default().to_owned(),
            self.answered_by.unwrap_or_default().to_owned(),
            self.answers.iter().map(StatementBody::brief).collect::<Vec<_>>().join("; "),
        ]
    }
}

impl LinkBody {
    const fn new(Link { source, user, tries }: &Link) -> Self {
        Self { source: *source, target: *user, failures: tries.failures, successes: tries.successes }
    }
}

impl SharedBody {
    fn new(shared: &Shared) -> Self {
        let name = match &shared.value {
            Common::Network(_, name) if !name.is_empty() => Some(name.clone()),
            _ => None,
        };
        Self {
            by: shared.value.kind().as_str(),
            value: shared.value.sought().text(),
            name,
            logins: shared.logins,
            users: shared.users,
        }
    }
}
