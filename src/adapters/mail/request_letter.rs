//! Writes the letter of a person's request.

use askama::Template;

use crate::{
    adapters::mail::{
        fold::fold,
        render::{Letter, Letterhead, RenderError, is_link},
    },
    domain::alert::notice::{Notice, RequestNews},
    words::{
        language::Language,
        request::{RequestLetter as Words, request_letter as words},
    },
};

#[derive(Template)]
#[template(path = "request/body.txt")]
struct Text<'a> {
    words: &'a Words,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "request/body.html")]
struct Html<'a> {
    words: &'a Words,
    language: Language,
    product: &'a str,
    link: &'a str,
}

/// Writes the letter of a request, in the account's language. Its link leads to a page of ours.
///
/// # Errors
/// If a mail must not contain the link.
pub fn request_letter(news: &RequestNews<'_>, notice: &Notice<'_>, head: &Letterhead) -> Result<Letter, RenderError> {
    let link = notice.link;
    let language = Language::of_locale(notice.locale());
    let tongue = head.catalogue.tongue(notice.tenant(), language);
    let words = words(tongue, news.request, notice.recipient, &head.sender, notice.reference);
    if words.button.is_some() && !(link.starts_with(&head.page_start) && is_link(link)) {
        return Err(RenderError::Link);
    }
    let html = Html { words: &words, language, product: &head.sender.product, link };
    Ok(Letter { text: Text { words: &words, link }.render()?, html: html.render()?, subject: words.subject, language })
}
