//! What the API is, for machines: OpenAPI 3.1, gathered from the handlers themselves.

use std::{borrow::Cow, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentEncoding},
    web::{Data, Path},
};
use bytes::Bytes;
use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::Config;

use crate::{
    http::{
        api::{
            alerts, devices, import, logins, mail_events, policy, regions, sessions, suppressions, user_alerts,
            webhooks,
        },
        door::{
            auth,
            problem::{Fault, Problem},
            state::State,
        },
        ops::health,
        pages::answer,
    },
    wire::webhook::MessageBody,
};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Watchlight",
        description = "Recognises the device behind every login and mails the user when it is new. Times are RFC 3339 in \
            UTC; unknown fields and parameters are refused; every failure is `application/problem+json` with a stable \
            `type` and the request's name, which is in the `X-Request-Id` header of every answer too. An answer under a \
            limit tells of it in `RateLimit` and `RateLimit-Policy`; over one it is 429, with `Retry-After`.",
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
        user_alerts::list,
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
        let mut description = serde_json::to_value(Description::openapi()).unwrap_or_default();
        say_unsigned(&mut description);
        Self(description.to_string().into())
    }
}

/// Says of numbers of 32 bits without a sign that they are: `utoipa` describes them as `int32`, which ends at half of them.
fn say_unsigned(described: &mut Value) {
    match described {
        Value::Object(members) => {
            let is = |name: &str, value: Value| members.get(name) == Some(&value);
            if is("format", "int32".into()) && members.get("minimum").is_some_and(|it| it.as_i64() >= Some(0)) {
                members.insert("format".to_owned(), "uint32".into());
                members.entry("maximum").or_insert_with(|| u32::MAX.into());
            }
            members.values_mut().for_each(say_unsigned);
        }
        Value::Array(elements) => elements.iter_mut().for_each(say_unsigned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl Default for DescriptionJson {
    fn default() -> Self {
        Self::new()
    }
}

/// This description. Whom the setting `http.docs` leaves out is told 404.
///
/// # Errors
/// 404.
#[utoipa::path(get, path = "/openapi.json", tag = "health", operation_id = "openapi",
    responses(
        (status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json"),
        (status = "default", description = "A failure", body = Problem, content_type = "application/problem+json")))]
pub async fn description(
    request: HttpRequest,
    state: Data<State>,
    json: Data<DescriptionJson>,
) -> Result<HttpResponse, Fault> {
    auth::check_audience(&state, &request, state.settings.docs)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(json.0.clone()))
}

/// The page that shows the description, and its parts. They lie in the program: no copy is made of them.
///
/// # Errors
/// 404 where there is no such part.
pub async fn docs(request: HttpRequest, file: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    auth::check_audience(&state, &request, state.settings.docs)?;
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
///
/// # Errors
/// 404 for whom it is not there.
pub async fn to_docs(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Fault> {
    auth::check_audience(&state, &request, state.settings.docs)?;
    Ok(HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish())
}
