//! From an alert to the letter that tells of it.

use askama::Template;

use crate::{
    adapters::mail::{
        clean::{fold, labelled},
        facts::Facts,
        words::{Words, english},
    },
    domain::{alert::Alert, time::Timestamp},
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
    /// The language of all three, as a BCP 47 tag.
    pub content_language: &'static str,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The link is not one that may stand in a mail.
    #[error("the link is not an http address of visible ASCII characters below `http.public_url`")]
    Link,
    /// A template has failed.
    #[error("the template failed: {0}")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "new_device/subject.txt")]
struct Subject<'a> {
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "new_device/body.txt")]
struct Text<'a> {
    words: &'a Words,
    facts: &'a Facts,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "new_device/body.html")]
struct Html<'a> {
    words: &'a Words,
    facts: &'a Facts,
    link: &'a str,
}

/// For whom letters are written.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The name of what users sign in to; clean.
    pub product: String,
    /// Who is to be named beside a place, by host name.
    pub credit: Option<&'static str>,
    /// What every link starts with.
    pub public_url: String,
}

/// Writes the letter that warns `recipient` of `alert` when it leaves `now`; `link` is where they answer.
///
/// # Errors
/// If the link may not stand in a mail.
pub fn letter(
    now: Timestamp,
    alert: &Alert,
    recipient: &str,
    link: &str,
    head: &Letterhead,
) -> Result<Letter, RenderError> {
    if !link.starts_with(&head.public_url) || !is_link(link) {
        return Err(RenderError::Link);
    }
    let facts = Facts::new(now, alert, recipient, &head.product);
    let words = english(&facts, head.credit);
    Ok(Letter {
        subject: Subject { words: &words }.render()?.trim().to_owned(),
        text: Text { words: &words, facts: &facts, link }.render()?,
        html: Html { words: &words, facts: &facts, link }.render()?,
        content_language: words.language,
    })
}

/// Characters that end a link in some mail program, or an attribute, do not belong in one.
fn is_link(link: &str) -> bool {
    let visible = |it: char| it.is_ascii_graphic() && !"<>\"'`\\^{|}".contains(it);
    (link.starts_with("https://") || link.starts_with("http://")) && link.len() <= 900 && link.chars().all(visible)
}
