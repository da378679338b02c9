//! The outbox worker: lease, send, settle. Any number of workers in any number of processes share one outbox.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tracing::{error, info, warn};

use crate::{
    domain::{
        alert::retry_at,
        ids::AlertId,
        keyring::Keyring,
        notice::{News, Notice},
        time::{MINUTE_MS, SECOND_MS, Timestamp},
        webhook::{EventKind, TenantEvent},
    },
    ports::{Claimed, Clock, Mail, MailFault, Settlement, Store, Unavailable},
    service::alerts::{LINK_TOKEN, link_token},
};

/// How long a worker may take over a mail before another may take it: longer than any attempt to send lasts.
pub const LEASE_MS: i64 = 2 * MINUTE_MS;
/// Mails that one worker sends at the same time.
const BATCH: usize = 16;
/// How often the outbox is looked at although nobody has said that it has something: another process may have.
const POLL_MS: i64 = SECOND_MS;

/// Sends what waits in the outbox.
pub struct Dispatch {
    store: Arc<dyn Store>,
    mail: Arc<dyn Mail>,
    clock: Arc<dyn Clock>,
    keyring: Keyring,
    review_url: String,
    queued: Arc<Notify>,
}

impl Dispatch {
    /// Over these ports; `queued` tells when an alert was queued, and links lead to `review_url`,
    /// in which [`LINK_TOKEN`] stands for the token.
    #[must_use]
    pub fn new(
        (store, mail, clock): (Arc<dyn Store>, Arc<dyn Mail>, Arc<dyn Clock>),
        keyring: Keyring,
        review_url: String,
        queued: Arc<Notify>,
    ) -> Self {
        Self { store, mail, clock, keyring, review_url, queued }
    }

    /// Works until `stop` turns true. What is being sent then is sent to its end.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.round().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(fault) => warn!(%fault, "the outbox cannot be read"),
            }
            let wait = Duration::from_millis(self.wait_ms().await.unsigned_abs());
            tokio::select! {
                // Whichever comes first: news, the time of the next attempt, or the end.
                _ = timeout(wait, self.queued.notified()) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Leases what is due, sends it and settles it; returns how much there was.
    ///
    /// # Errors
    /// When the store does not answer. What was sent by then and could not be settled is sent again later, with the
    /// same Message-ID.
    pub async fn round(&self) -> Result<usize, Unavailable> {
        let now = self.clock.now();
        let claimed = self.store.claim(now, now.plus_ms(LEASE_MS), BATCH).await?;
        let results = join_all(claimed.iter().map(|it| self.deliver(it))).await;
        results.into_iter().collect::<Result<Vec<()>, Unavailable>>()?;
        Ok(claimed.len())
    }

    async fn deliver(&self, claimed: &Claimed) -> Result<(), Unavailable> {
        let link = self.review_url.replace(LINK_TOKEN, &link_token(&self.keyring, claimed.alert.id));
        let reference = self.keyring.reference(claimed.alert.id);
        let (news, recipient) = (News::Alert(&claimed.alert), &claimed.recipient);
        let notice = Notice { news, recipient, link: &link, reference: &reference };
        let sent = self.mail.send(self.clock.now(), &notice).await;
        let now = self.clock.now();
        let settlement = settlement(now, claimed, sent);
        let alert = &claimed.alert;
        let failed = || {
            let tenant = (&alert.tenant, &self.keyring.tenant(&alert.tenant));
            TenantEvent::new(now, EventKind::AlertFailed, tenant, alert.id)
        };
        let event = matches!(settlement, Settlement::Dead(_)).then(failed);
        let held = self.store.settle(alert.id, claimed.fence, now, settlement, event).await?;
        if !held {
            warn!(alert = %claimed.alert.id, "the lease ran out before the mail was sent: it may arrive twice");
        }
        Ok(())
    }

    /// How long nothing is due, at most a second.
    async fn wait_ms(&self) -> i64 {
        match self.store.next_due().await {
            Ok(Some(due)) => due.ms_since(self.clock.now()).clamp(10, POLL_MS),
            Ok(None) | Err(_) => POLL_MS,
        }
    }
}

/// What becomes of an alert after an attempt to send it.
fn settlement(now: Timestamp, claimed: &Claimed, sent: Result<(), MailFault>) -> Settlement {
    let id = claimed.alert.id;
    let fault = match sent {
        Ok(()) => {
            info!(alert = %id, attempt = claimed.attempt, "mail sent");
            return Settlement::Sent;
        }
        Err(fault) => fault,
    };
    match &fault {
        MailFault::Permanent(_) => {
            warn!(alert = %id, attempt = claimed.attempt, %fault, "mail given up");
            return Settlement::Dead(fault.to_string());
        }
        MailFault::Transient(_) => warn!(alert = %id, attempt = claimed.attempt, %fault, "mail not sent"),
        MailFault::Transport(_) => error!(alert = %id, attempt = claimed.attempt, %fault, "no mail can be sent"),
    }
    match retry_at(now, claimed.alert.created_at, claimed.attempt, jitter(id, claimed.attempt)) {
        Some(at) => Settlement::RetryAt(at, fault.to_string()),
        None => Settlement::Dead(fault.to_string()),
    }
}

/// A number in [−1, 1] that differs between alerts and attempts, so that a thousand mails do not all come back at once.
/// Derived and not drawn: the same attempt always waits as long.
fn jitter(id: AlertId, attempt: u32) -> f64 {
    let spread = blake3::hash(&[&id.0[..], &attempt.to_be_bytes()[..]].concat());
    f64::from(spread.as_bytes()[0]) / 127.5 - 1.0
}
