//! `/v1/webhooks`: the addresses at which a tenant's own systems are told about alerts.

use actix_web::{HttpResponse, http::header, web::Data};

use crate::{
    domain::{
        ids::WebhookId,
        privacy::audit::{Subject, SubjectKind},
    },
    http::door::{
        body::Json,
        caller::{Caller, WebhooksRead, WebhooksWrite},
        fault::Fault,
        path::At,
        query::NoParameters,
        state::State,
    },
    service::outbound::webhooks::WebhookError,
    wire::webhook::{AttemptBody, AttemptList, WebhookBody, WebhookList, WebhookRequest, WebhookSecretBody},
};

/// The tenant's webhooks.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", operation_id = "listWebhooks",
    responses(
        (status = 200, description = "The webhooks", body = WebhookList)))]
pub async fn list(caller: Caller<WebhooksRead>, _: NoParameters, state: Data<State>) -> Result<HttpResponse, Fault> {
    let webhooks = state.webhooks.list(&caller.tenant).await?;
    Ok(HttpResponse::Ok().json(WebhookList { data: webhooks.iter().map(WebhookBody::new).collect() }))
}

/// Creates a webhook.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", operation_id = "createWebhook",
    request_body = WebhookRequest, responses(
        (status = 201, description = "Made; the secret is told this once", body = WebhookSecretBody)))]
pub async fn create(
    caller: Caller<WebhooksWrite>,
    _: NoParameters,
    body: Json<WebhookRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (webhook, secret) = state.webhooks.create(&caller.tenant, body.value.into_change()?).await?;
    caller.asks_about(Subject::thing(SubjectKind::Webhook, &webhook.id));
    let place = (header::LOCATION, format!("/v1/webhooks/{}", webhook.id));
    Ok(HttpResponse::Created().insert_header(place).json(WebhookSecretBody::new(&webhook, secret)))
}

/// One webhook.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "getWebhook",
    params(("id" = String, Path, description = "The webhook, whk_…", example = "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0")),
    responses(
        (status = 200, description = "The webhook", body = WebhookBody)))]
pub async fn one(
    caller: Caller<WebhooksRead>,
    _: NoParameters,
    At(id): At<WebhookId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let webhook = state.webhooks.find(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(WebhookBody::new(&webhook)))
}

/// Changes a webhook. What is absent stays as it is.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "updateWebhook",
    request_body = WebhookRequest, params(("id" = String, Path, description = "The webhook, whk_…", example = "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0")),
    responses(
        (status = 200, description = "The webhook as it is now", body = WebhookBody)))]
pub async fn change(
    caller: Caller<WebhooksWrite>,
    _: NoParameters,
    At(id): At<WebhookId>,
    body: Json<WebhookRequest>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let change = body.value.into_change()?;
    let webhook = state.webhooks.change(&caller.tenant, id, change).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(WebhookBody::new(&webhook)))
}

/// Deletes a webhook and the messages that wait for it.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "deleteWebhook",
    params(("id" = String, Path, description = "The webhook, whk_…", example = "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0")),
    responses(
        (status = 204, description = "Removed")))]
pub async fn remove(
    caller: Caller<WebhooksWrite>,
    _: NoParameters,
    At(id): At<WebhookId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let removed = state.webhooks.remove(&caller.tenant, id).await?;
    if removed { Ok(HttpResponse::NoContent().finish()) } else { Err(Fault::NotFound) }
}

/// Gives a webhook a new secret. Messages are also signed with the old one for 24 hours.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotateWebhookSecret",
    params(("id" = String, Path, description = "The webhook, whk_…", example = "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0")),
    responses(
        (status = 200, description = "Rotated; the new secret is told this once", body = WebhookSecretBody)))]
pub async fn rotate(
    caller: Caller<WebhooksWrite>,
    _: NoParameters,
    At(id): At<WebhookId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (webhook, secret) = state.webhooks.rotate(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(WebhookSecretBody::new(&webhook, secret)))
}

/// Posts a message of type `webhook.test`, once and now, and answers with the result.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "webhooks", operation_id = "testWebhook",
    params(("id" = String, Path, description = "The webhook, whk_…", example = "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0")),
    responses(
        (status = 200, description = "What came of it, within 15 seconds", body = AttemptBody)))]
pub async fn test(
    caller: Caller<WebhooksWrite>,
    _: NoParameters,
    At(id): At<WebhookId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let attempt = state.webhooks.test(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(AttemptBody::new(&attempt)))
}

/// The results of the latest 100 attempts to post to a webhook.
///
/// # Errors
/// The failures that its row in `http/routes.rs` names; [`Fault`] says how each is answered.
#[utoipa::path(get, path = "/v1/webhooks/{id}/attempts", tag = "webhooks", operation_id = "listWebhookAttempts",
    params(("id" = String, Path, description = "The webhook, whk_…", example = "whk_01M88BR29VC4Q4V5W6X7Y8Z9A0")),
    responses(
        (status = 200, description = "The attempts, the latest first", body = AttemptList)))]
pub async fn attempts(
    caller: Caller<WebhooksRead>,
    _: NoParameters,
    At(id): At<WebhookId>,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let attempts = state.webhooks.attempts(&caller.tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(AttemptList { data: attempts.iter().map(AttemptBody::new).collect() }))
}

impl From<WebhookError> for Fault {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Invalid(invalid) => invalid.into(),
            WebhookError::TooMany => Self::WebhookLimit,
            WebhookError::Unavailable(unavailable) => unavailable.into(),
        }
    }
}
