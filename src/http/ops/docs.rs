//! What the API is: the description for machines, and the page that shows it to people.

use std::{borrow::Cow, sync::Arc};

use actix_web::{
    HttpResponse,
    http::header::{self, ContentEncoding},
    web::{Data, Path},
};
use bytes::Bytes;
use utoipa_swagger_ui::Config;

use crate::http::door::fault::Fault;

/// The description as JSON.
#[derive(Clone)]
pub struct DescriptionJson(pub Bytes);

/// This description. 404 for those whom the setting `http.docs` leaves out.
#[utoipa::path(get, path = "/openapi.json", tag = "health", operation_id = "openapi",
    responses(
        (status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json",
            example = json!({"openapi": "3.1.0", "info": {"title": "Watchlight", "version": "0.1.0"}, "paths": {}}))))]
pub async fn description(json: Data<DescriptionJson>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(json.0.clone())
}

/// The page that shows the description, and its parts. They are part of the program and are not copied.
///
/// # Errors
/// 404 if there is no such part.
pub async fn docs(file: Path<String>) -> Result<HttpResponse, Fault> {
    let config = Arc::new(Config::new(["/openapi.json"]));
    let file =
        utoipa_swagger_ui::serve(&file, config).map_err(|fault| Fault::internal(&fault))?.ok_or(Fault::NotFound)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(file.content_type);
    if file.gzpipped {
        answer.insert_header(ContentEncoding::Gzip);
    }
    Ok(answer.body(match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }))
}

/// Redirects `/docs` to `/docs/`, below which the parts of the page are.
pub async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
