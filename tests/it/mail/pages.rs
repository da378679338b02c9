//! The pages: drawn as they were, and no stranger's text is markup in them.

use askama::Template;
use tempfile::tempdir;
use watchlight::{
    adapters::mail::smtp_session::TlsMode,
    domain::alert::Alert,
    http::pages::{AnswerFacts, AnswerPage, AnswerState, MailPage, MailboxPage},
    ports::{MailboxEntry, MailboxMail},
};

use crate::mail::samples::{LINK, NOW, RECIPIENT, alert, expect_file, opened};

fn answer(state: AnswerState<'_>) -> String {
    AnswerPage { product: "Example", credit: Some("db-ip.com"), state }.render().unwrap()
}

#[test]
fn the_answer_pages_look_as_they_did() {
    let ask = answer(AnswerState::Ask { facts: AnswerFacts::new(&alert()), nonce: "0123abcd" });
    assert_eq!((ask.matches("<form method=\"post\">").count(), ask.matches("<button").count()), (1, 1));
    assert!(ask.contains(r#"<input type="hidden" name="nonce" value="0123abcd">"#));
    for page in [&ask, &answer(AnswerState::Done), &answer(AnswerState::Gone)] {
        // Nothing is loaded from elsewhere; the one link names whom the place comes from.
        let without_credit = page.replace(r#"<a href="https://db-ip.com""#, "");
        assert!(!page.contains("<script") && !without_credit.contains("http"), "{page}");
    }
    expect_file("pages/answer_ask.html", &ask);
    expect_file("pages/answer_done.html", &answer(AnswerState::Done));
    expect_file("pages/answer_gone.html", &answer(AnswerState::Gone));
}

#[tokio::test]
async fn the_mailbox_pages_look_as_they_did() {
    let dir = tempdir().unwrap();
    let opened = opened(&format!("file:{}", dir.path().display()), TlsMode::Required);
    opened.mail.send(NOW, &alert(), RECIPIENT, LINK).await.unwrap();
    let mailbox = opened.mailbox.unwrap();
    let mails = mailbox.list(10);
    expect_file("pages/mailbox.html", &MailboxPage { mails: &mails }.render().unwrap());
    expect_file("pages/mailbox_empty.html", &MailboxPage { mails: &[] }.render().unwrap());
    let mail = mailbox.read(&mails[0].name).unwrap();
    let mail = MailboxMail { text: mail.text.replace('\r', ""), html: mail.html.replace('\r', ""), ..mail };
    expect_file("pages/mail.html", &MailPage { mail: &mail }.render().unwrap());
}

#[test]
fn a_strangers_text_is_no_markup() {
    let evil = "\"><script>alert(1)</script>";
    let facts = AnswerFacts::new(&Alert { place_name: evil.to_owned(), ..alert() });
    let ask =
        AnswerPage { product: evil, credit: None, state: AnswerState::Ask { facts, nonce: evil } }.render().unwrap();
    let entry =
        MailboxEntry { name: "m".to_owned(), to: evil.to_owned(), subject: evil.to_owned(), date: evil.to_owned() };
    let list = MailboxPage { mails: &[entry] }.render().unwrap();
    let headers = vec![("Subject".to_owned(), evil.to_owned()), (evil.to_owned(), evil.to_owned())];
    let mail = MailboxMail { headers, text: evil.to_owned(), html: evil.to_owned() };
    let mail = MailPage { mail: &mail }.render().unwrap();
    for page in [ask, list, mail] {
        assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    }
}
