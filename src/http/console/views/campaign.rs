//! `/console/campaign`: who was tried from where, who was entered, and what the logins of a search have in common.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use jiff::tz::TimeZone;

use crate::{
    domain::{
        alert::alert::Answer,
        inquiry::campaign::{Campaign, Common, Shared, Source, Target, Trait},
        privacy::note::Verdict,
        search::{query::Query, reading::network, value::Value},
    },
    http::{
        api::logins::campaign::{as_data, as_table, gathered},
        console::{
            assets::Assets,
            frame::{Elsewhere, Frame},
            page::{filters, page},
            parts::{
                facets::{Names, name_of},
                linked::Linked,
                matrix::Matrix,
                rows::Moment,
                view::{SEARCH, View},
            },
            views::{rehearse::REHEARSE, search::amiss},
        },
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            state::State,
        },
    },
    service::inquiry::campaign::{Gathered, MAX_GATHERED},
    words::inquiry::aftermath::answered_briefly,
};

/// Where it is.
pub const CAMPAIGN: &str = "/console/campaign";

/// The page.
#[derive(Template)]
#[template(path = "console/views/campaign.html")]
struct CampaignPage {
    assets: Assets,
    frame: Frame,
    campaign: Campaign,
    at_least: bool,
    most: usize,
    first: Option<Moment>,
    last: Option<Moment>,
    users: Vec<TargetRow>,
    sources: Vec<SourceRow>,
    shared: Vec<SharedGroup>,
    matrix: Matrix,
    hours: Vec<Hour>,
    links: Vec<(&'static str, String)>,
}

struct TargetRow {
    user: Linked,
    target: Target,
    entered: Option<Moment>,
    last: Option<Moment>,
    answer: String,
    verdict: Option<&'static str>,
    must_reset: bool,
}

struct SourceRow {
    address: Linked,
    country: Option<Linked>,
    source: Source,
    first: Option<Moment>,
    last: Option<Moment>,
}

/// The most frequent values of one thing.
struct SharedGroup {
    title: &'static str,
    rows: Vec<(Linked, Shared, u64)>,
}

/// An hour of the day, as a bar.
struct Hour {
    number: usize,
    logins: u64,
    height: u64,
}

/// Shows what the logins of a search have in common.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; a search that cannot be read is a page that says so.
pub async fn show(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let view = view.staying();
    let query = match view.asked() {
        Ok(query) => query,
        Err(fault) => return amiss(view, fault),
    };
    let gathered = gathered(&caller, (&query, view.user()), &view.range.zone.zone, &state).await?;
    page(StatusCode::OK, &CampaignPage::new(&view, &query, gathered))
}

/// The same as data.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn json(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let query = view.asked().map_err(|fault| Fault::query("q", fault))?;
    let gathered = gathered(&caller, (&query, view.user()), &TimeZone::UTC, &state).await?;
    Ok(as_data(&gathered, Some(query.to_string())))
}

/// Its users as a table.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn csv(caller: Caller<LoginsRead>, view: View, state: Data<State>) -> Result<HttpResponse, Fault> {
    let query = view.asked().map_err(|fault| Fault::query("q", fault))?;
    Ok(as_table(&gathered(&caller, (&query, view.user()), &TimeZone::UTC, &state).await?))
}

impl CampaignPage {
    /// Whether a verdict was given on anybody.
    fn has_verdicts(&self) -> bool {
        self.users.iter().any(|it| it.verdict.is_some())
    }

    fn new(view: &View, query: &Query, gathered: Gathered) -> Self {
        let Gathered { campaign, at_least } = gathered;
        let moment = |at| Moment::new(view, at);
        let most = campaign.hours.iter().copied().max().unwrap_or_default().max(1);
        let hour =
            |(number, logins): (usize, &u64)| Hour { number, logins: *logins, height: (logins * 40).div_ceil(most) };
        Self {
            assets: Assets,
            first: campaign.lasted.map(|it| moment(it.first)),
            last: campaign.lasted.map(|it| moment(it.last)),
            users: campaign.users.iter().map(|it| TargetRow::new(view, it)).collect(),
            sources: campaign.sources.iter().map(|it| SourceRow::new(view, it)).collect(),
            shared: shared(view, &campaign),
            matrix: Matrix::new(&campaign),
            hours: campaign.hours.iter().enumerate().map(hour).collect(),
            links: vec![
                ("All logins", view.search(&view.q)),
                ("Rehearse a change over them", view.href(REHEARSE, &[("q", &view.q)])),
                ("The logins as CSV", as_csv(view, query)),
                ("Pick logins for a case", view.href("/console/case", &[("q", &view.q)])),
            ],
            frame: Frame::new(view.clone(), SEARCH).with(elsewhere(view, query)),
            campaign,
            at_least,
            most: MAX_GATHERED,
        }
    }
}

/// The evidence as a table.
fn as_csv(view: &View, query: &Query) -> String {
    Elsewhere::new(view, SEARCH, "/v1/logins", &[("q", &query.to_string())], true).csv.unwrap_or_default()
}

fn elsewhere(view: &View, query: &Query) -> Elsewhere {
    Elsewhere::new(view, CAMPAIGN, "/v1/logins/campaign", &[("q", &query.to_string())], true)
}

impl TargetRow {
    fn new(view: &View, target: &Target) -> Self {
        Self {
            user: Linked::plain(view, Value::User(target.user.clone())),
            entered: target.entered_at.map(|it| Moment::new(view, it)),
            last: target.lasted.map(|it| Moment::new(view, it.last)),
            answer: match (target.told, target.answer) {
                (_, Answer::Denied | Answer::Confirmed) => answered_briefly(&target.statements),
                (true, Answer::None) => "mailed, no answer".to_owned(),
                (false, Answer::None) if target.warned => "not mailed yet".to_owned(),
                (false, Answer::None) => "none".to_owned(),
            },
            verdict: target.verdict.map(Verdict::as_str),
            must_reset: target.must_reset(),
            target: target.clone(),
        }
    }
}

impl SourceRow {
    fn new(view: &View, source: &Source) -> Self {
        let address = match network(&source.address) {
            Some(network) => Linked::new(view, Value::Address(network), source.address.clone()),
            None => Linked::nowhere(source.address.clone()),
        };
        let country = source.country.map(Value::Country);
        Self {
            address,
            country: country.map(|it| {
                let name = name_of(&it, &Names::default());
                Linked::new(view, it, name)
            }),
            first: source.lasted.map(|it| Moment::new(view, it.first)),
            last: source.lasted.map(|it| Moment::new(view, it.last)),
            source: source.clone(),
        }
    }
}

fn shared(view: &View, campaign: &Campaign) -> Vec<SharedGroup> {
    let logins = (campaign.tries.failures + campaign.tries.successes).max(1);
    let groups = campaign.shared.chunk_by(|a, b| a.value.kind() == b.value.kind());
    let row =
        |it: &Shared| (Linked::new(view, it.value.sought(), name(&it.value)), it.clone(), it.logins * 100 / logins);
    groups.map(|it| SharedGroup { title: title(it[0].value.kind()), rows: it.iter().map(row).collect() }).collect()
}

const fn title(kind: Trait) -> &'static str {
    match kind {
        Trait::Network => "Network",
        Trait::Country => "Country",
        Trait::Browser => "Browser",
        Trait::System => "System",
        Trait::Method => "Method",
        Trait::Fingerprint => "Fingerprint",
    }
}

fn name(value: &Common) -> String {
    match value {
        Common::Network(asn, name) if !name.is_empty() => format!("{name} (AS{})", asn.get()),
        Common::Fingerprint(fingerprint) => fingerprint.to_string().chars().take(15).chain(['…']).collect(),
        other => name_of(&other.sought(), &Names::default()),
    }
}
