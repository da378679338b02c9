//! `/v1/policy/rehearsal`: what a change of policy would have done.

use actix_web::{HttpResponse, web::Data};

use crate::{
    http::door::{
        body::Json,
        caller::{Caller, LoginsRead},
        fault::Fault,
        page::{Listed, Whole},
        query::{LoginParameters, PeriodParameters},
        state::State,
    },
    service::inquiry::rehearsal::{Asked, Outcome},
    wire::{examples, inquiry::rehearsal::RehearsalBody, policy::PolicyBody},
};

/// What a change of the tenant's policy would have done to the logins that a search finds: which mails would not have been sent,
/// which would, and which known attacks nobody would have noticed. What the body leaves out stays as it is now. With `version`,
/// only if that is still the current one. Nothing is changed. The newest 20,000 logins are looked at; those of restricted persons
/// are left out.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/policy/rehearsal", tag = "policy", operation_id = "rehearsePolicy",
    params(
        ("q" = Option<String>, Query, max_length = 4096, description = "A search in the language of docs/search.md, together with the other parameters",
            example = "signal:new_country last:30d"),
        LoginParameters, PeriodParameters),
    request_body(content = PolicyBody, example = json!(examples::inquiry::rehearsal::rehearsal_request())),
    responses((status = 200, description = "What it would have done", body = RehearsalBody)))]
pub async fn rehearse(
    caller: Caller<LoginsRead>,
    Whole(searched): Whole,
    body: Json<PolicyBody>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    if let Some(user) = searched.user() {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let (replaced, change) = (body.value.replaced()?, body.value.into_change()?);
    let asked = Asked { tenant: &caller.tenant, query: &searched.query, replaced, change: &change };
    let outcome = state.inquiries.rehearse(&state.history, asked).await?;
    caller.names(&searched.others(outcome.rehearsal.shown.iter().map(|it| &it.user)));
    Ok(HttpResponse::Ok().json(body_of(&outcome, searched.canonical())))
}

/// The result as it is answered.
#[must_use]
pub fn body_of(outcome: &Outcome, query: Option<String>) -> RehearsalBody {
    let Outcome { from, to, rehearsal, at_least, unrehearsed } = outcome;
    let mut body = RehearsalBody::new(from.version, to.version, rehearsal);
    body.at_least = *at_least;
    body.unrehearsed.clone_from(unrehearsed);
    body.query = query;
    body
}
