//! `/v1/logins/campaign`: what the logins that a search finds have in common.

use actix_web::{HttpResponse, web::Data};
use jiff::tz::TimeZone;

use crate::{
    domain::{ids::UserId, search::query::Query},
    http::{
        api::logins::export::{self, Accepted, Format},
        door::{
            caller::{Caller, LoginsRead},
            fault::Fault,
            page::{Listed, Whole, named_once},
            query::{LoginParameters, PeriodParameters},
            state::State,
        },
    },
    service::inquiry::campaign::Gathered,
    wire::{
        examples,
        inquiry::campaign::{self, CampaignBody},
    },
};

/// Who was tried from where, who was entered, who was told, and what the logins that a search finds have in common. The newest
/// 10,000 are looked at. Each user who is named is in the audit; logins of restricted persons are left out.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/campaign", tag = "logins", operation_id = "gatherCampaign",
    params(
        ("q" = Option<String>, Query, max_length = 4096, description = "A search in the language of docs/search.md, together with the other parameters",
            example = "ip:216.160.83.0/24 last:7d"),
        LoginParameters, PeriodParameters),
    responses(
        (status = 200, description = "The campaign; with `Accept: text/csv` its users as a table",
            content((CampaignBody = "application/json"), (String = "text/csv", example = json!(examples::inquiry::campaign::campaign_table()))))))]
pub async fn gather(
    caller: Caller<LoginsRead>,
    Whole(searched): Whole,
    Accepted(format): Accepted,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let gathered = gathered(&caller, (&searched.query, searched.user()), &TimeZone::UTC, &state).await?;
    Ok(match format {
        Some(Format::Csv) => as_table(&gathered),
        Some(Format::Ndjson) | None => as_data(&gathered, searched.canonical()),
    })
}

/// The campaign of what a query finds, which may be about one user, by the clock of a zone. The audit is told whom it names.
///
/// # Errors
/// 423 where that user is restricted, 503 when the store does not answer.
pub async fn gathered<S>(
    caller: &Caller<S>,
    (query, user): (&Query, Option<&UserId>),
    zone: &TimeZone,
    state: &State,
) -> Result<Gathered, Fault> {
    if let Some(user) = user {
        caller.concerns(user);
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let gathered = state.inquiries.campaign(&state.history, &caller.tenant, (query, zone)).await?;
    let named = gathered.campaign.users.iter().map(|it| &it.user);
    caller.names(&named_once(named.filter(|it| user != Some(*it))));
    Ok(gathered)
}

/// The campaign as data.
#[must_use]
pub fn as_data(gathered: &Gathered, query: Option<String>) -> HttpResponse {
    let mut body = CampaignBody::new(&gathered.campaign);
    body.at_least = gathered.at_least;
    body.query = query;
    HttpResponse::Ok().json(body)
}

/// Its users as a table.
#[must_use]
pub fn as_table(gathered: &Gathered) -> HttpResponse {
    export::table("campaign").body(campaign::table(&gathered.campaign))
}
