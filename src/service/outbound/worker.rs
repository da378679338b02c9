//! The worker that tells tenants: takes events up, posts messages, tries again. Any number of workers in any number of
//! processes share what waits.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{sync::watch, time::sleep};
use tracing::warn;

use crate::{
    domain::{
        ids::{TenantId, WebhookId},
        tenant::webhook::{Attempt, LONGEST_RETRY_MS, TenantEvent, retry_at},
        time::{MINUTE_MS, SECOND_MS, Timestamp},
        turns::Room,
        waiting::Latest,
    },
    ports::{ClaimedEvent, Clock, EventSettlement, Store, Unavailable},
    service::{
        alarm::recall::{Recall, recalled},
        outbound::webhooks::{GONE, Webhooks},
    },
};

/// How long a worker may take over a message before another may take it: longer than any attempt lasts.
const LEASE_MS: i64 = MINUTE_MS;
/// What one worker does at the same time: so much that it takes sixteen tenants whose webhooks never answer to hold up the
/// others …
const WIDTH: usize = 256;
/// … of which so much is one tenant's …
const WIDTH_OF_TENANT: usize = 16;
/// … and so much for one webhook: one that is slow must not hold up the others.
const WIDTH_OF_WEBHOOK: usize = 4;
/// How long something waits whose webhook could not be looked up, because the store did not answer.
const AGAIN_MS: i64 = 5 * SECOND_MS;
/// How often it is looked whether anything waits.
const POLL: Duration = Duration::from_secs(1);

/// How a message goes on, and what came of posting it, if that was tried.
type Delivered = (EventSettlement, Option<(WebhookId, Attempt)>);

/// Something that waits to be posted, and its place among what is under way, which it gives back when it is dropped.
pub struct Leased {
    /// What was leased.
    pub claimed: ClaimedEvent,
    _place: Place,
}

/// What is under way, by tenant and, for messages, webhook.
type UnderWay = Arc<Mutex<HashMap<(TenantId, Option<WebhookId>), usize>>>;

/// Posts what waits.
pub struct Posting {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    webhooks: Webhooks,
    under_way: UnderWay,
    recall: Recall,
}

impl Posting {
    /// Over these ports.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, webhooks: Webhooks) -> Self {
        Self { store, clock, webhooks, under_way: Arc::default(), recall: Recall::default() }
    }

    /// Works until `stop` turns true. What is being posted then is posted to its end.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut under_way = FuturesUnordered::new();
        while !*stop.borrow() {
            let claim = self.claim(WIDTH - under_way.len());
            tokio::pin!(claim);
            // What is under way goes on meanwhile: left alone it would keep the store's readers that it was given, and the
            // claim, and every login, would wait for them for ever.
            let claimed = loop {
                tokio::select! {
                    claimed = &mut claim => break claimed,
                    Some(done) = under_way.next() => report(done),
                }
            };
            let claimed = claimed.unwrap_or_else(|fault| {
                warn!(%fault, "what waits to be posted cannot be read");
                Vec::new()
            });
            // To look for more costs as much for one as for many: so half as many must be done as were found last time.
            let mut until_more = claimed.len().div_ceil(2).max(1);
            under_way.extend(claimed.into_iter().map(|it| self.work(it)));
            let poll = sleep(POLL);
            tokio::pin!(poll);
            while until_more > 0 {
                tokio::select! {
                    // Whichever comes first: some are done and make room, time has passed, or the end.
                    Some(done) = under_way.next() => {
                        report(done);
                        until_more -= 1;
                    }
                    () = &mut poll => break,
                    _ = stop.changed() => break,
                }
            }
        }
        while let Some(done) = under_way.next().await {
            report(done);
        }
    }

    /// Leases what is due, at most `limit`, in turn by tenant, and no more of one than may be under way.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn claim(&self, limit: usize) -> Result<Vec<Leased>, Unavailable> {
        let now = self.clock.now();
        if self.recall.is_due(now) {
            let latest = Latest::new(now, LEASE_MS, LONGEST_RETRY_MS, 0);
            recalled(self.store.recall_events(now, &latest).await?);
        }
        if limit == 0 || self.store.next_event_due().await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let room = Room { in_all: limit, of_tenant: WIDTH_OF_TENANT, of_webhook: WIDTH_OF_WEBHOOK, under_way };
        let claimed = self.store.claim_events(now, now.plus_ms(LEASE_MS), &room).await?;
        let leased = |claimed| Leased { _place: Place::take(&self.under_way, &claimed), claimed };
        Ok(claimed.into_iter().map(leased).collect())
    }

    /// Takes an event up, or posts a message once.
    ///
    /// # Errors
    /// When the store does not answer. What was posted by then is posted again later, under the same name.
    pub async fn work(&self, leased: Leased) -> Result<(), Unavailable> {
        let claimed = &leased.claimed;
        let delivered = match &claimed.message {
            None => self.take_up(&claimed.event).await.map(|it| (it, None)),
            Some((webhook, body)) => self.deliver(claimed, *webhook, body).await,
        };
        let (settlement, attempt) = match delivered {
            Ok(it) => it,
            Err(fault) => {
                // Nothing was posted, so it need not wait until the lease has run out.
                let (now, attempts) = (self.clock.now(), claimed.attempts);
                let again = EventSettlement::RetryAt(now.plus_ms(AGAIN_MS), attempts);
                self.store.settle_event(claimed, now, again).await?;
                return Err(fault);
            }
        };
        let held = self.store.settle_event(claimed, self.clock.now(), settlement).await?;
        if let Some((webhook, attempt)) = attempt {
            self.store.put_attempt(webhook, attempt).await?;
        }
        if !held {
            warn!(event = %claimed.event.id, "the lease ran out before the message was posted: it may arrive twice");
        }
        Ok(())
    }

    /// An event becomes one message for each webhook that wants it; the same bytes for all.
    async fn take_up(&self, event: &TenantEvent) -> Result<EventSettlement, Unavailable> {
        let webhooks = self.webhooks.list(&event.tenant).await?;
        let wanted: Vec<WebhookId> = webhooks.iter().filter(|it| it.wants(event.kind)).map(|it| it.id).collect();
        if wanted.is_empty() {
            return Ok(EventSettlement::Over);
        }
        let message = self.webhooks.message(event).await?;
        if message.is_none() {
            warn!(event = %event.id, "what an event is about is forgotten: nobody is told");
        }
        Ok(message.map_or(EventSettlement::Over, |body| EventSettlement::TakenUp(wanted, body)))
    }

    async fn deliver(&self, claimed: &ClaimedEvent, id: WebhookId, body: &[u8]) -> Result<Delivered, Unavailable> {
        let webhook = self.webhooks.find(&claimed.event.tenant, id).await?.filter(|it| it.enabled);
        // Removed or switched off since: nobody wants it any more.
        let Some(webhook) = webhook else { return Ok((EventSettlement::Over, None)) };
        let number = claimed.attempts.saturating_add(1);
        let attempt = self.webhooks.post(&webhook, &claimed.event, body, number).await;
        let next_at = next(self.clock.now(), &attempt);
        if attempt.error.is_some() && next_at.is_none() {
            warn!(webhook = %id, event = %claimed.event.id, attempt = number, "message given up");
        }
        let settlement = next_at.map_or(EventSettlement::Over, |at| EventSettlement::RetryAt(at, number));
        Ok((settlement, Some((id, Attempt { next_at, ..attempt }))))
    }
}

/// When a message is posted again after this attempt; none if it was taken, if nothing more is wanted there, or if it has
/// been tried often enough.
fn next(now: Timestamp, attempt: &Attempt) -> Option<Timestamp> {
    let again = attempt.error.is_some() && attempt.status != Some(GONE);
    again.then(|| retry_at(now, attempt.number)).flatten()
}

fn report(done: Result<(), Unavailable>) {
    if let Err(fault) = done {
        warn!(%fault, "how posting a message ended is not stored: it is posted again");
    }
}

/// A place among what is under way; given back when it is dropped.
struct Place {
    under_way: UnderWay,
    whose: (TenantId, Option<WebhookId>),
}

impl Place {
    fn take(under_way: &UnderWay, claimed: &ClaimedEvent) -> Self {
        let whose = (claimed.event.tenant.clone(), claimed.message.as_ref().map(|(webhook, _)| *webhook));
        *under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(whose.clone()).or_default() += 1;
        Self { under_way: under_way.clone(), whose }
    }
}

impl Drop for Place {
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
