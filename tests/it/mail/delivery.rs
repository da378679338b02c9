//! What happens between the outbox and the mail server: every fault is taken for what it is, and nobody is mailed too often.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use tokio::sync::Notify;
use watchlight::{
    adapters::mail::{memory::MemoryMail, smtp_session::TlsMode},
    domain::{
        alert::{
            alert::{Alert, Delivery, State, Suppressed},
            breaker::{FIRST_PAUSE_MS, LONGEST_PAUSE_MS},
            notice::Notice,
            suppression::Cause,
        },
        ids::{AlertId, UserId},
        keyring::Keyring,
        tenant::webhook::EventKind,
        time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
        turns::Room,
    },
    ports::{Clock, Mail, MailFault},
    service::alert::deliveries::Requeued,
};

use crate::support::services::{deliveries, round};
use crate::{
    mail::{
        outbox::{Outbox, memory},
        samples::mail,
    },
    store::samples::{acme, at, commit_with_alert},
    support::smtp::{ScriptedSmtp, Turn},
};

/// How a late mail in the samples' language says so.
const LATE: &str = "Não foi possível enviar esta mensagem antes.";

#[tokio::test]
async fn an_address_that_does_not_exist_gets_no_more_mail_and_the_tenant_is_told() {
    let server = ScriptedSmtp::start(&[Turn::Answer("RCPT", "550 5.1.1 no such user")]);
    let outbox = Outbox::new(mail(&server.url(), TlsMode::None));
    let first = outbox.queue_to(1, "Ana@Example.com").await;
    outbox.rounds().await;
    let failed = outbox.delivery(first).await;
    assert_eq!((failed.state, failed.recipient, failed.attempts), (State::Failed, None, 1));
    let told = outbox.store.lease_events(outbox.clock.now(), at(MINUTE_MS), &Room::of(9)).await.unwrap();
    assert_eq!(
        told.iter().map(|it| (it.event.kind, it.event.topic)).collect::<Vec<_>>(),
        [(EventKind::AlertFailed, first.into())]
    );
    assert_eq!(outbox.store.count_suppressions(&acme()).await.unwrap()[0], (Cause::Refused, 1));

    let second = outbox.queue_to(2, "ana@example.com").await;
    outbox.rounds().await;
    let kept_back = outbox.delivery(second).await;
    assert_eq!((kept_back.state, kept_back.suppressed), (State::Suppressed, Some(Suppressed::AddressSuppressed)));
    assert_eq!((kept_back.recipient, server.connections()), (None, 1));

    let mailbox = Keyring::new([5; 32]).tenant(&acme()).email("ana@example.com");
    assert!(outbox.store.lift(&acme(), mailbox).await.unwrap());
    let third = outbox.queue_to(3, "ana@example.com").await;
    outbox.rounds().await;
    assert_eq!(outbox.delivery(third).await.state, State::Sent);
}

#[tokio::test]
async fn what_may_pass_is_tried_by_the_plan() {
    let server = ScriptedSmtp::start(&[
        Turn::Answer("RCPT", "450 4.2.1 greylisted"),
        Turn::Answer("RCPT", "450 4.2.1 greylisted"),
        Turn::Greet("421 4.3.2 busy"),
        Turn::Answer("RCPT", "552 5.2.2 full"),
        Turn::LoseAfterData,
    ]);
    let outbox = Outbox::new(mail(&server.url(), TlsMode::None));
    let id = outbox.queue(1).await;
    let mut waits = Vec::new();
    loop {
        outbox.rounds().await;
        let delivery = outbox.delivery(id).await;
        let Some(due) = delivery.due_at else { break };
        waits.push(due.ms_since(outbox.clock.now()) / 1_000);
        outbox.clock.set(due);
    }
    let plan = [10, 30, 120, 300, 900];
    assert_eq!(waits.len(), plan.len(), "{waits:?}");
    assert!(
        waits.iter().zip(plan).all(|(wait, planned)| (planned * 8 / 10..=planned * 12 / 10).contains(wait)),
        "{waits:?}"
    );
    assert_eq!((outbox.delivery(id).await.attempts, server.received().len()), (6, 2), "one was lost after it had come");
    assert!(outbox.store.count_suppressions(&acme()).await.unwrap().iter().all(|(_, count)| *count == 0));
}

#[tokio::test]
async fn a_refusal_of_us_stops_everything_and_is_nobodys_fault() {
    let server = ScriptedSmtp::start(&[Turn::Answer("AUTH", "535 5.7.8 no"), Turn::Answer("MAIL", "550 5.7.1 no")]);
    let outbox = Outbox::new(mail(&server.url().replace("smtp://", "smtp://ana:wrong@"), TlsMode::None));
    for number in 0..40 {
        outbox.queue(number).await;
    }
    outbox.rounds().await;
    assert_eq!(server.connections(), 1, "the first refusal stops the others");
    assert_eq!(outbox.breaker.stopped_since(), Some(at(0)));
    outbox.clock.advance_ms(FIRST_PAUSE_MS - 1);
    outbox.rounds().await;
    assert_eq!(server.connections(), 1);
    outbox.clock.advance_ms(1);
    outbox.rounds().await;
    assert_eq!(server.connections(), 2, "one is tried, and refused at another place");
    outbox.clock.advance_ms(2 * FIRST_PAUSE_MS - 1);
    outbox.rounds().await;
    assert_eq!(server.connections(), 2, "the pause has doubled");
    let alerts = outbox.store.alerts(&acme(), None, 500, outbox.clock.now()).await.unwrap();
    assert!(alerts.iter().all(|(_, it)| it.state == State::Queued && it.counted() == 0), "{alerts:?}");

    outbox.clock.advance_ms(MINUTE_MS);
    outbox.rounds().await;
    outbox.clock.advance_ms(MINUTE_MS);
    outbox.rounds().await;
    assert_eq!((outbox.breaker.stopped_since(), server.received().len()), (None, 40));
    assert!(outbox.states().await.iter().all(|it| *it == State::Sent));
    assert!(outbox.store.count_suppressions(&acme()).await.unwrap().iter().all(|(_, count)| *count == 0));
}

#[tokio::test]
async fn a_process_that_has_just_started_tries_one_mail_at_a_server_that_refuses_us() {
    let refusal = || Turn::Answer("MAIL", "550 5.7.1 no");
    let server = ScriptedSmtp::start(&[refusal(), refusal()]);
    let outbox = Outbox::new(mail(&server.url(), TlsMode::None));
    for number in 0..40 {
        outbox.queue(number).await;
    }
    outbox.rounds().await;
    assert_eq!(server.connections(), 1);
    outbox.beside(mail(&server.url(), TlsMode::None)).rounds().await;
    assert_eq!((server.connections(), server.received().len()), (2, 0));
    let alerts = outbox.store.alerts(&acme(), None, 500, outbox.clock.now()).await.unwrap();
    assert!(alerts.iter().all(|(_, it)| it.state == State::Queued && it.counted() == 0), "{alerts:?}");
}

/// A mail system that refuses us over one mail, whenever it comes.
struct Poisoned(Arc<MemoryMail>);

#[async_trait]
impl Mail for Poisoned {
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault> {
        if notice.recipient == "user0@example.com" {
            return Err(MailFault::Transport("5.7.1".to_owned()));
        }
        self.0.send(now, notice).await
    }

    async fn probe(&self) -> Result<(), MailFault> {
        Ok(())
    }
}

#[tokio::test]
async fn one_mail_that_is_always_refused_does_not_hold_up_the_others_for_long() {
    let sent = memory();
    let outbox = Outbox::new(Arc::new(Poisoned(sent.clone())));
    let poisoned = outbox.queue(0).await;
    for number in 1..=20 {
        outbox.queue(number).await;
    }
    let mut minutes = 0;
    while sent.sent().len() < 20 {
        outbox.rounds().await;
        outbox.clock.advance_ms(MINUTE_MS);
        minutes += 1;
    }
    assert!(minutes < 10, "{minutes}");
    let mut hours = 0;
    while outbox.delivery(poisoned).await.state != State::Failed {
        outbox.clock.advance_ms(LONGEST_PAUSE_MS.max(HOUR_MS));
        outbox.rounds().await;
        hours += 1;
    }
    assert!((70..=80).contains(&hours), "it is given up after three days, and not before: {hours}");
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_when_somebody_says_so_and_says_that_it_is_late() {
    let mail = memory();
    let outbox = Outbox::new(mail.clone());
    let id = outbox.queue(1).await;
    while outbox.delivery(id).await.state != State::Failed {
        mail.fail_next(MailFault::Transient("451".to_owned()));
        outbox.rounds().await;
        if let Some(due) = outbox.delivery(id).await.due_at {
            outbox.clock.set(due);
        }
    }
    assert!(outbox.clock.now().ms_since(at(0)) > 71 * HOUR_MS);
    let failed = outbox.delivery(id).await;
    assert_eq!(failed.last_error.as_deref(), Some("not now: 451"));
    assert!((72..=84).contains(&failed.counted()), "about hourly: {}", failed.counted());
    assert_eq!(deliveries(&outbox.store).requeue(id, outbox.clock.now(), None).await.unwrap(), Requeued::Queued);
    mail.fail_next(MailFault::Transient("451".to_owned()));
    outbox.rounds().await;
    let again = outbox.delivery(id).await;
    assert_eq!((again.state, again.counted()), (State::Queued, 1), "the plan begins anew");
    outbox.clock.advance_ms(HOUR_MS);
    outbox.rounds().await;
    let sent = mail.sent();
    assert_eq!((outbox.delivery(id).await.state, sent.len()), (State::Sent, 1));
    assert_eq!((sent[0].recipient.as_str(), sent[0].alert.id), ("user1@example.com", id));
    assert!(sent[0].letter.text.contains(LATE), "{}", sent[0].letter.text);
}

/// A mail system that holds the mails which it is given until it is told to let go.
#[derive(Default)]
struct Gate {
    begun: AtomicUsize,
    open: AtomicBool,
    opened: Notify,
}

#[async_trait]
impl Mail for Gate {
    async fn send(&self, _now: Timestamp, _notice: &Notice<'_>) -> Result<(), MailFault> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        while !self.open.load(Ordering::SeqCst) {
            self.opened.notified().await;
        }
        Ok(())
    }

    async fn probe(&self) -> Result<(), MailFault> {
        Ok(())
    }
}

#[tokio::test]
async fn a_worker_that_was_frozen_past_its_lease_sends_no_more_than_it_had_begun() {
    let (gate, mail) = (Arc::new(Gate::default()), memory());
    let frozen = Outbox::new(gate.clone());
    for number in 0..4 {
        frozen.queue(number).await;
    }
    let quick = frozen.beside(mail.clone());
    let thaw = async {
        while gate.begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        frozen.clock.advance_ms(5 * MINUTE_MS);
        quick.rounds().await;
        assert_eq!(mail.sent().len(), 4, "another worker has taken over");
        gate.open.store(true, Ordering::SeqCst);
        gate.opened.notify_waiters();
        gate.opened.notify_one();
    };
    let (round, ()) = tokio::join!(round(&frozen.dispatch), thaw);
    round.unwrap();
    assert_eq!(gate.begun.load(Ordering::SeqCst), 1, "of its four mails it had begun one");
    let alerts = frozen.store.alerts(&acme(), None, 9, frozen.clock.now()).await.unwrap();
    assert!(alerts.iter().all(|(_, it)| it.state == State::Sent && it.attempts == 2), "{alerts:?}");
    assert_eq!(frozen.store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_digest_is_the_same_mail_at_every_attempt() {
    let mail = memory();
    let outbox = Outbox::new(mail.clone());
    let lead = collect(&outbox, 0, Delivery::collected(at(HOUR_MS), "ana@example.com".to_owned())).await;
    for minute in 1..=3 {
        collect(&outbox, minute, Delivery::suppressed(at(0), Suppressed::RateLimited)).await;
    }
    outbox.clock.set(at(HOUR_MS));
    mail.fail_next(MailFault::Transient("451".to_owned()));
    outbox.rounds().await;
    assert!(mail.sent().is_empty());
    // What exceeds the budget after that leads the next digest.
    let next = collect(&outbox, 60, Delivery::collected(at(2 * HOUR_MS), "ana@example.com".to_owned())).await;
    collect(&outbox, 61, Delivery::suppressed(at(0), Suppressed::RateLimited)).await;
    outbox.clock.set(at(HOUR_MS + 5 * MINUTE_MS));
    outbox.rounds().await;
    outbox.clock.set(at(2 * HOUR_MS + DAY_MS / 24));
    outbox.rounds().await;
    let sent = mail.sent();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].letter.text.contains('4') && sent[1].letter.text.contains('2'), "{}", sent[0].letter.text);
    assert!(sent[0].alert.id >= lead && sent[0].alert.id < next, "named after one of its own");
    assert!(sent[1].alert.id >= next);
}

/// Records an alert of user 1 so many minutes after the start, as the intake would.
async fn collect(outbox: &Outbox, minute: u8, delivery: Delivery) -> AlertId {
    let keys = Keyring::new([5; 32]).tenant(&acme());
    let name = UserId::parse("u_42").unwrap();
    let (key, time) = (keys.user(&name), at(i64::from(minute) * MINUTE_MS));
    let version = outbox.store.load(&key, None, time).await.unwrap().version;
    let mut commit = commit_with_alert(&key, version, time, minute);
    let alert: &mut (Alert, Delivery) = commit.logins[0].alert.as_mut().unwrap();
    alert.1 = delivery;
    let id = alert.0.id;
    outbox.store.commit(commit).await.unwrap();
    id
}

/// A mail server that is down until it is not.
struct Down(AtomicBool, Arc<MemoryMail>);

#[async_trait]
impl Mail for Down {
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault> {
        if self.0.load(Ordering::SeqCst) {
            return Err(MailFault::Transient("it does not answer".to_owned()));
        }
        self.1.send(now, notice).await
    }

    async fn probe(&self) -> Result<(), MailFault> {
        Ok(())
    }
}

#[tokio::test]
async fn what_waited_while_the_server_was_down_is_all_sent_once_and_says_that_it_is_late() {
    const ALERTS: u8 = 200;
    let sent = memory();
    let server = Arc::new(Down(AtomicBool::new(true), sent.clone()));
    let outbox = Outbox::new(server.clone());
    for number in 0..ALERTS {
        outbox.queue(number).await;
    }
    for _ in 0..75 {
        outbox.rounds().await;
        outbox.clock.advance_ms(MINUTE_MS);
    }
    assert!(outbox.states().await.iter().all(|it| *it == State::Queued));
    server.0.store(false, Ordering::SeqCst);
    for _ in 0..75 {
        outbox.rounds().await;
        outbox.clock.advance_ms(MINUTE_MS);
    }
    let mails = sent.sent();
    let names: BTreeSet<AlertId> = mails.iter().map(|it| it.alert.id).collect();
    assert_eq!((mails.len(), names.len()), (usize::from(ALERTS), usize::from(ALERTS)));
    assert!(mails.iter().all(|it| it.letter.text.contains(LATE)));
    assert_eq!(outbox.store.next_due().await.unwrap(), None);
}
