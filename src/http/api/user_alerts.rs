//! `/v1/users/{id}/alerts`: a user's alerts, for the product to show beside the same alert's mail.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use crate::{
    domain::{
        ids::{AlertId, UserId},
        tenant::api_key::Scope,
    },
    http::door::{
        auth,
        cursor::Cursors,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
    wire::user_alerts::{FeedAlertBody, FeedAlertList},
};

/// The user's alerts, newest first, by page, each with the reference that its mail shows.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/users/{id}/alerts", tag = "alerts", operation_id = "listUserAlerts",
    params(("id" = String, Path, description = "The user"),
        ("limit" = Option<u32>, Query, description = "Alerts on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page; empty for an unknown user", body = FeedAlertList),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn list(request: HttpRequest, user: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::LoginsRead).await?;
    let mut parameters = Parameters::of(&request)?;
    let (limit, cursor) = (parameters.limit()?, parameters.take("cursor"));
    parameters.finish()?;
    let user = UserId::parse(&user).ok_or(Fault::NotFound)?;
    let question = format!("feed/{}", user.as_str());
    let cursors = Cursors { keyring: &state.keyring, tenant: &tenant, question };
    let before = cursor.map(|it| cursors.read(&it)).transpose()?.map(AlertId);
    let page = state.alerts.of_user(&tenant, &user, before, limit).await?;
    let reference = |id| state.keyring.reference(id);
    let data = page.alerts.iter().map(|(alert, it)| FeedAlertBody::new(alert, it, reference(alert.id))).collect();
    Ok(HttpResponse::Ok().json(FeedAlertList { data, next_cursor: page.next.map(|it| cursors.write(it.0)) }))
}
