//! `/v1/webhooks`: where a tenant's own systems are told of alerts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path, Payload},
};

use crate::{
    domain::{
        ids::{TenantId, WebhookId},
        tenant::{api_key::Scope, webhook::WebhookChange},
    },
    http::door::{
        auth, body,
        problem::{Fault, Problem},
        query::Parameters,
        state::State,
    },
    wire::webhook::{AttemptBody, AttemptList, WebhookBody, WebhookList, WebhookRequest, WebhookSecretBody},
};

/// The tenant's webhooks.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", operation_id = "listWebhooks",
    responses(
        (status = 200, description = "The webhooks", body = WebhookList),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::WebhooksRead).await?;
    Parameters::of(&request)?.finish()?;
    let webhooks = state.webhooks.list(&tenant).await?;
    Ok(HttpResponse::Ok().json(WebhookList { data: webhooks.iter().map(WebhookBody::new).collect() }))
}

/// Makes a webhook.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", operation_id = "createWebhook",
    request_body = WebhookRequest, responses(
        (status = 201, description = "Made; the secret is told this once", body = WebhookSecretBody),
        (status = 409, description = "The tenant has 16 webhooks already", body = Problem,
            content_type = "application/problem+json"),
        (status = "default", description = "Any other failure", body = Problem,
            content_type = "application/problem+json")))]
pub async fn create(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Fault> {
    let tenant = auth::tenant(&state, &request, Scope::WebhooksWrite).await?;
    let change = read_change(&request, payload).await?;
    let (webhook, secret) = state.webhooks.create(&tenant, change).await?;
    let place = (header::LOCATION, format!("/v1/webhooks/{}", webhook.id));
    Ok(HttpResponse::Created().insert_header(place).json(WebhookSecretBody::new(&webhook, secret)))
}

/// One webhook.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "getWebhook",
    params(("id" = String, Path, description = "The webhook, whk_…")),
    responses(
        (status = 200, description = "The webhook", body = WebhookBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn one(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let (tenant, id) = named(&request, &id, &state, Scope::WebhooksRead).await?;
    let webhook = state.webhooks.find(&tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(WebhookBody::new(&webhook)))
}

/// Changes a webhook: what is absent stays as it is.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "updateWebhook",
    request_body = WebhookRequest, params(("id" = String, Path, description = "The webhook, whk_…")),
    responses(
        (status = 200, description = "The webhook as it is now", body = WebhookBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn change(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<State>,
) -> Result<HttpResponse, Fault> {
    let (tenant, id) = named(&request, &id, &state, Scope::WebhooksWrite).await?;
    let change = read_change(&request, payload).await?;
    let webhook = state.webhooks.change(&tenant, id, change).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(WebhookBody::new(&webhook)))
}

/// Removes a webhook; what waits to be posted to it is dropped.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", operation_id = "deleteWebhook",
    params(("id" = String, Path, description = "The webhook, whk_…")),
    responses(
        (status = 204, description = "Removed"),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn remove(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let (tenant, id) = named(&request, &id, &state, Scope::WebhooksWrite).await?;
    let removed = state.webhooks.remove(&tenant, id).await?;
    if removed { Ok(HttpResponse::NoContent().finish()) } else { Err(Fault::NotFound) }
}

/// Gives a webhook a new secret. Messages are signed with the old one, too, for 24 hours.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotateWebhookSecret",
    params(("id" = String, Path, description = "The webhook, whk_…")),
    responses(
        (status = 200, description = "Rotated; the new secret is told this once", body = WebhookSecretBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn rotate(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let (tenant, id) = named(&request, &id, &state, Scope::WebhooksWrite).await?;
    let (webhook, secret) = state.webhooks.rotate(&tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(WebhookSecretBody::new(&webhook, secret)))
}

/// Posts a message of type `webhook.test`, once and now, and tells what came of it.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "webhooks", operation_id = "testWebhook",
    params(("id" = String, Path, description = "The webhook, whk_…")),
    responses(
        (status = 200, description = "What came of it, within 15 seconds", body = AttemptBody),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn test(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let (tenant, id) = named(&request, &id, &state, Scope::WebhooksWrite).await?;
    let attempt = state.webhooks.test(&tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(AttemptBody::new(&attempt)))
}

/// What came of the latest 100 attempts to post to a webhook.
///
/// # Errors
/// See the table in [`Fault`].
#[utoipa::path(get, path = "/v1/webhooks/{id}/attempts", tag = "webhooks", operation_id = "listWebhookAttempts",
    params(("id" = String, Path, description = "The webhook, whk_…")),
    responses(
        (status = 200, description = "The attempts, the latest first", body = AttemptList),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn attempts(request: HttpRequest, id: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let (tenant, id) = named(&request, &id, &state, Scope::WebhooksRead).await?;
    let attempts = state.webhooks.attempts(&tenant, id).await?.ok_or(Fault::NotFound)?;
    Ok(HttpResponse::Ok().json(AttemptList { data: attempts.iter().map(AttemptBody::new).collect() }))
}

/// Whose webhook is asked for, and which. A name that none can have is a name that none has.
async fn named(
    request: &HttpRequest,
    id: &str,
    state: &Data<State>,
    scope: Scope,
) -> Result<(TenantId, WebhookId), Fault> {
    let tenant = auth::tenant(state, request, scope).await?;
    Parameters::of(request)?.finish()?;
    Ok((tenant, WebhookId::parse(id).ok_or(Fault::NotFound)?))
}

async fn read_change(request: &HttpRequest, payload: Payload) -> Result<WebhookChange, Fault> {
    Parameters::of(request)?.finish()?;
    let body = body::read_json(request, payload).await?;
    Ok(body::parse_json::<WebhookRequest>(&body)?.into_change()?)
}
