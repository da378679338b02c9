//! What the pages behind a mail's button have in common: they change nothing by being opened, and take a form only from a
//! browser that was shown it.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    cookie::{Cookie, SameSite},
    http::{StatusCode, header},
};
use data_encoding::BASE64URL_NOPAD;

use crate::{
    domain::tokens::same,
    http::door::{edge, fault::Fault, state::State},
    words::language::Language,
};

/// How many random bytes a nonce has: too many to guess.
const NONCE_BYTES: usize = 16;
/// A page loads nothing, runs nothing and posts only to itself.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The cookie with the nonce that a page's form must send back. No other site can read it.
#[derive(Clone, Copy, Debug)]
pub struct NonceCookie {
    /// Its name.
    pub name: &'static str,
    /// The path of the pages that it is for.
    pub path: &'static str,
}

impl NonceCookie {
    /// Whether a form sends back the nonce of this browser.
    #[must_use]
    pub fn was_shown(self, request: &HttpRequest, given: Option<&str>) -> bool {
        let shown = self.nonce(request);
        shown.zip(given).is_some_and(|(shown, given)| same(given.as_bytes(), shown.as_bytes()))
    }

    /// The nonce of this browser, or else a new one. A browser that has one keeps it, so that two open pages both work.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn nonce_or_new(self, request: &HttpRequest) -> Result<String, Fault> {
        match self.nonce(request) {
            Some(nonce) => Ok(nonce),
            None => Ok(BASE64URL_NOPAD.encode(&edge::random_bytes::<NONCE_BYTES>()?)),
        }
    }

    /// The cookie.
    #[must_use]
    pub fn with(self, state: &State, nonce: String) -> Cookie<'static> {
        let secure = state.settings.public_url.starts_with("https://");
        Cookie::build(self.name, nonce)
            .path(self.path)
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(secure)
            .finish()
    }

    /// The nonce in the cookie, if it has the form of one of ours.
    fn nonce(self, request: &HttpRequest) -> Option<String> {
        let cookie = request.cookie(self.name)?;
        let sound = BASE64URL_NOPAD.decode(cookie.value().as_bytes()).is_ok_and(|nonce| nonce.len() == NONCE_BYTES);
        sound.then(|| cookie.value().to_owned())
    }
}

/// The language that the browser asks for.
#[must_use]
pub fn language_of(request: &HttpRequest) -> Language {
    let accepted =
        request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Language::of_header(accepted)
}

/// An answer with the headers of a page.
#[must_use]
pub fn headed(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Robots-Tag", "noindex"));
    answer
}
