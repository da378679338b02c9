//! Sends mails to a mail server, over a limited number of sessions that are kept open between mails.

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::FutureExt;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use crate::{
    adapters::mail::{
        message::{Composed, Composer},
        smtp_fault::Failure,
        smtp_session::{Server, Session},
    },
    domain::{alert::notice::Notice, time::Timestamp},
    ports::{Mail, MailFault},
};

/// How many sessions may be open. Submission services commonly allow 20 to 100 for one account.
const MAX_SESSIONS: usize = 16;
/// A session that was idle for no longer than this is used without checking that it is still open.
const FRESH: Duration = Duration::from_secs(5);
/// A session that was idle for longer than this is not used again: servers close idle sessions, some after a minute.
const STALE: Duration = Duration::from_secs(45);
/// How long a mail may take, including the wait for a session. After a timeout it is not known whether the mail was
/// accepted.
const SEND_TIMEOUT: Duration = Duration::from_secs(90);

/// Sends mails to one mail server.
pub struct SmtpMail {
    composer: Composer,
    server: Server,
    /// One permit for each session in use.
    sessions: Semaphore,
    /// The idle sessions, the most recently used last.
    idle: Mutex<Vec<Idle>>,
    send_timeout: Duration,
}

struct Idle {
    session: Session,
    since: Instant,
}

impl SmtpMail {
    /// Sends the mails of `composer` to `server`. Connects when there is something to send.
    #[must_use]
    pub fn new(composer: Composer, server: Server) -> Self {
        let sessions = Semaphore::new(MAX_SESSIONS);
        Self { composer, server, sessions, idle: Mutex::default(), send_timeout: SEND_TIMEOUT }
    }

    /// Allows a mail another time than 90 seconds.
    #[must_use]
    pub fn with_send_timeout(self, send_timeout: Duration) -> Self {
        Self { send_timeout, ..self }
    }

    /// Sends a mail. A kept session may have been closed by the server: if it fails before the message was started,
    /// nothing was accepted, and a new session is tried at once.
    async fn deliver(&self, mail: &Composed) -> Result<(), MailFault> {
        // The semaphore is never closed, so this always gets a permit.
        let _permit = self.sessions.acquire().await;
        if let Some(mut session) = self.kept_session().await {
            match session.deliver(&mail.envelope, &mail.bytes).await {
                Err(failure) if failure.session_over => (),
                done => return self.keep(session, done),
            }
        }
        let mut session = Session::open(&self.server).await?;
        let done = session.deliver(&mail.envelope, &mail.bytes).await;
        self.keep(session, done)
    }

    /// Keeps a session after its use if nothing went wrong. Otherwise drops it, which closes it.
    fn keep(&self, session: Session, done: Result<(), Failure>) -> Result<(), MailFault> {
        done.map_err(|it| it.fault)?;
        self.idle().push(Idle { session, since: Instant::now() });
        Ok(())
    }

    /// The most recently used idle session that is still open.
    async fn kept_session(&self) -> Option<Session> {
        loop {
            let Idle { mut session, since } = self.idle().pop()?;
            let waited = since.elapsed();
            if waited < FRESH || (waited < STALE && session.is_alive().await) {
                return Some(session);
            }
        }
    }

    /// Ignores poisoning: every change is a single push or pop.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Limits the time of `work`, and turns a panic of the mail library into a fault.
    async fn guarded(&self, work: impl Future<Output = Result<(), MailFault>>) -> Result<(), MailFault> {
        let work = AssertUnwindSafe(work).catch_unwind();
        match timeout(self.send_timeout, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(MailFault::Transient("sending the mail panicked".to_owned())),
            Err(_) => Err(MailFault::Transient("the mail server took too long: it may have taken the mail".to_owned())),
        }
    }
}

#[async_trait]
impl Mail for SmtpMail {
    async fn send(&self, now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault> {
        let mail = self.composer.compose(now, notice)?;
        self.guarded(self.deliver(&mail)).await
    }

    async fn probe(&self) -> Result<(), MailFault> {
        self.guarded(async {
            let session = Session::open(&self.server).await?;
            // The server has accepted the credentials: how it answers QUIT does not matter.
            drop(session.quit().await);
            Ok(())
        })
        .await
    }
}
