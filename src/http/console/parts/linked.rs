//! Values that lead on: each to its page, and to the search with it, and without it.

use std::cmp::Reverse;

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
    /// The search with it, and the search without it; none if it cannot be searched by, or is searched by already.
    pub narrow: Option<(String, String)>,
    /// The search without the term that asks for it, if there is that term.
    pub widen: Option<String>,
}

/// The template escapes.
impl HtmlSafe for Linked {}

impl Linked {
    /// A value under a name.
    #[must_use]
    pub fn new(view: &View, value: Value, text: impl Into<String>) -> Self {
        let href = page_of(view, &value);
        let only = Term::is(value.clone());
        let not = Term::new(true, [value]).filter(|_| !view.has(&only));
        let narrow = not.map(|not| (view.narrowed(&only), view.narrowed(&not)));
        Self { text: text.into(), href: Some(href), narrow, widen: view.widened(&only) }
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
        Self { text: text.into(), href: None, narrow: None, widen: None }
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

/// A sentence in parts, of which some lead to the pages of these users, where it names them.
#[must_use]
pub fn sentence(view: &View, text: &str, users: &[UserId]) -> Vec<(String, Option<String>)> {
    let mut named: Vec<(usize, &UserId)> =
        users.iter().filter_map(|it| Some((place(text, it.as_str())?, it))).collect();
    named.sort_by_key(|(at, user)| (*at, Reverse(user.as_str().len())));
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, user) in named {
        if let Some(before) = text.get(from..at) {
            parts.push((before.to_owned(), None));
            parts.push((user.as_str().to_owned(), Some(page_of(view, &Value::User(user.clone())))));
            from = at + user.as_str().len();
        }
    }
    parts.push((text.get(from..).unwrap_or_default().to_owned(), None));
    parts
}

/// Where a sentence names a user: within quotation marks.
fn place(sentence: &str, id: &str) -> Option<usize> {
    let quoted = format!("“{id}”");
    sentence.rfind(&quoted).map(|at| at + '“'.len_utf8())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_where_a_sentence_names_them() {
        for (sentence, id, at) in [
            ("for each: “ana”, “ben” and “zoe”.", "ben", Some(24)),
            ("for each: “and” and “ben”.", "and", Some(13)),
            ("for each: “banana”.", "ana", None),
        ] {
            assert_eq!(place(sentence, id), at, "{sentence}: {id}");
        }
    }
}
