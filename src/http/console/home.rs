//! `/console/`: the first page. Who is signed in, what they may do, and whose logins they look at.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::{
    domain::operator::role::{CONSOLE_TENANT, Role},
    http::{
        console::{
            assets::Assets,
            faces::see_other,
            frame::Frame,
            operator::Operator,
            page::{minute, page},
            parts::view::View,
        },
        door::fault::Fault,
    },
};

/// The page.
#[derive(Template)]
#[template(path = "console/home.html")]
struct HomePage {
    assets: Assets,
    frame: Frame,
    /// What the operator may do, in words.
    may: &'static str,
    /// When the operator signed in.
    since: String,
    /// When the session ends at the latest.
    until: String,
    console_tenant: &'static str,
}

/// Shows the first page.
///
/// # Errors
/// See [`Access::SignedIn`](crate::http::door::access::Access::SignedIn).
pub async fn show(view: View) -> Result<HttpResponse, Fault> {
    let operator = &view.operator;
    let session = &operator.session;
    let home = HomePage {
        assets: Assets,
        may: in_words(operator.role),
        since: minute(session.begun_at),
        until: minute(session.ends_at()),
        frame: Frame::new(view, "/console/"),
        console_tenant: CONSOLE_TENANT,
    };
    page(StatusCode::OK, &home)
}

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

const fn in_words(role: Role) -> &'static str {
    match role {
        Role::Reader => "looks at logins",
        Role::Analyst => "looks at logins and decides about devices, alerts and verdicts",
        Role::Admin => "everything, operators too",
    }
}
