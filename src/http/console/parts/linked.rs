//! Values that lead on: each to its page, and to the search with it, and without it.

use askama::{Template, filters::HtmlSafe};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    domain::{
        ids::{DeviceId, UserId},
        kept_address::KeptAddress,
        search::{query::Term, reading::network, value::Value},
    },
    http::console::{page::filters, parts::view::View},
};

/// A value that leads on. Shows itself in a template.
#[derive(Clone, Debug, Template)]
#[template(path = "console/parts/linked.html")]
pub struct Linked {
    /// What is shown.
    pub text: String,
    /// Its page; none if it has none.
    pub href: Option<String>,
    /// The search with it, and the search without it; none if it cannot be searched by.
    pub narrow: Option<(String, String)>,
}

/// The template escapes.
impl HtmlSafe for Linked {}

impl Linked {
    /// A value under a name.
    #[must_use]
    pub fn new(view: &View, value: Value, text: impl Into<String>) -> Self {
        let href = page_of(view, &value);
        let narrow = Term::new(true, [value.clone()]).map(|not| (view.narrowed(&Term::is(value)), view.narrowed(&not)));
        Self { text: text.into(), href: Some(href), narrow }
    }

    /// A value as a search has it.
    #[must_use]
    pub fn plain(view: &View, value: Value) -> Self {
        let text = value.text();
        Self::new(view, value, text)
    }

    /// A text that leads nowhere.
    #[must_use]
    pub fn nowhere(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None, narrow: None }
    }

    /// A user's device under its name.
    #[must_use]
    pub fn device(view: &View, user: &UserId, device: DeviceId, name: impl Into<String>) -> Self {
        let linked = Self::new(view, Value::Device(device), name);
        Self { href: Some(view.href(&device_path(user, device), &[])), ..linked }
    }

    /// An address, as far as it is kept.
    #[must_use]
    pub fn address(view: &View, address: &KeptAddress) -> Self {
        let text = address.to_string();
        match network(&text) {
            Some(network) => Self::new(view, Value::Address(network), text),
            None => Self::nowhere(text),
        }
    }
}

/// The page of a value: its own, or else the search for it.
#[must_use]
pub fn page_of(view: &View, value: &Value) -> String {
    match value {
        // A browser takes a segment of dots for a folder.
        Value::User(user) if !matches!(user.as_str(), "." | "..") => view.href(&user_path(user), &[]),
        Value::Login(login) => view.href(&format!("/console/logins/{login}"), &[]),
        Value::Address(_) | Value::Country(_) | Value::Asn(_) | Value::Fingerprint(_) => {
            view.href("/console/about", &[("q", &Term::is(value.clone()).to_string())])
        }
        _ => view.search(&Term::is(value.clone()).to_string()),
    }
}

/// The path of a user's page.
#[must_use]
pub fn user_path(user: &UserId) -> String {
    format!("/console/users/{}", segment(user.as_str()))
}

/// The path of a device's page.
#[must_use]
pub fn device_path(user: &UserId, device: DeviceId) -> String {
    format!("{}/devices/{device}", user_path(user))
}

/// A text as one segment of a path.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
