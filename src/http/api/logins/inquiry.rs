//! `/v1/logins/{id}/explanation`, `/compare/{other}` and `/like`: looks into a login.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::LoginId,
    http::door::{
        caller::{Caller, LoginsRead},
        fault::Fault,
        path::{At, LoginPair},
        query::NoParameters,
        state::State,
    },
    wire::inquiry::{comparison::ComparisonBody, explanation::ExplanationBody, likeness::AlikeList},
    words::{facts::time_zones, inquiry::phrases::MAX_NAMED},
};

/// What is known around a login: eleven questions of an account takeover, each answered in sentences, with the search that
/// shows the logins behind them, and a verdict that the facts speak for. Other users are named by at most five ids; each of
/// them is in the audit. Restricted persons are left out.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/{id}/explanation", tag = "logins", operation_id = "explainLogin",
    params(("id" = String, Path, description = "The login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2")),
    responses((status = 200, description = "The answers", body = ExplanationBody)))]
pub async fn explain(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(id): At<LoginId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let record = caller.login(&state, id).await?;
    let answers = state.inquiries.explain(record).await?;
    caller.names(&answers.others_named(MAX_NAMED));
    Ok(HttpResponse::Ok().json(ExplanationBody::new(&answers)))
}

/// Two logins of one user or of two, compared attribute by attribute: whether each agrees, is similar, has changed or is not
/// told, from what to what where the value can be named, with the matcher's bits, their sum, and what it means.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/{id}/compare/{other}", tag = "logins", operation_id = "compareLogins",
    params(("id" = String, Path, description = "A login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2"),
        ("other" = String, Path, description = "Another login, lgn_…", example = "lgn_01M86ZB5A1C7N4M0W1R9E2XK3P")),
    responses((status = 200, description = "The comparison", body = ComparisonBody)))]
pub async fn compare(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(LoginPair { id, other }): At<LoginPair>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let [one, another] = caller.logins(&state, [id, other]).await?;
    let compared = state.inquiries.compare(&one, &another, time_zones()).await?;
    Ok(HttpResponse::Ok().json(ComparisonBody::new(&compared)))
}

/// Which other users' logins come from a browser like that of a login, the most alike first, with the evidence in bits. Each of
/// them is in the audit. Restricted persons are left out.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/logins/{id}/like", tag = "logins", operation_id = "likeLogin",
    params(("id" = String, Path, description = "The login, lgn_…", example = "lgn_01M88BR29V3HMEG27S69NTFQE2")),
    responses((status = 200, description = "The browsers", body = AlikeList)))]
pub async fn like(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(id): At<LoginId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let record = caller.login(&state, id).await?;
    let likeness = state.history.likeness();
    let sample = match likeness.sample(&caller.tenant, &record).await? {
        Ok(sample) => sample,
        Err(why) => return Ok(HttpResponse::Ok().json(AlikeList::untold(why))),
    };
    let hidden = state.people.hidden(&caller.tenant).await?;
    let alike = likeness.alike(&caller.tenant, &sample, &(LoginId([0; 16])..LoginId([0xFF; 16]))).await?;
    let latest = alike.browsers.iter().filter_map(|it| Some((it, it.logins.first()?)));
    let others = latest.filter(|(_, login)| login.user != record.user && !hidden.hides(&login.user));
    let shown: Vec<_> = others.collect();
    caller.names(&shown.iter().map(|(_, login)| login.user.clone()).collect::<Vec<_>>());
    Ok(HttpResponse::Ok().json(AlikeList::found(&alike, &shown)))
}
