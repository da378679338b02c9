//! Mails to a mail server, over a bounded number of sessions that are kept between mails.

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

/// Sessions at a time; submission services commonly allow 20 to 100 for one account.
const MAX_SESSIONS: usize = 16;
/// A session that waited no longer than this is used without asking whether it still lives.
const FRESH: Duration = Duration::from_secs(5);
/// A session that waited longer than this is not used again: servers end idle sessions, some after a minute.
const STALE: Duration = Duration::from_secs(45);
/// How long a mail may take, waiting for a session included. A timeout leaves open whether the mail was taken.
const SEND_TIMEOUT: Duration = Duration::from_secs(90);

/// Sends mails to one mail server.
pub struct SmtpMail {
    composer: Composer,
    server: Server,
    /// One permit a session that is in use.
    sessions: Semaphore,
    /// Sessions between two mails, the last used at the end.
    idle: Mutex<Vec<Idle>>,
    send_timeout: Duration,
}

struct Idle {
    session: Session,
    since: Instant,
}

impl SmtpMail {
    /// Mails of `composer` go to `server`. Connects when there is something to send.
    #[must_use]
    pub fn new(composer: Composer, server: Server) -> Self {
        let sessions = Semaphore::new(MAX_SESSIONS);
        Self { composer, server, sessions, idle: Mutex::default(), send_timeout: SEND_TIMEOUT }
    }

    /// With another time that a mail may take than 90 seconds.
    #[must_use]
    pub fn with_send_timeout(self, send_timeout: Duration) -> Self {
        Self { send_timeout, ..self }
    }

    /// A kept session may have been closed in the meantime: if it fails before the message was begun, nothing was taken
    /// and a new session is tried at once.
    async fn deliver(&self, mail: &Composed) -> Result<(), MailFault> {
        // The semaphore is never closed, so this is a permit.
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

    /// A session after its use: kept if nothing went wrong, else dropped, which closes it.
    fn keep(&self, session: Session, done: Result<(), Failure>) -> Result<(), MailFault> {
        done.map_err(|it| it.fault)?;
        self.idle().push(Idle { session, since: Instant::now() });
        Ok(())
    }

    /// The session that was used last, if one lives.
    async fn kept_session(&self) -> Option<Session> {
        loop {
            let Idle { mut session, since } = self.idle().pop()?;
            let waited = since.elapsed();
            if waited < FRESH || (waited < STALE && session.is_alive().await) {
                return Some(session);
            }
        }
    }

    /// Every change is a single push or pop, so what a panic left behind is whole.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bounded in time, and a panic of the mail library ends in a fault.
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
            // The server has greeted us and let us in: how it takes our leave says nothing more.
            drop(session.quit().await);
            Ok(())
        })
        .await
    }
}
