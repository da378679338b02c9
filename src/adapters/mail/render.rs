//! From a notice to the letter that tells of it.

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

/// A mail that is written and not yet addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line of at most 60 characters.
    pub subject: String,
    /// The plain part, lines ended by `\n`.
    pub text: String,
    /// The HTML part, lines ended by `\n`.
    pub html: String,
    /// The language of all three.
    pub language: Language,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The link is not one that may stand in a mail.
    #[error("the link is not an http address of visible ASCII characters below `http.public_url` or `mail.review_url`")]
    Link,
    /// A template has failed.
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
    /// Who writes.
    pub sender: Sender,
    /// What every link starts with.
    pub link_start: String,
    /// How much of an address is shown.
    pub addresses: AddressForm,
    /// The words, by tenant and language.
    pub catalogue: Catalogue,
}

/// Writes the letter of a notice when it leaves `now`, in the account's language.
///
/// # Errors
/// If the link may not stand in a mail.
pub fn letter(now: Timestamp, notice: &Notice<'_>, head: &Letterhead) -> Result<Letter, RenderError> {
    let link = notice.link;
    if !link.starts_with(&head.link_start) || !is_link(link) {
        return Err(RenderError::Link);
    }
    let alert = notice.alert();
    let language = Language::of_locale(alert.locale.as_deref());
    let facts = Facts::new(now, notice, head.addresses);
    let words = words(head.catalogue.tongue(&alert.tenant, language), &facts, &head.sender);
    let unusual = facts.sign_in.unusual && !matches!(notice.news, News::Digest(_));
    let html = Html { words: &words, language, product: &head.sender.product, unusual, link };
    Ok(Letter { text: Text { words: &words, link }.render()?, html: html.render()?, subject: words.subject, language })
}

/// Characters that end a link in some mail program, or an attribute, do not belong in one.
fn is_link(link: &str) -> bool {
    let visible = |it: char| it.is_ascii_graphic() && !"<>\"'`\\^{|}".contains(it);
    (link.starts_with("https://") || link.starts_with("http://")) && link.len() <= 900 && link.chars().all(visible)
}
