//! `/v1/logins/campaign`: what the logins that a search finds have in common.

use actix_web::{HttpResponse, web::Data};

use crate::{
    http::door::{
        caller::{Caller, LoginsRead},
        fault::Fault,
        page::{Listed, Whole},
        query::{LoginParameters, PeriodParameters},
        state::State,
    },
    service::inquiry::campaign::Gathered,
    wire::inquiry::campaign::CampaignBody,
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
    responses((status = 200, description = "The campaign", body = CampaignBody)))]
pub async fn gather(
    caller: Caller<LoginsRead>,
    Whole(searched): Whole,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    if let Some(user) = searched.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let gathered = state.inquiries.campaign(&state.history, &caller.tenant, &searched.query).await?;
    caller.names(&searched.others(gathered.campaign.users.iter().map(|it| &it.user)));
    Ok(HttpResponse::Ok().json(body(&gathered, searched.canonical())))
}

/// The campaign as it is answered.
#[must_use]
pub fn body(gathered: &Gathered, query: Option<String>) -> CampaignBody {
    let mut body = CampaignBody::new(&gathered.campaign);
    body.at_least = gathered.at_least;
    body.query = query;
    body
}
