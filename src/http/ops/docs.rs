//! What the API is: the description for machines, and the page that shows it to people.

use std::{borrow::Cow, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentEncoding},
    web::{Data, Path},
};
use bytes::Bytes;
use utoipa_swagger_ui::Config;

use crate::http::door::{
    auth,
    problem::{Fault, Problem},
    state::State,
};

/// The description as JSON.
#[derive(Clone)]
pub struct DescriptionJson(pub Bytes);

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
