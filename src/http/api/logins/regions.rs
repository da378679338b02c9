//! `/v1/regions`: from where users sign in.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::time::{DAY_MS, Timestamp},
    http::door::{
        caller::{Caller, LoginsRead},
        fault::Fault,
        query::{Period, Query},
        state::State,
    },
    service::history::regions::{Cell, Tally},
    wire::{examples, time},
};

/// The time that is counted if none is given.
const DEFAULT_MS: i64 = 30 * DAY_MS;
/// The longest time that can be asked for.
const MAX_MS: i64 = 92 * DAY_MS;

/// Successful logins by day, country and region.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::regions)]
pub struct RegionList {
    /// By day, the earliest first, then by country and region.
    data: Vec<RegionBody>,
    /// Whether every login of the time is counted. One answer counts the latest 200,000 successful logins among at most
    /// a million. For those before, ask again with `counted_from` as `to`.
    complete: bool,
    /// The time from which on every login is counted.
    #[schema(format = DateTime)]
    counted_from: String,
}

/// A region on a day in UTC.
#[derive(Debug, Serialize, ToSchema)]
struct RegionBody {
    /// The day.
    #[schema(example = "2026-11-22")]
    date: String,
    /// Two letters; null if there is no place.
    #[schema(required = true)]
    country: Option<String>,
    /// Its English name.
    #[schema(required = true)]
    country_name: Option<String>,
    /// The region's English name; null if it is not known.
    #[schema(required = true)]
    region: Option<String>,
    /// Successful logins.
    logins: u64,
    /// How many different users signed in.
    users: usize,
    /// Logins from devices that were new to their users.
    new_devices: u64,
}

impl RegionBody {
    fn new(Cell { day, country, region }: Cell, tally: Tally) -> Self {
        let users = tally.users();
        let Tally { country_name, logins, new_devices, .. } = tally;
        let date = time::to_text(day).chars().take_while(|letter| *letter != 'T').collect();
        Self {
            date,
            country: country.map(|country| country.as_str().to_owned()),
            country_name,
            region,
            logins,
            users,
            new_devices,
        }
    }
}

/// From where users sign in: successful logins, users and new devices by day, country and region.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/regions", tag = "logins", operation_id = "countRegions",
    params(
        ("from" = Option<String>, Query, description = "At this time or later; 30 days before `to` if absent", format = DateTime),
        ("to" = Option<String>, Query, description = "Before this time, at most 92 days after `from`; now if absent", format = DateTime)),
    responses(
        (status = 200, description = "Counts", body = RegionList)))]
pub async fn list(
    caller: Caller<LoginsRead>,
    Query(Period { from, to }): Query<Period>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let to = to.unwrap_or_else(|| state.clock.now().plus_ms(1));
    let from: Timestamp = from.unwrap_or_else(|| to.plus_ms(-DEFAULT_MS));
    if !(0..=MAX_MS).contains(&to.ms_since(from)) {
        return Err(Fault::parameter("from", "must be at most 92 days before `to`, and not after it"));
    }
    let found = state.history.regions(&caller.tenant, from, to).await?;
    let counted_from = found.complete_from.unwrap_or(from);
    let data = found.cells.into_iter().map(|(cell, tally)| RegionBody::new(cell, tally)).collect();
    Ok(HttpResponse::Ok().json(RegionList {
        data,
        complete: counted_from == from,
        counted_from: time::to_text(counted_from),
    }))
}
