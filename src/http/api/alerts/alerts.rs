//! `/v1/alerts`: alerts and their mails.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    domain::{
        alert::{
            alert::{State as Delivered, Suppressed},
            delivery::NotRequeued,
        },
        ids::{AlertId, UserId},
        login::login::Invalid,
    },
    http::door::{
        body::MaybeJson,
        caller::{AlertsWrite, Caller, LoginsRead},
        fault::Fault,
        page::{Listed, Page},
        path::At,
        query::{self, NoParameters, Parameters},
        state::State,
    },
    service::alert::{alerts::AlertFilter, deliveries::Requeued},
    wire::{
        alert::{AlertBody, AlertList},
        examples,
        suppression::ResendRequest,
    },
};

impl Listed for AlertFilter {
    fn read(_: &HttpRequest, parameters: &mut Parameters) -> Result<Self, Fault> {
        const STATES: &str = "must be `queued`, `sending`, `sent`, `failed` or `suppressed`";
        const REASONS: &str = "must be `rate_limited`, `no_address`, `late`, `muted`, `address_suppressed` or `storm`";
        let user = query::user(parameters)?;
        let state = parameters.read("state", STATES, Delivered::parse)?;
        Ok(Self { user, state, reason: parameters.read("reason", REASONS, Suppressed::parse)? })
    }

    fn signed(&self, asked: &str) -> String {
        format!("alerts?{asked}")
    }

    fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
    }
}

/// Alerts, newest first, by page. Those of restricted persons are left out.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/alerts", tag = "alerts", operation_id = "listAlerts",
    params(
        ("user" = Option<String>, Query, description = "Of this user"),
        ("state" = Option<String>, Query, description = "`queued`, `sending`, `sent`, `failed`, `suppressed`"),
        ("reason" = Option<String>, Query, description = "Not mailed, or not at once and alone, for this reason: `rate_limited`, `no_address`, `late`, `muted`, `address_suppressed`, `storm`"),
        ("limit" = Option<u32>, Query, description = "Alerts on a page, 1 to 500; 50 if absent", minimum = 1, maximum = 500),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before")),
    responses(
        (status = 200, description = "A page", body = AlertList)))]
pub async fn list(
    caller: Caller<LoginsRead>,
    page: Page<AlertFilter>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    if let Some(user) = &page.list.user {
        state.people.check_readable(&caller.tenant, user).await?;
    }
    let hidden = state.people.hidden(&caller.tenant).await?;
    let found = state.alerts.page(&caller.tenant, &page.list, page.before.map(AlertId), page.limit).await?;
    let shown = found.alerts.iter().filter(|(alert, _)| !hidden.hides(&alert.user));
    let data = shown.map(|(alert, delivery)| AlertBody::new(alert, delivery)).collect();
    Ok(HttpResponse::Ok().json(AlertList { data, next_cursor: found.next.map(|next| page.cursor(next.0)) }))
}

/// One alert.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/alerts/{id}", tag = "alerts", operation_id = "getAlert",
    params(("id" = String, Path, description = "The alert, alr_…", example = "alr_01M88BR29V3GDW5B0V94C9ZXMR")),
    responses(
        (status = 200, description = "The alert", body = AlertBody)))]
pub async fn one(
    caller: Caller<LoginsRead>,
    _: NoParameters,
    At(id): At<AlertId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (alert, delivery) = state.alerts.find(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    caller.concerns(&alert.user);
    state.people.check_readable(&caller.tenant, &alert.user).await?;
    Ok(HttpResponse::Ok().json(AlertBody::new(&alert, &delivery)))
}

/// Sends an alert that has failed or was not mailed now, in a mail of its own. The body may be absent.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/alerts/{id}/resend", tag = "alerts", operation_id = "resendAlert",
    request_body(content = Option<ResendRequest>, content_type = "application/json",
        example = json!(examples::suppression::address_request())),
    params(("id" = String, Path, description = "The alert, alr_…", example = "alr_01M88BR29V3GDW5B0V94C9ZXMR")),
    responses(
        (status = 202, description = "Queued; to an address that gets no more mail nothing is sent even so", body = AlertBody)))]
pub async fn resend(
    caller: Caller<AlertsWrite>,
    _: NoParameters,
    At(id): At<AlertId>,
    MaybeJson(asked): MaybeJson<ResendRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (alert, _) = state.alerts.find(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    state.people.check_readable(&caller.tenant, &alert.user).await?;
    match state.alerts.resend(&caller.tenant, id, asked.into_address()?).await? {
        Requeued::Queued => {}
        Requeued::Unknown => return Err(Fault::NotFound),
        Requeued::Not(NotRequeued::NotOver) => return Err(Fault::AlertNotOver),
        Requeued::Not(NotRequeued::NoRecipient) => {
            return Err(Invalid::new("email", "is needed: the alert's own is forgotten").into());
        }
    }
    let (alert, delivery) = state.alerts.find(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    caller.concerns(&alert.user);
    Ok(HttpResponse::Accepted().json(AlertBody::new(&alert, &delivery)))
}
