//! `/v1/users/{id}/alerts`: a user's alerts, for the product to show beside their mails.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    domain::ids::{AlertId, UserId},
    http::door::{
        caller::{Caller, LoginsRead},
        fault::Fault,
        page::{Listed, Page},
        path::At,
        query::Parameters,
        state::State,
    },
    wire::user_alerts::{FeedAlertBody, FeedAlertList},
};

/// The alerts of one user.
pub struct UserAlerts {
    user: UserId,
}

impl Listed for UserAlerts {
    fn read(request: &HttpRequest, _: &mut Parameters) -> Result<Self, Fault> {
        let At(user) = At::of(request)?;
        Ok(Self { user })
    }

    fn signed(&self, _: &str) -> String {
        format!("feed/{}", self.user.as_str())
    }

    fn user(&self) -> Option<&UserId> {
        Some(&self.user)
    }
}

/// The user's alerts, newest first, by page, each with the reference that its mail shows.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/users/{id}/alerts", tag = "alerts", operation_id = "listUserAlerts",
    params(("id" = String, Path, description = "The user", example = "u_42"),
        ("limit" = Option<u32>, Query, description = "Alerts on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page; empty for an unknown user", body = FeedAlertList)))]
pub async fn list(
    caller: Caller<LoginsRead>,
    page: Page<UserAlerts>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let user = &page.list.user;
    state.people.check_readable(&caller.tenant, user).await?;
    let found = state.alerts.of_user(&caller.tenant, user, page.before.map(AlertId), page.limit).await?;
    let reference = |id| state.keyring.reference(id);
    let data = found.alerts.iter().map(|(alert, it)| FeedAlertBody::new(alert, it, reference(alert.id))).collect();
    Ok(HttpResponse::Ok().json(FeedAlertList { data, next_cursor: found.next.map(|next| page.cursor(next.0)) }))
}
