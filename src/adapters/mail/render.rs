//! Writes the letter of a warning.

use askama::Template;

use crate::{
    adapters::mail::fold::fold,
    domain::{
        alert::notice::{News, Notice},
        time::Timestamp,
    },
    words::{
        catalogue::Catalogue,
        facts::{AddressForm, Facts},
        language::Language,
        letter::{Letter as Words, Sender, letter as words},
    },
};

/// A mail that is written but not addressed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject: one line of at most 60 characters.
    pub subject: String,
    /// The plain text, with lines ended by `\n`.
    pub text: String,
    /// The HTML, with lines ended by `\n`.
    pub html: String,
    /// The language of the letter.
    pub language: Language,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The link is not one that a mail may contain.
    #[error("the link is not an http address of visible ASCII characters below `http.public_url` or `mail.review_url`")]
    Link,
    /// The mail is not about logins.
    #[error("the mail is not about logins")]
    NoAlert,
    /// A template failed.
    #[error("the template failed: {0}")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "new_device/body.txt")]
struct Text<'a> {
    words: &'a Words,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "new_device/body.html")]
struct Html<'a> {
    words: &'a Words,
    language: Language,
    product: &'a str,
    unusual: bool,
    link: &'a str,
}

/// What all letters have in common.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// What they say about the service.
    pub sender: Sender,
    /// The start of every link by which a warning is answered.
    pub link_start: String,
    /// The start of links to our own pages.
    pub page_start: String,
    /// How much of an IP address is shown.
    pub addresses: AddressForm,
    /// The words, by tenant and language.
    pub catalogue: Catalogue,
}

/// Writes the letter of a warning that is sent `now`, in the account's language.
///
/// # Errors
/// If a mail must not contain the link.
pub fn letter(now: Timestamp, notice: &Notice<'_>, head: &Letterhead) -> Result<Letter, RenderError> {
    let link = notice.link;
    if !link.starts_with(&head.link_start) || !is_link(link) {
        return Err(RenderError::Link);
    }
    let language = Language::of_locale(notice.locale());
    let facts = Facts::new(now, notice, head.addresses).ok_or(RenderError::NoAlert)?;
    let words = words(head.catalogue.tongue(notice.tenant(), language), &facts, &head.sender);
    let unusual = facts.sign_in.unusual && !matches!(notice.news, News::Digest(_));
    let html = Html { words: &words, language, product: &head.sender.product, unusual, link };
    Ok(Letter { text: Text { words: &words, link }.render()?, html: html.render()?, subject: words.subject, language })
}

/// Whether a link may be in a mail: without characters that end a link in some mail program, or an HTML attribute.
#[must_use]
pub fn is_link(link: &str) -> bool {
    let visible = |letter: char| letter.is_ascii_graphic() && !"<>\"'`\\^{|}".contains(letter);
    (link.starts_with("https://") || link.starts_with("http://")) && link.len() <= 900 && link.chars().all(visible)
}
