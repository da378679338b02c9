//! The worker that takes the next step of each request: mail the person, carry out what they have confirmed, tell them,
//! forget. Any number of workers in any number of processes share the requests.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};
use tracing::{error, info, warn};

use crate::{
    domain::{
        alert::{
            alert::retry_at,
            delivery::Settlement,
            notice::{News, Notice, RequestNews},
        },
        ids::AlertId,
        keyring::Keyring,
        privacy::{
            request::{PersonRequest, RequestKind, RequestPerson, RequestState},
            request_steps::{RequestEvent, after},
        },
        tenant::webhook::{EventKind, TenantEvent},
        time::{HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
        tokens::{RequestLink, bounce_token, request_token},
    },
    ports::{RequestDue, RequestStore, Unavailable},
    service::{
        alarm::{
            custody::Custody,
            request_watch::{RequestWatch, Waiting},
        },
        alert::posting::{Attempt, Posting},
        privacy::wishes::Wishes,
        queue::{
            lease::{Leased, Queue},
            tries::retry_stale,
        },
    },
};

/// How long a worker may take over a step before another may lease it. Longer than any attempt to send lasts.
const LEASE_MS: i64 = 2 * MINUTE_MS;
/// How many steps are leased at once.
const LEASED: usize = 16;
/// How many of them are taken at the same time.
const AT_ONCE: usize = 4;
/// How often steps are looked for although nothing was said in this process: another one may have opened a request.
const POLL: Duration = Duration::from_secs(2);
/// How often answers are looked for that are due.
const LOOK_MS: i64 = MINUTE_MS;
/// How many answers that are due are looked at.
const LOOKED_AT: usize = 1_000;
/// The part of the time for an answer that is left when the tenant is told first.
const SOON_PART: i64 = 4;

/// What a [`RequestWorker`] works with.
pub struct RequestWorkerParts {
    /// Where requests are kept.
    pub requests: Arc<dyn RequestStore>,
    /// Carries out what was confirmed.
    pub wishes: Arc<dyn Wishes>,
    /// Sends mails.
    pub posting: Posting,
    /// Whether the store is the one that was used before: nothing is done while it is not.
    pub custody: Arc<Custody>,
    /// Signs links and return paths.
    pub keyring: Keyring,
    /// Where our pages are, without a slash at the end.
    pub public_url: String,
    /// How long the answer to a confirmed request may take.
    pub answer_ms: i64,
    /// Notified when a request has a step to be taken.
    pub woken: Arc<Notify>,
    /// What is noted about answers that are due.
    pub watch: Arc<RequestWatch>,
}

/// Takes the steps of requests.
pub struct RequestWorker {
    parts: RequestWorkerParts,
    looked_at: Mutex<Option<Timestamp>>,
}

/// A request whose step was leased, and its version.
pub struct LeasedRequest {
    version: u64,
    request: PersonRequest,
}

impl Queue for RequestWorker {
    type Work = LeasedRequest;

    async fn lease(&self, open: usize) -> Result<Leased<LeasedRequest>, Unavailable> {
        if open > 0 || self.parts.custody.holds_mails().is_some() {
            return Ok(Leased::nothing());
        }
        let now = self.now();
        self.look_at_answers(now).await?;
        let mut work = Vec::new();
        for (version, request) in self.parts.requests.requests_due(RequestDue::Step, now, LEASED).await? {
            let Some(leased) = after(request, now, RequestEvent::Leased(now.plus_ms(LEASE_MS))) else { continue };
            // Another worker may have been faster.
            if self.parts.requests.put_request(version, &leased, None).await? {
                work.push(LeasedRequest { version: version + 1, request: leased });
            }
        }
        Ok(Leased { work, at_once: AT_ONCE })
    }

    /// Takes one step. One that was taken and could not be stored is taken again: a mail with the same Message-ID, a wish
    /// as if it was carried out once.
    async fn work(&self, work: LeasedRequest) -> Result<(), Unavailable> {
        let event = match work.request.state {
            RequestState::Opened | RequestState::CarriedOut => self.mail(&work.request).await?,
            RequestState::Confirmed => self.carry_out(&work.request).await,
            RequestState::Asked => RequestEvent::Expired,
            RequestState::Answered | RequestState::Declined | RequestState::Expired | RequestState::Failed => {
                self.parts.requests.remove_request(work.version, &work.request).await?;
                return Ok(());
            }
        };
        self.settle(work, event).await
    }

    fn done_before_more(&self, leased: usize) -> usize {
        leased
    }

    async fn news(&self, open: usize) {
        if open > 0 {
            return std::future::pending().await;
        }
        // Ends when a request has a step, or after a while.
        let _ = timeout(POLL, self.parts.woken.notified()).await;
    }
}

impl RequestWorker {
    /// With these parts.
    #[must_use]
    pub fn new(parts: RequestWorkerParts) -> Self {
        Self { parts, looked_at: Mutex::default() }
    }

    fn now(&self) -> Timestamp {
        self.parts.posting.clock.now()
    }

    /// Ends a lease. If the person has answered meanwhile, or the lease ran out, nothing is stored: the request goes on
    /// from where it is by now.
    async fn settle(&self, work: LeasedRequest, event: RequestEvent) -> Result<(), Unavailable> {
        let leased = work.request;
        retry_stale("a request", || async {
            let Some((version, request)) = self.parts.requests.request(leased.id).await? else { return Ok(Some(())) };
            let is_leased = (request.state, request.step) == (leased.state, leased.step);
            let Some(next) = after(request, self.now(), event.clone()).filter(|_| is_leased) else {
                warn!(request = %leased.id, "a request was changed while its step was taken");
                return Ok(Some(()));
            };
            if !self.parts.requests.put_request(version, &next, None).await? {
                return Ok(None);
            }
            info!(request = %next.id, state = next.state.as_str(), "a step of a request is taken");
            if next.state == RequestState::Failed {
                error!(request = %next.id, reason = next.last_error, "the person could not be reached");
            }
            if self.parts.watch.amiss().is_some() {
                // It may be over: the next look is not put off.
                *self.looked_at.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            self.parts.woken.notify_one();
            Ok::<_, Unavailable>(Some(()))
        })
        .await
    }

    /// Mails the person: to be confirmed, or what was done.
    async fn mail(&self, request: &PersonRequest) -> Result<RequestEvent, Unavailable> {
        let Some(person) = &request.person else {
            return Ok(RequestEvent::GivenUp("it is not known any more where the person is reached".to_owned()));
        };
        let keys = self.parts.keyring.tenant(&request.tenant);
        let email = keys.email(&person.address);
        let asked = [(request.tenant.clone(), email)];
        if self.parts.posting.suppressions.suppressions(&asked).await?.iter().any(Option::is_some) {
            return Ok(RequestEvent::GivenUp("the address gets no mail any more".to_owned()));
        }
        let attempt = Attempt {
            email,
            spread: request.id.0,
            number: request.step.attempts,
            leases: request.step.attempts,
            since: request.step.since,
        };
        Ok(match self.post(request, person, attempt).await? {
            Settlement::RetryAt(at, reason) | Settlement::Postponed(at, reason) => RequestEvent::Again(at, reason),
            Settlement::Dead(reason) | Settlement::GivenUp(reason) => RequestEvent::GivenUp(reason),
            Settlement::Sent | Settlement::Held(..) | Settlement::Suppressed(_) => RequestEvent::Mailed,
        })
    }

    async fn post(
        &self,
        request: &PersonRequest,
        person: &RequestPerson,
        attempt: Attempt,
    ) -> Result<Settlement, Unavailable> {
        let (keyring, news) = (&self.parts.keyring, RequestNews { request, locale: person.locale.as_deref() });
        let link = self.link(request, news.is_done());
        let notice = Notice {
            news: News::Request(news),
            recipient: &person.address,
            link: &link,
            reference: &keyring.request_reference(request.id),
            // A return path tells an alert or a request: their ids never meet.
            bounce_token: &bounce_token(keyring, AlertId(request.id.0), attempt.email),
        };
        let sent = self.parts.posting.send(self.now(), &notice, attempt).await?;
        let outcome = if sent == Settlement::Sent { "sent" } else { "not_sent" };
        metrics::counter!("watchlight_request_mails_total", "outcome" => outcome).increment(1);
        Ok(sent)
    }

    /// Where the mail's button leads; empty if the mail has none.
    fn link(&self, request: &PersonRequest, is_done: bool) -> String {
        let token = |link| request_token(&self.parts.keyring, request.id, link);
        match (is_done, request.kind) {
            (false, _) => format!("{}/r/{}", self.parts.public_url, token(RequestLink::Confirm)),
            (true, RequestKind::Export) => format!("{}/e/{}", self.parts.public_url, token(RequestLink::Copy)),
            (true, _) => String::new(),
        }
    }

    /// Carries out what was confirmed. What fails is tried again for as long as it takes: the person is owed it.
    async fn carry_out(&self, request: &PersonRequest) -> RequestEvent {
        let Some(person) = &request.person else {
            return RequestEvent::Again(self.now().plus_ms(HOUR_MS), "it is not known whose it is".to_owned());
        };
        let (tenant, user, wishes) = (&request.tenant, &person.user, &self.parts.wishes);
        let done = match request.kind {
            RequestKind::Export => wishes.export(tenant, user).await.map(|()| None),
            RequestKind::Erase => wishes.erase(tenant, user).await,
            RequestKind::Restrict => wishes.restrict(tenant, user).await.map(|()| None),
            RequestKind::Object => wishes.object(tenant, user).await.map(|()| None),
        };
        match done {
            Ok(receipt) => RequestEvent::CarriedOut(receipt),
            Err(fault) => {
                let now = self.now();
                let at = retry_at(now, now, request.step.attempts, 0.0).unwrap_or(now.plus_ms(30 * SECOND_MS));
                warn!(request = %request.id, %fault, "what a person has confirmed is not carried out yet");
                RequestEvent::Again(at, "the store did not answer".to_owned())
            }
        }
    }

    /// Looks once a minute which answers are due, and tells the tenants of those.
    async fn look_at_answers(&self, now: Timestamp) -> Result<(), Unavailable> {
        {
            let mut last = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| (0..LOOK_MS).contains(&now.ms_since(last))) {
                return Ok(());
            }
            *last = Some(now);
        }
        let soon_ms = self.parts.answer_ms / SOON_PART;
        let due = self.parts.requests.requests_due(RequestDue::Answer, now.plus_ms(soon_ms), LOOKED_AT).await?;
        let overdue = due.iter().filter(|(_, it)| it.answer_by <= now).count();
        self.parts.watch.note(Waiting { soon: due.len() - overdue, overdue });
        for (version, request) in due {
            self.remind(now, version, request, soon_ms).await?;
        }
        Ok(())
    }

    async fn remind(
        &self,
        now: Timestamp,
        version: u64,
        request: PersonRequest,
        soon_ms: i64,
    ) -> Result<(), Unavailable> {
        let Some(told) = request.reminder(now, soon_ms) else { return Ok(()) };
        let keys = self.parts.keyring.tenant(&request.tenant);
        let event = TenantEvent::new(now, EventKind::RequestDue, &keys, request.id);
        let Some(next) = after(request, now, RequestEvent::Reminded(told)) else { return Ok(()) };
        // Whoever was faster tells the tenant, or the next look does.
        if self.parts.requests.put_request(version, &next, Some(event)).await? {
            warn!(request = %next.id, ?told, "the answer to a person's request is due");
        }
        Ok(())
    }
}
