//! The mail worker: lease, send, settle. Any number of workers in any number of processes share one outbox.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tracing::{debug, error, info, warn};

use crate::{
    domain::{
        alert::{
            alert::{LONGEST_PUT_OFF_MS, LONGEST_RETRY_MS, Suppressed},
            breaker::Allowed,
            delivery::Settlement,
            notice::{News, Notice},
        },
        keyring::Keyring,
        tenant::webhook::{EventKind, TenantEvent},
        time::{MINUTE_MS, SECOND_MS, Timestamp},
        tokens::{bounce_token, link_token},
        waiting::Latest,
    },
    ports::{Clock, LeasedAlert, Mail, Outbox, SuppressionStore, Unavailable},
    service::{
        alarm::{
            custody::Custody,
            mail_breaker::MailBreaker,
            recall::{Recall, recalled},
        },
        alert::{
            alerts::LINK_TOKEN,
            deliveries::Deliveries,
            parcels::{Parcel, Parcels, Prospect},
            posting::{Attempt, Posting},
        },
        queue::lease::{Leased, Queue},
    },
};

/// How long a worker may take over what it has leased before another may lease it.
pub const LEASE_MS: i64 = 2 * MINUTE_MS;
/// A mail is not started if less than this is left of its lease. Longer than any attempt to send lasts.
const MARGIN_MS: i64 = 95 * SECOND_MS;
/// How many mails one worker sends at the same time, at most.
const WIDEST: usize = 16;
/// How many mails are leased for each that is sent at the same time.
const LEASED_EACH: usize = 4;
/// How often the outbox is checked although nothing was queued in this process: another one may have queued an alert.
const POLL_MS: i64 = SECOND_MS;
/// How long an alert waits for others that are queued shortly after it: to ask for one costs the store as much as for many.
const GATHERED_FOR: Duration = Duration::from_millis(100);
/// The pauses before a lease is tried to be settled again: a mail that was sent and is not settled is sent twice.
const SETTLE_AGAIN_MS: [u64; 4] = [50, 200, 800, 2_000];

/// What a [`Dispatch`] works with.
pub struct DispatchParts {
    /// The alerts that wait.
    pub outbox: Arc<dyn Outbox>,
    /// Ends leases.
    pub deliveries: Deliveries,
    /// Where addresses are suppressed that accept no mail.
    pub suppressions: Arc<dyn SuppressionStore>,
    /// Sorts alerts that were leased together into mails.
    pub parcels: Parcels,
    /// Sends mails.
    pub mail: Arc<dyn Mail>,
    /// Whether mails may be sent. Shared with the health check.
    pub breaker: Arc<MailBreaker>,
    /// Whether the store is the one that was used before: mails wait while it is not.
    pub custody: Arc<Custody>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Signs links and return paths.
    pub keyring: Keyring,
    /// Where links lead, with [`LINK_TOKEN`] in place of the token.
    pub review_url: String,
    /// Notified when an alert was queued.
    pub queued: Arc<Notify>,
}

/// Sends the alerts that wait in the outbox.
pub struct Dispatch {
    parts: DispatchParts,
    posting: Posting,
    width: AtomicUsize,
    recall: Recall,
}

/// Alerts that one mail tells of, and the end of their lease.
pub struct LeasedParcel {
    parcel: Parcel,
    lease_until: Timestamp,
}

impl Queue for Dispatch {
    type Work = LeasedParcel;

    /// Mails are sent one by one while few wait, and up to 16 at the same time when many do. So a worker that is killed
    /// leaves few mails of which it is not known whether they were sent.
    async fn lease(&self, open: usize) -> Result<Leased<LeasedParcel>, Unavailable> {
        if open > 0 || self.parts.custody.holds_mails().is_some() {
            return Ok(Leased::nothing());
        }
        let now = self.parts.clock.now();
        let (at_once, limit) = match self.parts.breaker.allows(now) {
            Allowed::NoneUntil(_) => return Ok(Leased::nothing()),
            Allowed::One => (1, 1),
            Allowed::All => {
                let width = self.width.load(Ordering::Relaxed);
                (width, width * LEASED_EACH)
            }
        };
        if self.recall.is_due(now) {
            let latest = Latest::new(now, LEASE_MS, LONGEST_RETRY_MS, LONGEST_PUT_OFF_MS);
            recalled(self.parts.outbox.recall(now, &latest).await?);
        }
        let lease_until = now.plus_ms(LEASE_MS);
        let leased = self.parts.outbox.lease(now, lease_until, limit).await?;
        if leased.is_empty() {
            return Ok(Leased::nothing());
        }
        let many = leased.len() >= limit;
        self.width.store(if many { (2 * at_once).min(WIDEST) } else { (at_once / 2).max(1) }, Ordering::Relaxed);
        let parcels = self.parts.parcels.of(now, leased).await?;
        let work = parcels.into_iter().map(|parcel| LeasedParcel { parcel, lease_until }).collect();
        Ok(Leased { work, at_once })
    }

    /// Sends a mail and settles its alerts. A mail that was sent and could not be settled is sent again later, with the
    /// same Message-ID.
    async fn work(&self, work: LeasedParcel) -> Result<(), Unavailable> {
        self.deliver(work.lease_until, &work.parcel).await
    }

    fn done_before_more(&self, leased: usize) -> usize {
        leased
    }

    async fn news(&self, open: usize) {
        if open > 0 {
            return std::future::pending().await;
        }
        let wait = Duration::from_millis(self.wait_ms().await.unsigned_abs());
        // Ends when an alert was queued, or when the next one is due.
        if timeout(wait, self.parts.queued.notified()).await.is_ok() {
            sleep(GATHERED_FOR).await;
        }
    }
}

impl Dispatch {
    /// With these parts.
    #[must_use]
    pub fn new(parts: DispatchParts) -> Self {
        let posting = Posting {
            mail: parts.mail.clone(),
            breaker: parts.breaker.clone(),
            suppressions: parts.suppressions.clone(),
            clock: parts.clock.clone(),
        };
        Self { parts, posting, width: AtomicUsize::new(1), recall: Recall::default() }
    }

    async fn deliver(&self, lease_until: Timestamp, parcel: &Parcel) -> Result<(), Unavailable> {
        let now = self.parts.clock.now();
        let settlement = match parcel.prospect {
            Prospect::Never(why) => {
                info!(alert = %parcel.lead.alert.id, reason = why.as_str(), "not mailed");
                Settlement::Suppressed(why)
            }
            Prospect::Held(until, why) => {
                debug!(alert = %parcel.lead.alert.id, reason = why.as_str(), "mailed later");
                Settlement::Held(until, why)
            }
            Prospect::Mail if lease_until.ms_since(now) < MARGIN_MS => {
                Settlement::Postponed(now, "its turn did not come in time".to_owned())
            }
            Prospect::Mail => self.send(now, parcel).await?,
        };
        count(&settlement);
        let mut work = Vec::with_capacity(parcel.others.len());
        for other in &parcel.others {
            work.push(self.settle(other, told_with(&settlement, other.held)));
        }
        stream::iter(work).buffer_unordered(WIDEST).try_collect::<Vec<()>>().await?;
        self.settle(&parcel.lead, settlement).await
    }

    /// Sends a warning, alone or with those that share its mail.
    async fn send(&self, now: Timestamp, parcel: &Parcel) -> Result<Settlement, Unavailable> {
        let lead = &parcel.lead;
        let digest = self.parts.parcels.digest(now, parcel).await?;
        let news = digest.as_ref().map_or(News::Alert(&lead.alert), News::Digest);
        let named_after = digest.as_ref().map_or(lead.alert.id, |it| it.riskiest.id);
        let link = self.parts.review_url.replace(LINK_TOKEN, &link_token(&self.parts.keyring, named_after));
        let reference = self.parts.keyring.reference(named_after);
        let bounce_token = bounce_token(&self.parts.keyring, lead.alert.id, parcel.email);
        let (recipient, link) = (lead.recipient.as_str(), link.as_str());
        let notice = Notice { news, recipient, link, reference: &reference, bounce_token: &bounce_token };
        let attempt = Attempt {
            email: parcel.email,
            spread: lead.alert.id.0,
            number: lead.attempt,
            leases: u32::try_from(lead.fence).unwrap_or(u32::MAX),
            since: lead.since,
        };
        self.posting.send(now, &notice, attempt).await
    }

    /// Ends a lease. If the store does not answer, it is tried again for a few seconds.
    async fn settle(&self, leased: &LeasedAlert, settlement: Settlement) -> Result<(), Unavailable> {
        let (alert, now) = (&leased.alert, self.parts.clock.now());
        let failed =
            || TenantEvent::new(now, EventKind::AlertFailed, &self.parts.keyring.tenant(&alert.tenant), alert.id);
        let event = matches!(settlement, Settlement::Dead(_) | Settlement::GivenUp(_)).then(failed);
        let settle = || self.parts.deliveries.settle(leased, now, settlement.clone(), event.clone());
        let mut outcome = settle().await;
        for pause_ms in SETTLE_AGAIN_MS {
            if outcome.is_ok() {
                break;
            }
            sleep(Duration::from_millis(pause_ms)).await;
            outcome = settle().await;
        }
        if !outcome? {
            warn!(alert = %alert.id, "the lease ran out before the mail was sent: it may arrive twice");
        }
        Ok(())
    }

    /// How long there is nothing to do, at most a second.
    async fn wait_ms(&self) -> i64 {
        let now = self.parts.clock.now();
        if let Allowed::NoneUntil(until) = self.parts.breaker.allows(now) {
            return until.ms_since(now).clamp(10, POLL_MS);
        }
        match self.parts.outbox.next_due().await {
            Ok(Some(due)) => due.ms_since(now).clamp(10, POLL_MS),
            Ok(None) | Err(_) => POLL_MS,
        }
    }
}

/// The end of the lease of an alert that shares another one's mail: the same as that one's. Once it is told, it keeps
/// the reason for which it was not mailed alone.
fn told_with(lead: &Settlement, held: Option<Suppressed>) -> Settlement {
    match (lead, held) {
        (Settlement::Sent, Some(why)) => Settlement::Suppressed(why),
        (Settlement::RetryAt(at, _), Some(why)) => Settlement::Held(*at, why),
        (settlement, _) => settlement.clone(),
    }
}

fn count(settlement: &Settlement) {
    let outcome = match settlement {
        Settlement::Sent => "sent",
        Settlement::RetryAt(..) => "retried",
        Settlement::Postponed(..) => "postponed",
        Settlement::Held(..) => "held",
        Settlement::Dead(_) => "refused",
        Settlement::GivenUp(_) => "given_up",
        Settlement::Suppressed(_) => "suppressed",
    };
    if outcome == "given_up" {
        error!("a mail was tried for three days and is given up");
    }
    metrics::counter!("watchlight_mails_total", "outcome" => outcome).increment(1);
}
