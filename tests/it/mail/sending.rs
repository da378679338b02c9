//! How mails leave: a scripted mail server does what mail servers do, and each fault is taken for what it is.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use watchlight::{
    adapters::mail::{
        memory::MemoryMail,
        smtp::SmtpMail,
        smtp_session::{Server, TlsMode},
    },
    ports::{Mail, MailFault},
};

use crate::{
    mail::samples::{LINK, NOW, RECIPIENT, alert, composer, mail, notice},
    support::{
        ports::Port,
        smtp::{ScriptedSmtp, Turn},
    },
};

async fn send(mail: &Arc<dyn Mail>) -> Result<(), MailFault> {
    mail.send(NOW, &notice(&alert())).await
}

/// The fault of one mail to a server that takes this turn.
async fn fault(turn: Turn) -> MailFault {
    let server = ScriptedSmtp::start(&[turn]);
    let fault = send(&mail(&server.url(), TlsMode::None)).await.unwrap_err();
    let said = fault.to_string();
    assert!(!said.contains("example") && !said.contains("secret"), "the server's words are not repeated: {said}");
    fault
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = ScriptedSmtp::start(&[]);
    let mail = mail(&server.url(), TlsMode::Opportunistic);
    send(&mail).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].envelope, ["MAIL FROM:<security@example.com>", &format!("RCPT TO:<{RECIPIENT}>")]);
    let written = composer().compose(NOW, &notice(&alert())).unwrap().bytes;
    let text = |it: &[u8]| String::from_utf8_lossy(it).trim_end().to_owned();
    assert_eq!(text(&received[0].message), text(&written));
}

#[tokio::test]
async fn sessions_are_kept_and_messages_are_not_held_back() {
    let server = ScriptedSmtp::start(&[]);
    let mail = mail(&server.url(), TlsMode::None);
    let start = Instant::now();
    for _ in 0..150 {
        send(&mail).await.unwrap();
    }
    // Held back by Nagle's algorithm they would take 44 ms each, 6.6 s in all.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!((server.connections(), server.received().len()), (1, 150));
}

#[tokio::test]
async fn the_number_of_sessions_is_bounded() {
    let server = ScriptedSmtp::start(&[]);
    let mail = mail(&server.url(), TlsMode::None);
    let sent = futures_util::future::join_all((0..200).map(|_| send(&mail))).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert_eq!(server.received().len(), 200);
    assert!((2..=16).contains(&server.connections()), "{}", server.connections());
}

#[tokio::test]
async fn a_session_that_was_closed_meanwhile_costs_nothing() {
    let server = ScriptedSmtp::start(&[Turn::HangUpAfterMail]);
    let mail = mail(&server.url(), TlsMode::None);
    send(&mail).await.unwrap();
    send(&mail).await.unwrap();
    assert_eq!((server.connections(), server.received().len()), (2, 2));
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    assert!(matches!(fault(Turn::Answer("RCPT", "450 4.2.1 secret")).await, MailFault::Transient(_)));
    assert!(matches!(fault(Turn::Answer("RCPT", "552 5.2.2 secret")).await, MailFault::Transient(_)));
    assert!(matches!(fault(Turn::Answer("END", "451 4.3.0 secret")).await, MailFault::Transient(_)));
    assert!(matches!(fault(Turn::Greet("421 4.3.2 secret")).await, MailFault::Transient(_)));
    let server = ScriptedSmtp::start(&[Turn::Answer("RCPT", "450 later"), Turn::Answer("RCPT", "450 later")]);
    let mail = mail(&server.url(), TlsMode::None);
    let outcomes = [send(&mail).await, send(&mail).await, send(&mail).await];
    assert!(matches!(outcomes, [Err(MailFault::Transient(_)), Err(MailFault::Transient(_)), Ok(())]), "{outcomes:?}");
    assert_eq!((server.connections(), server.received().len()), (3, 1));
}

#[tokio::test]
async fn a_refused_recipient_is_final() {
    assert!(matches!(fault(Turn::Answer("RCPT", "550 5.1.1 secret")).await, MailFault::DeadAddress(_)));
    assert!(matches!(fault(Turn::Answer("RCPT", "550 secret")).await, MailFault::Permanent(_)));
    assert!(matches!(fault(Turn::Answer("END", "554 5.1.1 secret")).await, MailFault::DeadAddress(_)));
}

#[tokio::test]
async fn a_refusal_of_us_is_nobodys_recipients_fault() {
    assert!(matches!(fault(Turn::Answer("RCPT", "554 5.7.1 secret")).await, MailFault::Transport(_)));
    assert!(matches!(fault(Turn::Answer("MAIL", "530 5.7.0 secret")).await, MailFault::Transport(_)));
    assert!(matches!(fault(Turn::Greet("554 secret")).await, MailFault::Transport(_)));
    let server = ScriptedSmtp::start(&[Turn::Answer("AUTH", "535 5.7.8 secret")]);
    let url = server.url().replace("smtp://", "smtp://ana:wrong@");
    let refused = send(&mail(&url, TlsMode::None)).await;
    assert!(matches!(refused, Err(MailFault::Transport(_))), "{refused:?}");
    server.then(Turn::Accept);
    send(&mail(&url, TlsMode::None)).await.unwrap();
}

#[tokio::test]
async fn a_connection_lost_after_the_message_leaves_it_open() {
    let server = ScriptedSmtp::start(&[Turn::LoseAfterData]);
    let mail = mail(&server.url(), TlsMode::None);
    assert!(matches!(send(&mail).await, Err(MailFault::Transient(_))));
    assert_eq!(server.connections(), 1, "it is not sent again at once: it may have been taken");
    send(&mail).await.unwrap();
    let id = |at: usize| {
        let message = String::from_utf8(server.received()[at].message.clone()).unwrap();
        message.lines().find(|it| it.starts_with("Message-ID:")).unwrap().to_owned()
    };
    assert_eq!(id(0), id(1), "the mailbox can tell that the two are one");
}

#[tokio::test]
async fn a_stripped_starttls_is_refused() {
    let server = ScriptedSmtp::start(&[]);
    let refused = send(&mail(&server.url(), TlsMode::Required)).await;
    assert!(matches!(&refused, Err(MailFault::Transport(it)) if it.contains("STARTTLS")), "{refused:?}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_password_is_not_sent_in_plain_text() {
    let server = ScriptedSmtp::start(&[]);
    let url = server.url().replace("smtp://", "smtp://ana:secret@");
    let refused = send(&mail(&url, TlsMode::Opportunistic)).await;
    assert!(matches!(refused, Err(MailFault::Transport(_))), "{refused:?}");
    assert!(!server.commands().iter().any(|it| it.starts_with("AUTH")), "{:?}", server.commands());
    send(&mail(&url, TlsMode::None)).await.unwrap();
    assert!(server.commands().iter().any(|it| it.starts_with("AUTH PLAIN")), "{:?}", server.commands());
}

#[tokio::test]
async fn what_is_to_be_encrypted_is_never_sent_in_plain() {
    /// The first byte of a TLS handshake record (RFC 8446, 5.1).
    const HANDSHAKE: u8 = 22;
    for mode in [TlsMode::Required, TlsMode::Opportunistic] {
        let server = ScriptedSmtp::start(&[Turn::StartTls]);
        assert!(matches!(send(&mail(&server.url(), mode)).await, Err(MailFault::Transport(_))));
        assert_eq!((server.first_tls_bytes(), server.received().len()), (vec![HANDSHAKE], 0));
    }
    let server = ScriptedSmtp::start(&[Turn::Silent]);
    let mail = mail(&server.url().replace("smtp:", "smtps:"), TlsMode::None);
    assert!(matches!(send(&mail).await, Err(MailFault::Transport(_))));
    assert_eq!(server.first_tls_bytes(), [HANDSHAKE]);
}

#[tokio::test]
async fn a_server_of_one_byte_a_second_does_not_hold_a_worker() {
    let server = ScriptedSmtp::start(&[Turn::Slow]);
    let (host, port) = server
        .url()
        .trim_start_matches("smtp://")
        .split_once(':')
        .map(|(h, p)| (h.to_owned(), p.parse().unwrap()))
        .unwrap();
    let server = Server { host, port, implicit_tls: false, tls: TlsMode::None, credentials: None };
    let mail = SmtpMail::new(composer(), server).with_send_timeout(Duration::from_millis(300));
    let start = Instant::now();
    assert!(matches!(mail.send(NOW, &notice(&alert())).await, Err(MailFault::Transient(_))));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_probe_tells_whether_mails_would_leave() {
    let server = ScriptedSmtp::start(&[Turn::Accept, Turn::Greet("554 no")]);
    let mail_system = mail(&server.url(), TlsMode::None);
    mail_system.probe().await.unwrap();
    assert!(matches!(mail_system.probe().await, Err(MailFault::Transport(_))));
    // Nobody listens there.
    let port = Port::claim();
    let nobody = mail(&format!("smtp://127.0.0.1:{port}"), TlsMode::None);
    assert!(matches!(nobody.probe().await, Err(MailFault::Transient(_))));
}

#[tokio::test]
async fn a_mail_system_in_memory_fails_when_told_to() {
    let mail = MemoryMail::new(composer());
    mail.fail_next(MailFault::Transient("later".to_owned()));
    assert!(mail.send(NOW, &notice(&alert())).await.is_err());
    mail.send(NOW, &notice(&alert())).await.unwrap();
    let sent = mail.sent();
    assert_eq!((sent.len(), sent[0].recipient.as_str(), sent[0].link.as_str()), (1, RECIPIENT, LINK));
    assert!(sent[0].letter.text.contains("Firefox on Windows") && sent[0].alert == alert() && sent[0].at == NOW);
}
