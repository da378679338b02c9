//! The pages: drawn as they were, and no stranger's text is markup in them.

use askama::Template;
use tempfile::tempdir;
use watchlight::{
    adapters::mail::smtp_session::TlsMode,
    domain::{
        alert::alert::Alert,
        place::{Country, NamedPlace},
    },
    http::pages::templates::{AnswerPage, AnswerState, DevMailPage, MailPage},
    ports::{DevMailEntry, DevMailMessage},
    words::{
        catalogue::{Catalogue, Tongue},
        facts::{AddressForm, Method, SignIn},
        language::Language,
        page::{gone, question, thanks},
    },
};

use crate::mail::samples::{NOW, alert, expect_file, notice, opened};

fn page(language: Language, state: AnswerState<'_>) -> String {
    AnswerPage { language, product: "Example", credit: Some("db-ip.com"), state }.render().unwrap()
}

fn ask<'a>(tongue: &Tongue, alert: &Alert, nonce: &'a str) -> AnswerState<'a> {
    AnswerState::Ask { words: question(tongue, &SignIn::new(alert, AddressForm::Full)), nonce }
}

#[test]
fn the_answer_pages_look_as_they_did() {
    for &language in Language::ALL {
        let tongue = Catalogue::built_in(language);
        let asked = page(language, ask(tongue, &alert(), "0123abcd"));
        let done = page(language, AnswerState::Done(thanks(tongue, "Example", Some(Method::Password))));
        let gone = page(language, AnswerState::Gone(gone(tongue, "Example")));
        assert_eq!((asked.matches("<form method=\"post\">").count(), asked.matches("<button").count()), (1, 1));
        assert!(asked.contains(r#"<input type="hidden" name="nonce" value="0123abcd">"#));
        for page in [&asked, &done, &gone] {
            // Nothing is loaded from elsewhere; the one link names whom the place comes from.
            let without_credit = page.replace(r#"href="https://db-ip.com""#, "");
            assert!(!page.contains("<script") && !without_credit.contains("http"), "{page}");
            let (tag, direction) = (language.tag(), language.direction());
            assert!(page.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")), "{page}");
        }
        expect_file(&format!("pages/{}/answer_ask.html", language.tag()), &asked);
        expect_file(&format!("pages/{}/answer_done.html", language.tag()), &done);
        expect_file(&format!("pages/{}/answer_gone.html", language.tag()), &gone);
    }
}

#[tokio::test]
async fn the_mailbox_pages_look_as_they_did() {
    let dir = tempdir().unwrap();
    let opened = opened(&format!("file:{}", dir.path().display()), TlsMode::Required);
    opened.mail.send(NOW, &notice(&alert())).await.unwrap();
    let mailbox = opened.dev_mail.unwrap();
    let mails = mailbox.list(10);
    expect_file("pages/mailbox.html", &DevMailPage { mails: &mails }.render().unwrap());
    expect_file("pages/mailbox_empty.html", &DevMailPage { mails: &[] }.render().unwrap());
    let mail = mailbox.read(&mails[0].name).unwrap();
    let mail = DevMailMessage { text: mail.text.replace('\r', ""), html: mail.html.replace('\r', ""), ..mail };
    expect_file("pages/mail.html", &MailPage { mail: &mail }.render().unwrap());
}

#[test]
fn a_strangers_text_is_no_markup() {
    let evil = "\"><script>alert(1)</script>";
    let place = NamedPlace {
        country: Country::parse("XX").unwrap(),
        country_name: evil.to_owned(),
        city: Some(evil.to_owned()),
    };
    let state = ask(Catalogue::built_in(Language::Arabic), &Alert { place: Some(place), ..alert() }, evil);
    let ask = AnswerPage { language: Language::Arabic, product: evil, credit: None, state }.render().unwrap();
    let entry =
        DevMailEntry { name: "m".to_owned(), to: evil.to_owned(), subject: evil.to_owned(), date: evil.to_owned() };
    let list = DevMailPage { mails: &[entry] }.render().unwrap();
    let headers = vec![("Subject".to_owned(), evil.to_owned()), (evil.to_owned(), evil.to_owned())];
    let mail = DevMailMessage { headers, text: evil.to_owned(), html: evil.to_owned() };
    let mail = MailPage { mail: &mail }.render().unwrap();
    for page in [ask, list, mail] {
        assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    }
}
