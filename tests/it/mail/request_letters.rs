//! What mails and pages about people's requests say, word for word, in every language.

use askama::Template;
use watchlight::{
    adapters::mail::{
        message::{Composer, Wording},
        render::Letter,
    },
    app::commands::samples::{RECEIPT, request_variants},
    domain::{ids::TenantId, privacy::request::RequestKind},
    http::pages::templates::{RequestPage, RequestPageState},
    words::{
        catalogue::Catalogue,
        language::Language,
        request::{copy_offer, request_gone, request_noted, request_question},
    },
};

use crate::mail::samples::{LINK, RECIPIENT, composer, expect_file};

fn acme() -> TenantId {
    TenantId::parse("acme").unwrap()
}

/// Every mail in every language: its file name, and what it says.
fn letters() -> Vec<(String, Letter)> {
    let wording = Wording { support: Some("help@example.com".to_owned()), ..Wording::default() };
    let composer = composer().with_wording(wording);
    let mut letters = Vec::new();
    for &language in Language::ALL {
        for sample in request_variants(&acme(), language.tag()) {
            let letter = composer.letter(sample.now, &sample.notice(LINK)).unwrap();
            assert_eq!(letter.language, language);
            letters.push((format!("mail/{}/{}", language.tag(), sample.name), letter));
        }
    }
    letters
}

#[test]
fn every_mail_about_a_request_says_what_it_always_said() {
    for (name, letter) in letters() {
        expect_file(&format!("{name}.txt"), &format!("Subject: {}\n\n{}", letter.subject, letter.text));
        if name.ends_with("_export") && matches!(letter.language, Language::English | Language::Arabic) {
            expect_file(&format!("{name}.html"), &letter.html);
        }
    }
}

#[test]
fn a_mail_about_a_request_is_short_and_links_to_us_only() {
    for (name, letter) in letters() {
        assert!(letter.html.len() <= 30 * 1024 && letter.subject.chars().count() <= 60, "{name}: {}", letter.subject);
        for line in letter.text.lines().chain(letter.html.lines()) {
            assert!(line.chars().count() <= 78 || line.contains(LINK), "{name}: {line}");
        }
        for banned in ["src=", "url(", "<script", "<img", "@import"] {
            assert!(!letter.html.contains(banned), "{name}: {banned}");
        }
        let has_link = name.contains("/request_") || name.ends_with("done_export");
        for text in [&letter.html, &letter.text] {
            assert_eq!(
                (text.contains(LINK), text.contains("class=\"button\"") || !text.contains('<')),
                (has_link, has_link || !text.contains('<'))
            );
            assert_eq!(text.matches("://").count(), text.matches(LINK).count(), "{name}");
            assert_eq!(text.contains(RECEIPT), name.ends_with("done_erase"), "{name}");
            assert!(text.contains("j•••n@example.com") && !text.contains(RECIPIENT), "{name}");
        }
        let (tag, direction) = (letter.language.tag(), letter.language.direction());
        assert!(letter.html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{name}");
    }
}

#[test]
fn no_product_is_too_long_for_the_subject_of_a_request() {
    for product in ["X", "Twenty-four characters!!", "A product whose name is forty characters.", "製品"] {
        let composer = Composer::new("security@example.com", product, "https://login.example.com/").unwrap();
        for &language in Language::ALL {
            for sample in request_variants(&acme(), language.tag()) {
                let subject = composer.letter(sample.now, &sample.notice(LINK)).unwrap().subject;
                assert!((8..=60).contains(&subject.chars().count()), "{subject}");
                assert!(subject.contains(&product.chars().take(10).collect::<String>()), "{subject}");
            }
        }
    }
}

#[test]
fn a_mail_about_a_request_leads_to_no_other_place() {
    let sample = &request_variants(&acme(), "en")[0];
    for link in ["", "https://evil.example/r/x", "https://login.example.com/r/\" onclick=", "javascript:x"] {
        assert!(composer().compose(sample.now, &sample.notice(link)).is_err(), "{link}");
    }
    let elsewhere = composer().with_page_start("https://pages.example.com/");
    assert!(elsewhere.compose(sample.now, &sample.notice(LINK)).is_err());
    assert!(elsewhere.compose(sample.now, &sample.notice("https://pages.example.com/r/x")).is_ok());
}

#[test]
fn the_pages_of_a_request_look_as_they_did() {
    let kinds = RequestKind::ALL;
    for &language in Language::ALL {
        let tongue = Catalogue::built_in(language);
        let page = |state| RequestPage { language, product: "Example", state }.render().unwrap();
        let ask = |kind| {
            let words = request_question(tongue, kind, RECIPIENT, "Example");
            page(RequestPageState::Ask { words, nonce: "0123abcd" })
        };
        let mut pages: Vec<(String, String)> =
            kinds.iter().map(|it| (format!("request_{}", it.as_str()), ask(*it))).collect();
        pages.extend([
            ("request_confirmed".to_owned(), page(RequestPageState::Noted(request_noted(tongue, true)))),
            ("request_declined".to_owned(), page(RequestPageState::Noted(request_noted(tongue, false)))),
            ("request_gone".to_owned(), page(RequestPageState::Gone(request_gone(tongue, "Example")))),
            (
                "copy".to_owned(),
                page(RequestPageState::Copy { words: copy_offer(tongue, "Example"), nonce: "0123abcd" }),
            ),
        ]);
        for (name, html) in &pages {
            let (tag, direction) = (language.tag(), language.direction());
            assert!(html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{html}");
            assert!(!html.contains("<script") && !html.contains("http"), "nothing is loaded from elsewhere: {html}");
            let asks = usize::from(html.contains("<form method=\"post\">"));
            assert_eq!(html.matches("<button").count(), 2 * asks, "{name}");
            if matches!(language, Language::English | Language::Arabic) {
                expect_file(&format!("pages/{tag}/{name}.html"), html);
            }
        }
    }
}
