//! `/console/settings`: who is signed in, and the tenants to look at.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

use crate::http::{
    console::{
        assets::Assets,
        frame::Frame,
        page::page,
        parts::{view::View, you::You},
        views::settings::tabs::{SETTINGS, Tabs},
    },
    door::fault::Fault,
};

/// The page.
#[derive(Template)]
#[template(path = "console/settings/overview.html")]
struct OverviewPage {
    assets: Assets,
    frame: Frame,
    tabs: Tabs,
    you: You,
}

/// Shows who is signed in, and the tenants to look at.
///
/// # Errors
/// See [`Access::SignedIn`](crate::http::door::access::Access::SignedIn).
pub async fn show(view: View) -> Result<HttpResponse, Fault> {
    let (tabs, you) = (Tabs::new(&view, SETTINGS), You::new(&view));
    page(StatusCode::OK, &OverviewPage { assets: Assets, tabs, you, frame: Frame::new(view.timeless(), SETTINGS) })
}
