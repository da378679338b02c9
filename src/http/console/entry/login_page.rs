//! The page where one signs in: by a password, and by whoever else vouches for operators here.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;
use url::{Url, form_urlencoded::byte_serialize};

use crate::http::{
    console::{assets::Assets, entry::kept::Kept, page::page},
    door::{console::proxied, fault::Fault, state::State},
};

/// The first page of the console.
pub const HOME: &str = "/console/";

/// What the page says to whoever came to it.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The address that was typed.
    pub email: &'a str,
    /// Where to go afterwards.
    pub next: &'a str,
    /// What was typed before the session had ended.
    pub kept: Option<&'a Kept>,
    /// Why the operator was not let in.
    pub amiss: Option<&'a str>,
}

impl Default for Said<'_> {
    fn default() -> Self {
        Self { email: "", next: HOME, kept: None, amiss: None }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/login.html")]
struct LoginPage<'a> {
    assets: Assets,
    /// The name of what users sign in to.
    product: &'a str,
    said: Said<'a>,
    issuer: Option<IssuerLink>,
    /// Whom a proxy of ours vouches for.
    proxied: Option<String>,
}

/// Where one signs in with the issuer of operators' identities.
struct IssuerLink {
    host: String,
    href: String,
}

/// Shows the page.
///
/// # Errors
/// When it cannot be rendered: a fault of this service.
pub fn ask(state: &State, request: &HttpRequest, status: StatusCode, said: Said<'_>) -> Result<HttpResponse, Fault> {
    let issuer = state.single_sign_on.as_ref().map(|it| {
        let next: String = byte_serialize(said.next.as_bytes()).collect();
        let href = if said.next == HOME { "/console/oidc".to_owned() } else { format!("/console/oidc?next={next}") };
        IssuerLink { host: host_of(it.issuer()), href }
    });
    let proxied = proxied::email(&state.settings, request.head());
    let product = &state.settings.product;
    page(status, &LoginPage { assets: Assets, product, said, issuer, proxied })
}

/// The host of an address, which people know.
#[must_use]
pub fn host_of(address: &str) -> String {
    let url = Url::parse(address).ok();
    url.as_ref().and_then(Url::host_str).unwrap_or(address).to_owned()
}
