//! A mail system in memory for tests and replays. It keeps the mails, and fails when it is told to.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    adapters::mail::{message::Composer, render::Letter},
    domain::{
        alert::{alert::Alert, notice::Notice},
        time::Timestamp,
    },
    ports::{Mail, MailFault},
};

/// A mail that was sent about a person's request.
#[derive(Clone, Debug)]
pub struct SentRequest {
    /// When it was sent.
    pub at: Timestamp,
    /// Identifies the mail: the same at every attempt.
    pub mail_id: String,
    /// The recipient's address.
    pub recipient: String,
    /// The link to our page; empty if there is none.
    pub link: String,
    /// The letter that was written.
    pub letter: Letter,
}

/// A warning that was sent.
#[derive(Clone, Debug)]
pub struct SentMail {
    /// When it was sent.
    pub at: Timestamp,
    /// The alert that it is about.
    pub alert: Alert,
    /// The recipient's address.
    pub recipient: String,
    /// The link by which the user answers.
    pub link: String,
    /// The letter that was written.
    pub letter: Letter,
    /// The whole message, as a mail server would get it.
    pub message: Vec<u8>,
}

/// Keeps mails instead of sending them.
pub struct MemoryMail {
    composer: Composer,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sent: Vec<SentMail>,
    requests: Vec<SentRequest>,
    faults: VecDeque<MailFault>,
}

impl MemoryMail {
    /// Keeps the mails that `composer` writes.
    #[must_use]
    pub fn new(composer: Composer) -> Self {
        Self { composer, state: Mutex::default() }
    }

    /// Makes one later attempt fail with `fault`, after the faults that were planned before.
    pub fn fail_next(&self, fault: MailFault) {
        self.state().faults.push_back(fault);
    }

    /// The mails about requests that were sent, the earliest first.
    #[must_use]
    pub fn sent_requests(&self) -> Vec<SentRequest> {
        self.state().requests.clone()
    }

    /// The warnings that were sent, the earliest first.
    #[must_use]
    pub fn sent(&self) -> Vec<SentMail> {
        self.state().sent.clone()
    }

    /// Ignores poisoning: every change is a single push or pop.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mail for MemoryMail {
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault> {
        let message = self.composer.compose(now, notice)?.bytes;
        let letter = self.composer.letter(now, notice)?;
        let mut state = self.state();
        if let Some(fault) = state.faults.pop_front() {
            return Err(fault);
        }
        let (recipient, link) = (notice.recipient.to_owned(), notice.link.to_owned());
        match notice.alert().cloned() {
            Some(alert) => state.sent.push(SentMail { at: now, alert, recipient, link, letter, message }),
            None => {
                state.requests.push(SentRequest { at: now, mail_id: notice.mail_id(), recipient, link, letter });
            }
        }
        Ok(())
    }

    async fn probe(&self) -> Result<(), MailFault> {
        Ok(())
    }
}
