//! What the API is, for machines: OpenAPI 3.1, gathered from the handlers themselves.

use std::{borrow::Cow, sync::Arc};

use actix_web::{
    HttpResponse,
    http::header::{self, ContentEncoding},
    web::{Data, Path},
};
use bytes::Bytes;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::Config;

use crate::http::{
    alerts, answer, devices, feed, health, import, logins, mail_events, policy, problem::Fault, regions, sessions,
    suppressions, webhooks, wire::webhook::MessageBody,
};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Watchlight",
        description = "Recognises the device behind every login and mails the user when it is new. Times are RFC 3339 in \
            UTC; unknown fields and parameters are refused; every failure is `application/problem+json` with a stable \
            `type` and the request's name, which is in the `X-Request-Id` header of every answer too. Over a limit the \
            answer is 429 with `Retry-After`, `RateLimit` and `RateLimit-Policy`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        logins::record,
        import::import,
        logins::list,
        logins::one,
        sessions::activity,
        sessions::end,
        regions::list,
        policy::now,
        policy::put,
        policy::remove,
        policy::past,
        devices::list,
        devices::confirm,
        devices::deny,
        devices::forget,
        alerts::list,
        alerts::one,
        alerts::resend,
        mail_events::take,
        suppressions::counts,
        suppressions::look_up,
        suppressions::lift,
        feed::list,
        webhooks::list,
        webhooks::create,
        webhooks::one,
        webhooks::change,
        webhooks::remove,
        webhooks::rotate,
        webhooks::test,
        webhooks::attempts,
        answer::show,
        answer::deny,
        health::alive,
        health::ready,
        health::metrics,
        description
    ),
    components(schemas(MessageBody)),
    modifiers(&ApiKeyScheme),
    tags(
        (name = "logins", description = "Record logins and look at them"),
        (name = "devices", description = "What users are known by"),
        (name = "alerts", description = "What users were warned of"),
        (name = "webhooks", description = "Where your own systems are told of alerts, as Standard Webhooks: see `MessageBody`"),
        (name = "policy", description = "By what logins are judged"),
        (name = "answer", description = "Where users answer"),
        (name = "health", description = "How the service is")
    )
)]
pub struct Description;

struct ApiKeyScheme;

impl Modify for ApiKeyScheme {
    fn modify(&self, description: &mut openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("wl_live_…")
            .description(Some("An API key made by `watchlight keys create`, with its scopes."))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("api_key", SecurityScheme::Http(bearer));
    }
}

/// The description as JSON, made once.
#[derive(Clone)]
pub struct DescriptionJson(Bytes);

impl DescriptionJson {
    /// Makes it.
    #[must_use]
    pub fn new() -> Self {
        // Its keys are texts: it cannot fail, and if it did the test that reads it would.
        Self(Description::openapi().to_json().unwrap_or_default().into())
    }
}

impl Default for DescriptionJson {
    fn default() -> Self {
        Self::new()
    }
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "health", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json")))]
pub async fn description(json: Data<DescriptionJson>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(json.0.clone())
}

/// The page that shows the description, and its parts. They lie in the program: no copy is made of them.
///
/// # Errors
/// 404 where there is no such part.
pub async fn docs(file: Path<String>) -> Result<HttpResponse, Fault> {
    let config = Arc::new(Config::new(["/openapi.json"]));
    let file = utoipa_swagger_ui::serve(&file, config).map_err(|it| Fault::internal(&it))?.ok_or(Fault::NotFound)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(file.content_type);
    if file.gzpipped {
        answer.insert_header(ContentEncoding::Gzip);
    }
    Ok(answer.body(match file.bytes {
        Cow::Borrowed(it) => Bytes::from_static(it),
        Cow::Owned(it) => it.into(),
    }))
}

/// `/docs` without its slash: the page's parts lie below it.
pub async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
