//! What is below `/console/` and is no page.

use actix_web::HttpResponse;

use crate::http::{
    console::{operator::Operator, ways::see_other},
    door::fault::Fault,
};

/// Leads from `/console` to `/console/`, below which the pages are.
pub async fn to_home() -> HttpResponse {
    see_other("/console/")
}

/// Whatever else is asked for below `/console/`.
///
/// # Errors
/// 404.
pub async fn nothing(_: Operator) -> Result<HttpResponse, Fault> {
    Err(Fault::NotFound)
}
