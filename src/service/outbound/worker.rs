//! The worker that turns events into messages to webhooks, posts them, and tries again. Any number of workers in any
//! number of processes share the queue.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::sleep;
use tracing::warn;

use crate::{
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::{Attempt, EventKind, LONGEST_RETRY_MS, TenantEvent, retry_at},
        time::{MINUTE_MS, SECOND_MS, Timestamp},
        turns::Room,
        waiting::Latest,
    },
    ports::{Clock, EventQueue, EventSettlement, LeasedEvent, Unavailable},
    service::{
        alarm::recall::{Recall, recalled},
        outbound::webhooks::{GONE, Webhooks},
        queue::lease::{Leased, Queue},
    },
};

/// How long a worker may take over a message before another may lease it. Longer than any attempt lasts.
const LEASE_MS: i64 = MINUTE_MS;
/// How many messages one worker posts at the same time. It takes sixteen tenants whose webhooks never answer to hold up
/// the others …
const WIDTH: usize = 256;
/// … since one tenant may have this many at the same time …
const WIDTH_OF_TENANT: usize = 16;
/// … and one webhook this many, so that a slow one does not hold up the others.
const WIDTH_OF_WEBHOOK: usize = 4;
/// How long a message waits when its webhook cannot be looked up because the store does not answer.
const AGAIN_MS: i64 = 5 * SECOND_MS;
/// How often the worker checks for due messages.
const POLL: Duration = Duration::from_secs(1);

/// What becomes of a message, and the result of posting it, if that was tried.
type Delivered = (EventSettlement, Option<(WebhookId, Attempt)>);

/// A message or event that was leased, and its slot among those under way. Dropping it frees the slot.
pub struct Work {
    /// What was leased.
    pub leased: LeasedEvent,
    _slot: Slot,
}

/// How many are under way, by tenant and, for messages, by webhook.
type UnderWay = Arc<Mutex<HashMap<(TenantId, Option<WebhookId>), usize>>>;

/// Posts due messages.
pub struct WebhookWorker {
    events: Arc<dyn EventQueue>,
    clock: Arc<dyn Clock>,
    webhooks: Webhooks,
    under_way: UnderWay,
    recall: Recall,
}

impl Queue for WebhookWorker {
    type Work = Work;

    /// Leases from the tenants in turn, and of no tenant more than may be under way.
    async fn lease(&self, open: usize) -> Result<Leased<Work>, Unavailable> {
        let now = self.clock.now();
        if self.recall.is_due(now) {
            let latest = Latest::new(now, LEASE_MS, LONGEST_RETRY_MS, 0);
            recalled(self.events.recall_events(now, &latest).await?);
        }
        if open >= WIDTH || self.events.next_event_due().await?.is_none_or(|due| due > now) {
            return Ok(Leased::nothing());
        }
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let room = Room { in_all: WIDTH - open, of_tenant: WIDTH_OF_TENANT, of_webhook: WIDTH_OF_WEBHOOK, under_way };
        let leased = self.events.lease_events(now, now.plus_ms(LEASE_MS), &room).await?;
        let work = |leased| Work { _slot: Slot::take(&self.under_way, &leased), leased };
        Ok(Leased { work: leased.into_iter().map(work).collect(), at_once: WIDTH })
    }

    /// Takes up an event, or posts a message once. A message that was posted but could not be settled is posted again
    /// later, with the same id.
    async fn work(&self, work: Work) -> Result<(), Unavailable> {
        let leased = &work.leased;
        let delivered = match &leased.message {
            None => self.take_up(&leased.event).await.map(|settlement| (settlement, None)),
            Some((webhook, body)) => self.deliver(leased, *webhook, body).await,
        };
        let (settlement, attempt) = match delivered {
            Ok(delivered) => delivered,
            Err(fault) => {
                // Nothing was posted, so there is no need to wait until the lease runs out.
                let (now, attempts) = (self.clock.now(), leased.attempts);
                let again = EventSettlement::RetryAt(now.plus_ms(AGAIN_MS), attempts);
                self.events.settle_event(leased, now, again).await?;
                return Err(fault);
            }
        };
        let held = self.events.settle_event(leased, self.clock.now(), settlement).await?;
        if let Some((webhook, attempt)) = attempt {
            self.webhooks.keep(webhook, attempt).await?;
        }
        if !held {
            warn!(event = %leased.event.id, "the lease ran out before the message was posted: it may arrive twice");
        }
        Ok(())
    }

    /// Half of them, so that a slow webhook does not hold up the others.
    fn done_before_more(&self, leased: usize) -> usize {
        leased.div_ceil(2)
    }

    async fn news(&self, _open: usize) {
        sleep(POLL).await;
    }
}

impl WebhookWorker {
    /// Uses these ports.
    #[must_use]
    pub fn new(events: Arc<dyn EventQueue>, clock: Arc<dyn Clock>, webhooks: Webhooks) -> Self {
        Self { events, clock, webhooks, under_way: Arc::default(), recall: Recall::default() }
    }

    /// Turns an event into one message for each webhook that wants it. All get the same bytes.
    async fn take_up(&self, event: &TenantEvent) -> Result<EventSettlement, Unavailable> {
        let webhooks = self.webhooks.list(&event.tenant).await?;
        let wanted: Vec<WebhookId> =
            webhooks.iter().filter(|hook| hook.wants(event.kind)).map(|hook| hook.id).collect();
        // A saved search has found its login even if nobody wants to know.
        if wanted.is_empty() && event.kind != EventKind::SearchMatched {
            return Ok(EventSettlement::Over);
        }
        let message = self.webhooks.message(event).await?;
        if wanted.is_empty() {
            return Ok(EventSettlement::Over);
        }
        if message.is_none() && event.kind != EventKind::SearchMatched {
            warn!(event = %event.id, "what an event is about is forgotten: nobody is told");
        }
        Ok(message.map_or(EventSettlement::Over, |body| EventSettlement::TakenUp(wanted, body)))
    }

    async fn deliver(&self, leased: &LeasedEvent, id: WebhookId, body: &[u8]) -> Result<Delivered, Unavailable> {
        let webhook = self.webhooks.find(&leased.event.tenant, id).await?.filter(|it| it.enabled);
        // Deleted or disabled since: nobody wants the message any more.
        let Some(webhook) = webhook else { return Ok((EventSettlement::Over, None)) };
        let number = leased.attempts.saturating_add(1);
        let attempt = self.webhooks.post(&webhook, &leased.event, body, number).await;
        let next_at = next(self.clock.now(), &attempt);
        if attempt.error.is_some() && next_at.is_none() {
            warn!(webhook = %id, event = %leased.event.id, attempt = number, "message given up");
        }
        let settlement = next_at.map_or(EventSettlement::Over, |at| EventSettlement::RetryAt(at, number));
        Ok((settlement, Some((id, Attempt { next_at, ..attempt }))))
    }
}

/// When a message is posted again after this attempt. `None` if it was accepted, if the endpoint wants no more, or
/// after the last try.
fn next(now: Timestamp, attempt: &Attempt) -> Option<Timestamp> {
    let again = attempt.error.is_some() && attempt.status != Some(GONE);
    again.then(|| retry_at(now, attempt.number)).flatten()
}

/// A slot among the messages under way. Dropping it frees the slot.
struct Slot {
    under_way: UnderWay,
    whose: (TenantId, Option<WebhookId>),
}

impl Slot {
    fn take(under_way: &UnderWay, leased: &LeasedEvent) -> Self {
        let whose = (leased.event.tenant.clone(), leased.message.as_ref().map(|(webhook, _)| *webhook));
        *under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(whose.clone()).or_default() += 1;
        Self { under_way: under_way.clone(), whose }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.whose);
            }
        }
    }
}
