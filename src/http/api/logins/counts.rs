//! `/v1/logins/counts`: how many logins a search finds, by what they have in common.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use jiff::tz::TimeZone;

use crate::{
    domain::{
        privacy::audit::Subject,
        search::clear::counts::{By, Cell, Grouping, Step, Top},
    },
    http::{
        api::logins::export::{Accepted, Format, table},
        door::{
            argument::Argument,
            audited::Note,
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::{Listed, Searched},
            problem::Kind,
            query::{LoginParameters, Parameters, PeriodParameters},
            state::State,
        },
    },
    wire::{
        examples,
        history::counts::{CountBody, CountList},
        time,
    },
};

/// How many values are told if the caller does not say.
const DEFAULT_TOP: usize = 10;
/// How many values are told at most.
const MAX_TOP: usize = 1_000;
/// How many counts one answer has at most.
const MAX_CELLS: usize = 50_000;

/// What is to be counted, and how.
pub struct Counted {
    searched: Searched,
    grouping: Grouping,
    top: usize,
}

impl Counted {
    fn of(request: &HttpRequest) -> Result<Self, Fault> {
        let mut parameters = Parameters::of(request)?;
        let (by, and_by) = by(&mut parameters)?;
        let has_time = by == By::Time || and_by == Some(By::Time);
        let step = parameters.read("step", "must be `15m`, `1h` or `1d`", Step::parse)?;
        if step.is_some() && !has_time {
            return Err(Fault::parameter("step", "goes with `by=time` only"));
        }
        let zone = parameters.read("tz", "must be the name of a time zone, such as Europe/Berlin", zone)?;
        let top = |text: &str| text.parse().ok().filter(|it| (1..=MAX_TOP).contains(it));
        let top = parameters.read("top", "must be a number from 1 to 1000", top)?.unwrap_or(DEFAULT_TOP);
        let searched = Searched::read(request, &mut parameters)?;
        parameters.finish()?;
        let note = Note::of(request);
        note.about(searched.user().cloned().map(Subject::user));
        note.query(request.query_string());
        let (step, zone) = (step.unwrap_or(Step::Day), zone.unwrap_or(TimeZone::UTC));
        Ok(Self { searched, grouping: Grouping { by, and_by, step, zone }, top })
    }
}

impl FromRequest for Counted {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Argument for Counted {
    const FAILURES: &'static [Kind] = &[Kind::InvalidParameter];
}

/// What is counted by: one name, or two of which not both are the same.
fn by(parameters: &mut Parameters) -> Result<(By, Option<By>), Fault> {
    let names = By::ALL.map(|it| format!("`{}`", it.as_str())).join(", ");
    let refused =
        || Fault::parameter("by", &format!("must be one of {names}, or two different ones with a comma between them"));
    let text = parameters.take("by").ok_or_else(refused)?;
    match text.split_once(',') {
        None => Ok((By::parse(&text).ok_or_else(refused)?, None)),
        Some((first, second)) => {
            let pair = By::parse(first).zip(By::parse(second)).filter(|(first, second)| first != second);
            pair.map(|(first, second)| (first, Some(second))).ok_or_else(refused)
        }
    }
}

/// A time zone of the IANA database. The name is looked up there, and nowhere else.
fn zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" { Some(TimeZone::UTC) } else { TimeZone::get(name).ok() }
}

/// How many logins a search finds, by what they have in common: by when they happened, by the hour of the day, or by their
/// values; or by two of these. Logins of restricted persons are counted, because counts name nobody.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/counts", tag = "logins", operation_id = "countLogins",
    params(
        ("by" = String, Query, description = "What to count by: `time`, `hour`, `country`, `asn`, `browser`, `os`, `method`, `status`, `level`, `outcome` or `signal`; or two of these, such as `country,hour`", example = "country"),
        ("step" = Option<String>, Query, description = "With `time`: `15m`, `1h` or `1d`; a day if absent"),
        ("tz" = Option<String>, Query, description = "The time zone of hours and days, by its IANA name; UTC if absent", example = "Europe/Berlin"),
        ("top" = Option<u32>, Query, description = "How many values are told, the most frequent first, 1 to 1,000; 10 if absent", minimum = 1, maximum = 1000),
        ("q" = Option<String>, Query, max_length = 4096, description = "A search in the language of docs/search.md, together with the other parameters",
            example = "-status:recognized last:7d"),
        LoginParameters, PeriodParameters),
    responses(
        (status = 200, description = "Counts; with `Accept: text/csv` as a table",
            content((CountList = "application/json"), (String = "text/csv", example = json!(examples::counts::counts_table()))))))]
pub async fn counts(
    caller: Caller<LoginsRead>,
    counted: Counted,
    Accepted(format): Accepted,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    told(&caller, counted, format, &state).await
}

/// The same as data, whatever the caller accepts: what a page of the console shows.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn as_data(caller: Caller<LoginsRead>, counted: Counted, state: Data<State>) -> Result<HttpResponse, Fault> {
    told(&caller, counted, None, &state).await
}

/// The same as a table, whatever the caller accepts.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names.
pub async fn as_table(caller: Caller<LoginsRead>, counted: Counted, state: Data<State>) -> Result<HttpResponse, Fault> {
    told(&caller, counted, Some(Format::Csv), &state).await
}

async fn told(
    caller: &Caller<LoginsRead>,
    counted: Counted,
    format: Option<Format>,
    state: &State,
) -> Result<HttpResponse, Fault> {
    let Counted { searched, grouping, top } = counted;
    if let Some(user) = searched.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let now = state.clock.now();
    let found = state.history.count(&caller.tenant, &searched.query, &grouping).await?;
    let logins = found.table.logins;
    let Top { cells, other } = found.table.top(&grouping, top);
    if cells.len() > MAX_CELLS {
        return Err(Fault::parameter(
            "step",
            "must be longer, or the search about a shorter time: there are too many counts",
        ));
    }
    let list = CountList {
        data: cells.iter().map(|it| body(it, &grouping)).collect(),
        other,
        logins,
        at_least: !found.is_exact,
        counted_to: time::to_text(now),
        query: searched.by_language.then(|| searched.query.to_string()),
    };
    if format != Some(Format::Csv) {
        return Ok(HttpResponse::Ok().json(list));
    }
    let names: Vec<&str> = [Some(grouping.by), grouping.and_by].into_iter().flatten().map(By::as_str).collect();
    Ok(table("counts").body(list.table(&names)))
}

fn body(cell: &Cell, grouping: &Grouping) -> CountBody {
    let value = cell.group.text(grouping.by);
    let logins = cell.logins;
    match cell.and.as_ref().zip(grouping.and_by) {
        None => CountBody { value: Some(value), values: None, logins },
        Some((and, by)) => CountBody { value: None, values: Some([value, and.text(by)]), logins },
    }
}
