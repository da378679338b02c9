//! Values that lead on: each to its page, and to the search with it, and without it.

use std::{cmp::Reverse, ops::Range};

use askama::{Template, filters::HtmlSafe};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    domain::{
        country_names::countries,
        ids::{DeviceId, UserId},
        kept_address::KeptAddress,
        place::Country,
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

/// A sentence in parts, of which some lead on: to the pages of these users, where it names them, and of countries. What the network is
/// called names no country.
#[must_use]
pub fn sentence(view: &View, text: &str, (users, network): (&[UserId], &str)) -> Vec<(String, Option<String>)> {
    let mut named: Vec<(Range<usize>, Value)> = users
        .iter()
        .filter_map(|it| Some((place(text, it.as_str())?, it)))
        .map(|(at, it)| (at..at + it.as_str().len(), Value::User(it.clone())))
        .collect();
    named.extend(countries_in(text, network).into_iter().map(|(at, country)| (at, Value::Country(country))));
    named.sort_by_key(|(at, _)| (at.start, Reverse(at.end)));
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, value) in named {
        if let (Some(before), Some(name)) = (text.get(from..at.start), text.get(at.clone())) {
            parts.push((before.to_owned(), None));
            parts.push((name.to_owned(), Some(page_of(view, &value))));
            from = at.end;
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

/// Where a sentence names countries: as whole words, neither within quotation marks nor in the name of the network, nor in that of a city
/// such as Mexico City.
fn countries_in(sentence: &str, network: &str) -> Vec<(Range<usize>, Country)> {
    let others: Vec<Range<usize>> = sentence
        .match_indices('“')
        .filter_map(|(at, _)| Some(at..at + sentence.get(at..)?.find('”')?))
        .chain(sentence.match_indices(network).filter(|_| !network.is_empty()).map(|(at, it)| at..at + it.len()))
        .collect();
    let is_word = |at: &Range<usize>| {
        let before = sentence.get(..at.start).and_then(|it| it.chars().next_back());
        let mut after = sentence.get(at.end..).unwrap_or_default().chars();
        let ends = match after.next() {
            Some(' ') => !after.next().is_some_and(char::is_uppercase),
            other => !other.is_some_and(char::is_alphanumeric),
        };
        ends && !before.is_some_and(|it| it.is_alphanumeric() || it == '-')
    };
    let mut found: Vec<(Range<usize>, Country)> = countries()
        .flat_map(|(country, name)| {
            let name = name.strip_prefix("The ").unwrap_or(name);
            sentence.match_indices(name).map(move |(at, name)| (at..at + name.len(), country))
        })
        .filter(|(at, _)| is_word(at) && !others.iter().any(|it| it.contains(&at.start)))
        .collect();
    // Of two that begin alike, or lie in each other, the longer one is meant.
    let all: Vec<Range<usize>> = found.iter().map(|(at, _)| at.clone()).collect();
    let is_within = |at: &Range<usize>| all.iter().any(|it| it != at && it.start <= at.start && at.end <= it.end);
    found.retain(|(at, _)| !is_within(at));
    found
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
    #[test]
    fn a_country_is_found_where_a_sentence_names_it() {
        let told = |sentence: &str| -> Vec<String> {
            let found = countries_in(sentence, "Telecom Germany");
            found.into_iter().map(|(at, country)| format!("{} {}", &sentence[at], country.as_str())).collect()
        };
        for (sentence, named) in [
            ("It came from Stockholm, Sweden, as before.", vec!["Sweden SE"]),
            (
                "It came from the Netherlands, the one before from the United States.",
                vec!["Netherlands NL", "United States US"],
            ),
            ("It came from Mexico City, Mexico.", vec!["Mexico MX"]),
            ("The network is that of Telecom Germany, in Germany.", vec!["Germany DE"]),
            ("For each: “Jordan” and “Chad”.", vec![]),
            ("It came from Guinea-Bissau.", vec!["Guinea-Bissau GW"]),
            ("Nigerian princes.", vec![]),
        ] {
            let mut found = told(sentence);
            found.sort();
            let mut expected = named.clone();
            expected.sort_unstable();
            assert_eq!(found, expected, "{sentence}");
        }
    }
}
