//! Reports of mail systems: whom they are about is believed as far as the token in the return path goes.

use watchlight::{
    adapters::mail::{
        message::Composer,
        report::{Silent, read},
        smtp::SmtpMail,
        smtp_session::{Server, TlsMode},
    },
    domain::{
        alert::{
            alert::State,
            notice::{News, Notice},
            report::{About, Report},
            suppression::Cause,
        },
        ids::AlertId,
        keyring::Keyring,
        tenant::webhook::EventKind,
        tokens::bounce_token,
        turns::Room,
    },
    ports::Mail,
    service::alert::bounces::{Bounces, Outcome},
};

use crate::{
    mail::{
        outbox::{Outbox, memory},
        samples::{LINK, NOW, RECIPIENT, alert},
    },
    store::samples::{acme, at},
    support::smtp::ScriptedSmtp,
};

const POSTFIX: &str = include_str!("../../data/mail/reports/postfix.eml");
const EXCHANGE: &str = include_str!("../../data/mail/reports/exchange.eml");
const COMPLAINT: &str = include_str!("../../data/mail/reports/complaint.eml");

/// A mail that was sent to this address, with what takes reports and the mail's token.
async fn sent(address: &str) -> (Outbox, Bounces, AlertId, String) {
    let outbox = Outbox::new(memory());
    let id = outbox.queue_to(1, address).await;
    outbox.rounds().await;
    assert_eq!(outbox.delivery(id).await.state, State::Sent);
    let keyring = Keyring::new([5; 32]);
    let token = bounce_token(&keyring, id, keyring.tenant(&acme()).email(address));
    let bounces = outbox.process.bounces();
    (outbox, bounces, id, token)
}

fn report(text: &str, token: &str) -> Report {
    read(text.replace("TOKEN", token).as_bytes()).unwrap()
}

#[tokio::test]
async fn what_came_back_has_failed_and_its_address_gets_no_more_mail() {
    for text in [
        POSTFIX,
        EXCHANGE,
        &POSTFIX.replace('\n', "\r\n"),
        &POSTFIX.replace("=delivery-", "=\"Delivery-").replace("-status;", "-status\";"),
    ] {
        let (outbox, bounces, id, token) = sent("ana@example.com").await;
        let report = report(text, &token);
        assert_eq!(bounces.take(&report).await.unwrap(), Outcome::Suppressed, "{report:?}");
        let failed = outbox.delivery(id).await;
        assert_eq!(failed.state, State::Failed);
        assert!(failed.last_error.as_deref().unwrap().starts_with("it came back: 5.1.1"), "{failed:?}");
        let told = outbox.store.lease_events(at(0), at(1), &Room::of(9)).await.unwrap();
        assert_eq!(
            told.iter().map(|it| (it.event.kind, it.event.topic)).collect::<Vec<_>>(),
            [(EventKind::AlertFailed, id.into())]
        );
        assert_eq!(bounces.take(&report).await.unwrap(), Outcome::Known, "the same report again");
        assert_eq!(outbox.store.lease_events(at(0), at(1), &Room::of(9)).await.unwrap(), [], "is no news");
    }
}

#[tokio::test]
async fn what_was_called_spam_has_arrived_and_its_address_gets_no_more_mail() {
    let (outbox, bounces, id, token) = sent("ana@example.com").await;
    assert_eq!(bounces.take(&report(COMPLAINT, &token)).await.unwrap(), Outcome::Suppressed);
    assert_eq!(outbox.delivery(id).await.state, State::Sent);
    let counts = outbox.store.count_suppressions(&acme()).await.unwrap();
    assert!(counts.contains(&(Cause::Complained, 1)), "{counts:?}");
}

#[tokio::test]
async fn nobody_can_report_an_address_that_they_did_not_get_the_mail_of() {
    let (outbox, bounces, id, token) = sent("ana@example.com").await;
    let other = POSTFIX.replace("ana@example.com", "victim@example.com");
    assert_eq!(bounces.take(&report(&other, &token)).await.unwrap(), Outcome::NotOurs);
    let forged =
        bounce_token(&Keyring::new([6; 32]), id, Keyring::new([6; 32]).tenant(&acme()).email("ana@example.com"));
    assert_eq!(bounces.take(&report(POSTFIX, &forged)).await.unwrap(), Outcome::NotOurs);
    let nonsense = Report { about: About::Token("é+".repeat(21)), ..report(POSTFIX, &token) };
    assert_eq!(bounces.take(&nonsense).await.unwrap(), Outcome::NotOurs);
    // Of two in one report the one that the mail went to is meant.
    let two = POSTFIX.replace("Original-Recipient: rfc822;ana@", "Original-Recipient: rfc822;victim@");
    assert_eq!(bounces.take(&report(&two, &token)).await.unwrap(), Outcome::Suppressed);
    let counts = outbox.store.count_suppressions(&acme()).await.unwrap();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 1);
}

#[test]
fn what_says_nothing_for_good_is_told_apart() {
    let token = "a".repeat(42);
    let silent = |text: &str| read(text.replace("TOKEN", &token).as_bytes()).unwrap_err();
    assert_eq!(silent(&POSTFIX.replace("Action: failed", "Action: delayed")), Silent::NotFinal);
    assert_eq!(silent(&POSTFIX.replace("Status: 5.1.1", "Status: 5.2.2")), Silent::OtherReason);
    assert_eq!(silent(&POSTFIX.replace("Status: 5.1.1", "Status: 5.7.1")), Silent::OtherReason);
    assert_eq!(silent(&POSTFIX.replace("Status: 5.1.1", "")), Silent::OtherReason);
    assert_eq!(silent(&POSTFIX.replace("TOKEN", "short")), Silent::NoToken);
    assert_eq!(silent(&COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: not-spam")), Silent::NotFinal);
    assert_eq!(silent("From: ana@example.com\nSubject: I am away\n\nUntil Monday."), Silent::NoReport);
    assert_eq!(silent(""), Silent::NoReport);
    let without_its_part = POSTFIX.replace("message/delivery-status", "text/plain");
    assert_eq!(silent(&without_its_part), Silent::Broken);
    let deep = "Content-Type: multipart/mixed; boundary=x\n\n--x\n".repeat(20_000);
    assert_eq!(silent(&deep), Silent::Broken);
    assert_eq!(silent(&"x".repeat(10 * 1024 * 1024)), Silent::Broken);
}

#[test]
fn a_broken_report_is_no_panic() {
    let whole = POSTFIX.replace("TOKEN", &"a".repeat(42));
    for end in 0..whole.len() {
        let _ = read(&whole.as_bytes()[..end]);
    }
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone().into_bytes();
        bytes[at] ^= 0x80;
        let _ = read(&bytes);
    }
}

#[tokio::test]
async fn a_mail_comes_back_to_an_address_of_its_own() {
    let server = ScriptedSmtp::start(&[]);
    let composer = Composer::new("security@example.com", "Example", "https://login.example.com/").unwrap();
    let composer = composer.with_return_path("bounces@mail.example.com").unwrap();
    let (alert, token) = (alert(), "b".repeat(42));
    let notice = Notice {
        news: News::Alert(&alert),
        recipient: RECIPIENT,
        link: LINK,
        reference: "7KQ2MX",
        bounce_token: &token,
    };
    let address: std::net::SocketAddr = server.url().trim_start_matches("smtp://").parse().unwrap();
    let (host, port) = (address.ip().to_string(), address.port());
    let server_settings = Server { host, port, implicit_tls: false, tls: TlsMode::None, credentials: None };
    SmtpMail::new(composer, server_settings).send(NOW, &notice).await.unwrap();
    let received = server.received().remove(0);
    assert!(received.envelope[0].starts_with(&format!("MAIL FROM:<bounces+{token}@mail.example.com>")), "{received:?}");
    let message = String::from_utf8(received.message).unwrap();
    assert!(message.contains("From: Example <security@example.com>") && !message.contains(&token), "{message}");
}

#[test]
fn a_return_path_has_room_for_a_token() {
    let composer = || Composer::new("security@example.com", "Example", "https://login.example.com/").unwrap();
    for wrong in ["", "bounces", "a+b@example.com", "a-name-of-22-characters@example.com", "a b@example.com"] {
        assert!(composer().with_return_path(wrong).is_err(), "{wrong}");
    }
    assert!(composer().with_return_path("exactly-21-characters@example.com").is_ok());
}
