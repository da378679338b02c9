//! `/mailbox`: the mails that were written to a folder, for development. It shows everybody's mails without a key, so
//! it does not exist where mails are sent, nor for those who may not see it.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use askama::Template;

use crate::http::{
    door::{fault::Fault, state::State},
    pages::templates::{DevMailPage, MailPage},
};

/// How many mails are listed.
const LISTED: usize = 200;
/// A mail is shown in a sandboxed frame, to which this policy applies as well: it may show its own pictures, and load
/// nothing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; \
     form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// The mails, newest first.
///
/// # Errors
/// 404 if mails are not written to a folder.
pub async fn list(state: Data<State>) -> Result<HttpResponse, Fault> {
    let dev_mail = state.dev_mail.as_ref().ok_or(Fault::NotFound)?;
    html(&DevMailPage { mails: &dev_mail.list(LISTED) })
}

/// One mail.
///
/// # Errors
/// 404 if there is no such mail, or mails are not written to a folder.
pub async fn one(name: Path<String>, state: Data<State>) -> Result<HttpResponse, Fault> {
    let mail = state.dev_mail.as_ref().and_then(|folder| folder.read(&name)).ok_or(Fault::NotFound)?;
    html(&MailPage { mail: &mail })
}

fn html(page: &impl Template) -> Result<HttpResponse, Fault> {
    let html = page.render().map_err(|fault| Fault::internal(&fault))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(html))
}
