//! How a page of the console is answered: its headers, and the template of a page that only says a word.

use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, http::header};
use askama::Template;

use crate::{
    domain::time::Timestamp,
    http::{console::assets::Assets, door::fault::Fault},
};

/// A page loads only what is ours, runs no script but ours, posts only to us, and stands in no frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// An answer with the headers of a page.
#[must_use]
pub fn headed(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("Cross-Origin-Opener-Policy", "same-origin"))
        .insert_header(("X-Robots-Tag", "noindex"));
    answer
}

/// A page.
///
/// # Errors
/// When it cannot be rendered: a fault of this service.
pub fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Fault> {
    Ok(headed(status).body(render(template)?))
}

/// What a template says.
///
/// # Errors
/// When it cannot be rendered: a fault of this service.
pub fn render(template: &impl Template) -> Result<String, Fault> {
    template.render().map_err(|fault| Fault::internal(&fault))
}

/// What templates write otherwise than Rust does.
pub mod filters {
    #![expect(
        missing_docs,
        clippy::missing_errors_doc,
        clippy::inline_always,
        reason = "the macro writes a type that nobody names, and functions of it"
    )]

    use std::fmt::Display;

    use crate::{domain::wording::figures, words::clean};

    /// A number with its thousands apart.
    ///
    /// # Errors
    /// None.
    #[askama::filter_fn]
    pub fn grouped(number: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(figures::grouped(number))
    }

    /// A text of others, such as an id: what would be invisible in it, or turn it around, is seen.
    ///
    /// # Errors
    /// None.
    #[askama::filter_fn]
    pub fn visible(text: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(clean::visible(&text.to_string()))
    }

    /// The same of what somebody has written: what joins letters stays as it is, since several languages are written with it.
    ///
    /// # Errors
    /// None.
    #[askama::filter_fn]
    pub fn written(text: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(clean::written(&text.to_string()))
    }
}

/// A time as pages write it: to the minute, in UTC.
#[must_use]
pub fn minute(at: Timestamp) -> String {
    let text = at.to_text();
    text.get(..16).map_or(text.clone(), |it| format!("{} UTC", it.replace('T', " ")))
}

/// A word to whoever asked, and nothing else.
#[derive(Template)]
#[template(path = "console/message.html")]
pub struct MessagePage<'a> {
    /// What it loads.
    pub assets: Assets,
    /// In a few words.
    pub title: &'a str,
    /// What to do now.
    pub text: &'a str,
    /// The address to ask once more; empty where that makes no sense.
    pub again: &'a str,
    /// The id of the request, where somebody may look for it in the log.
    pub request_id: &'a str,
}
