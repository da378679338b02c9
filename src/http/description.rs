//! The description of the API: OpenAPI 3.1, made from the handlers and the table of routes.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Content, OpenApi as Described, Ref, Required, Response, ResponseBuilder,
        header::HeaderBuilder,
        path::{Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{ObjectBuilder, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    domain::privacy::audit::MAX_PURPOSE_CHARS,
    http::{
        door::{
            access::Access,
            problem::{Kind, Problem},
        },
        ops::docs::DescriptionJson,
        routes::{self, Handlers, Operation},
    },
    wire::webhook::MessageBody,
};

/// The name of the API key in the description.
const API_KEY: &str = "api_key";

/// The text above the operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Watchlight",
        description = "Recognises the device behind every login and mails the user when it is new. Times are RFC 3339 in \
            UTC; unknown fields and parameters are refused; every failure is `application/problem+json` with a stable \
            `type` and the id of the request, which is in the `X-Request-Id` header of every answer too. An answer under a \
            limit tells of it in `RateLimit` and `RateLimit-Policy`; over one it is 429, with `Retry-After`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(MessageBody, Problem)),
    modifiers(&ApiKeyScheme),
    tags(
        (name = "logins", description = "Record logins and look at them"),
        (name = "devices", description = "What users are known by"),
        (name = "alerts", description = "What users were warned of"),
        (name = "webhooks", description = "Where your own systems are told of alerts, as Standard Webhooks: see `MessageBody`"),
        (name = "privacy", description = "What persons may ask for: access, correction, restriction"),
        (name = "policy", description = "By what logins are judged"),
        (name = "privacy", description = "What people may ask of those who keep data about them"),
        (name = "operators", description = "Who may use the console"),
        (name = "answer", description = "Where users answer"),
        (name = "health", description = "How the service is")
    )
)]
struct Frame;

struct ApiKeyScheme;

impl Modify for ApiKeyScheme {
    fn modify(&self, description: &mut openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("wl_live_…")
            .description(Some("An API key made by `watchlight keys create`, with its scopes."))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme(API_KEY, SecurityScheme::Http(bearer));
    }
}

/// The whole description.
#[must_use]
pub fn description() -> Described {
    let mut described = Frame::openapi().merge_from(Handlers::openapi());
    for operation in routes::operations().iter().filter(|operation| operation.described) {
        complete(&mut described, operation);
    }
    described
}

/// The description as JSON.
#[must_use]
pub fn json() -> DescriptionJson {
    // All keys are texts, so this cannot fail; if it did, the test that reads it would.
    let mut json = serde_json::to_value(description()).unwrap_or_default();
    say_unsigned(&mut json);
    DescriptionJson(json.to_string().into())
}

/// Adds what the table says about an operation and its handler does not: who may call it, and how it fails.
fn complete(described: &mut Described, operation: &Operation) {
    let item = described.paths.paths.get_mut(operation.path);
    let Some(said) = item.and_then(|item| by_method(item, operation)) else { return };
    let scopes = match operation.access {
        Access::Key(scope) => vec![scope],
        Access::Either(scopes) => scopes.to_vec(),
        Access::Signature
        | Access::Link
        | Access::Operator(_)
        | Access::SignedIn
        | Access::Console
        | Access::Shown(_)
        | Access::Anybody => Vec::new(),
    };
    if !scopes.is_empty() {
        said.parameters.get_or_insert_default().push(purpose().into());
        said.security = Some(scopes.iter().map(|it| SecurityRequirement::new(API_KEY, [it.as_str()])).collect());
    }
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in &operation.failures {
        let kinds = by_status.entry(kind.row().status.as_u16()).or_default();
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    let failures = by_status.into_iter().map(|(status, kinds)| (status.to_string(), failure(&kinds).into()));
    said.responses.responses.extend(failures);
}

/// What every caller with a key may say about a request.
fn purpose() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX_PURPOSE_CHARS)).build();
    ParameterBuilder::new()
        .name("X-Purpose")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("What for, such as the number of a ticket. It is kept in the audit"))
        .schema(Some(text))
        .build()
}

/// The answer for these kinds of failure, which have the same status.
fn failure(kinds: &[Kind]) -> Response {
    let words = kinds.iter().map(|kind| format!("`{}`: {}", kind.row().slug, kind.row().title));
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    let answer = ResponseBuilder::new()
        .description(words.collect::<Vec<_>>().join("; "))
        .content("application/problem+json", problem);
    if !kinds.iter().any(|kind| kind.tells_when_to_retry()) {
        return answer.build();
    }
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
    answer
        .header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds")).build())
        .build()
}

fn by_method<'a>(item: &'a mut PathItem, operation: &Operation) -> Option<&'a mut openapi::path::Operation> {
    let found = match operation.method.as_str() {
        "GET" => &mut item.get,
        "POST" => &mut item.post,
        "PUT" => &mut item.put,
        "PATCH" => &mut item.patch,
        "DELETE" => &mut item.delete,
        _ => return None,
    };
    found.as_mut()
}

/// Corrects the description of unsigned 32-bit numbers: `utoipa` describes them as `int32`, which ends at half of their
/// range.
fn say_unsigned(described: &mut Value) {
    match described {
        Value::Object(members) => {
            let is = |name: &str, value: Value| members.get(name) == Some(&value);
            if is("format", "int32".into()) && members.get("minimum").is_some_and(|least| least.as_i64() >= Some(0)) {
                members.insert("format".to_owned(), "uint32".into());
                members.entry("maximum").or_insert_with(|| u32::MAX.into());
            }
            members.values_mut().for_each(say_unsigned);
        }
        Value::Array(elements) => elements.iter_mut().for_each(say_unsigned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
