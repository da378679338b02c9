//! People's requests: opening and looking them up for the product, and taking the person's answer by link.

use std::sync::Arc;

use tokio::sync::Notify;
use tracing::info;

use crate::{
    domain::{
        ids::{RequestId, TenantId, UserId, UserKey},
        keyring::Keyring,
        privacy::{
            request::{PersonRequest, RequestKind, RequestPerson, RequestState},
            request_steps::{Opening, RequestEvent, after, opened},
        },
        time::Timestamp,
        tokens::{RequestLink, read_request_token},
    },
    ports::{Clock, ProfileStore, RequestIndex, RequestStore, SuppressionStore, Unavailable},
    service::{privacy::wishes::Wishes, queue::tries::retry_stale},
};

/// How many requests are read at once to fill a page of a filtered list.
const SCAN_STEP: usize = 500;

/// Why no request was opened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RequestError {
    /// No e-mail address of the user is known, so that they cannot be verified.
    #[error("no e-mail address of this user is known")]
    NoAddress,
    /// The address is suppressed: no mail would reach the person.
    #[error("the user's address gets no mail: it was refused, came back, or its owner complained")]
    Suppressed,
    /// Nobody carries out this kind.
    #[error("requests of this kind are not carried out here")]
    NotOffered,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What [`Requests`] work with.
#[derive(Clone)]
pub struct RequestParts {
    /// Where requests are kept.
    pub requests: Arc<dyn RequestStore>,
    /// Where the person's address is known.
    pub profiles: Arc<dyn ProfileStore>,
    /// Which addresses get no mail.
    pub suppressions: Arc<dyn SuppressionStore>,
    /// What can be asked for.
    pub wishes: Arc<dyn Wishes>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Derives ids, and signs links.
    pub keyring: Keyring,
    /// How long the answer to a confirmed request may take.
    pub answer_ms: i64,
    /// Notified when a request has a step to be taken.
    pub woken: Arc<Notify>,
}

/// Which requests are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestFilter {
    /// In this state.
    pub state: Option<RequestState>,
}

/// A page of requests.
#[derive(Clone, Debug)]
pub struct RequestsPage {
    /// The requests, newest first.
    pub requests: Vec<PersonRequest>,
    /// The next page has the requests below this id; `None` if this is the last page.
    pub next: Option<RequestId>,
}

/// A request that was opened, or that was open already.
#[derive(Clone, Debug)]
pub struct OpenedRequest {
    /// The request.
    pub request: PersonRequest,
    /// Whether it is new.
    pub is_new: bool,
}

/// The requests of all tenants.
#[derive(Clone)]
pub struct Requests {
    parts: RequestParts,
}

impl Requests {
    /// With these parts.
    #[must_use]
    pub const fn new(parts: RequestParts) -> Self {
        Self { parts }
    }

    /// Opens a request for a user. If one of this kind is open, returns that; one that has failed is taken up again.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn open(
        &self,
        tenant: &TenantId,
        user: &UserId,
        kind: RequestKind,
    ) -> Result<OpenedRequest, RequestError> {
        if !self.parts.wishes.offers(kind) {
            return Err(RequestError::NotOffered);
        }
        let opened = retry_stale("a user's requests", || self.try_open(tenant, user, kind)).await?;
        if opened.is_new {
            info!(request = %opened.request.id, kind = kind.as_str(), "a request is opened");
        }
        self.parts.woken.notify_one();
        Ok(opened)
    }

    async fn try_open(
        &self,
        tenant: &TenantId,
        user: &UserId,
        kind: RequestKind,
    ) -> Result<Option<OpenedRequest>, RequestError> {
        let (now, keys) = (self.parts.clock.now(), self.parts.keyring.tenant(tenant));
        let key = keys.user(user);
        let known = self.of_user(&key).await?;
        let open = known.into_iter().find(|(_, it)| it.kind == kind && it.state.is_open());
        if let Some((version, request)) = open {
            let Some(again) = after(request.clone(), now, RequestEvent::TakenUp) else {
                return Ok(Some(OpenedRequest { request, is_new: false }));
            };
            let again = PersonRequest { person: Some(self.person(now, tenant, user).await?), ..again };
            let is_put = self.parts.requests.put_request(version, &again, None).await?;
            return Ok(is_put.then_some(OpenedRequest { request: again, is_new: false }));
        }
        let person = self.person(now, tenant, user).await?;
        let id = keys.request_id(now, &key, kind.as_str());
        let opening = Opening { id, tenant: tenant.clone(), user: key, kind, person };
        let request = opened(now, opening, self.parts.answer_ms);
        let is_put = self.parts.requests.put_request(0, &request, None).await?;
        Ok(is_put.then_some(OpenedRequest { request, is_new: true }))
    }

    /// Where a user is reached by mail.
    async fn person(&self, now: Timestamp, tenant: &TenantId, user: &UserId) -> Result<RequestPerson, RequestError> {
        let keys = self.parts.keyring.tenant(tenant);
        let contact = self.parts.profiles.load(&keys.user(user), None, now).await?.profile.contact;
        let address = contact.email.ok_or(RequestError::NoAddress)?;
        let asked = [(tenant.clone(), keys.email(&address))];
        if self.parts.suppressions.suppressions(&asked).await?.iter().any(Option::is_some) {
            return Err(RequestError::Suppressed);
        }
        Ok(RequestPerson { user: user.clone(), address, locale: contact.locale })
    }

    async fn of_user(&self, user: &UserKey) -> Result<Vec<(u64, PersonRequest)>, Unavailable> {
        self.parts.requests.requests(RequestIndex::User(user), None, SCAN_STEP).await
    }

    /// Finds a request by id. Another tenant's is not found.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, id: RequestId) -> Result<Option<PersonRequest>, Unavailable> {
        let found = self.parts.requests.request(id).await?;
        Ok(found.map(|(_, request)| request).filter(|it| it.tenant == *tenant))
    }

    /// The requests that pass the filter, newest first, below the id `before`, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn page(
        &self,
        tenant: &TenantId,
        filter: RequestFilter,
        before: Option<RequestId>,
        limit: usize,
    ) -> Result<RequestsPage, Unavailable> {
        let (mut requests, mut position) = (Vec::new(), before);
        loop {
            let step = self.parts.requests.requests(RequestIndex::Tenant(tenant), position, SCAN_STEP).await?;
            let end = step.len() < SCAN_STEP;
            for (_, request) in step {
                if requests.len() == limit {
                    return Ok(RequestsPage { requests, next: position });
                }
                position = Some(request.id);
                if filter.state.is_none_or(|it| it == request.state) {
                    requests.push(request);
                }
            }
            if end {
                return Ok(RequestsPage { requests, next: None });
            }
        }
    }

    /// Ends a request that the product has answered by itself. Returns it; `None` if the tenant has none with this id.
    /// One that has ended stays as it is.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn close(&self, tenant: &TenantId, id: RequestId) -> Result<Option<PersonRequest>, Unavailable> {
        if self.find(tenant, id).await?.is_none() {
            return Ok(None);
        }
        let closed = self.change(id, |now, request| after(request, now, RequestEvent::Closed)).await?;
        Ok(closed.map(|it| it.request))
    }

    /// The request that a link's token names, if the link can be used now. Expired, used and unknown tokens are all
    /// `None`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn by_link(&self, token: &str, link: RequestLink) -> Result<Option<PersonRequest>, Unavailable> {
        let Some(id) = read_request_token(&self.parts.keyring, token, link) else { return Ok(None) };
        let now = self.parts.clock.now();
        let can_be_used = |request: &PersonRequest| match link {
            RequestLink::Confirm => request.can_be_confirmed(now),
            RequestLink::Copy => request.can_be_fetched(now),
        };
        let found = self.parts.requests.request(id).await?;
        Ok(found.map(|(_, request)| request).filter(can_be_used))
    }

    /// Takes the person's answer by link: they confirm the request, or did not ask for it. Returns the request as it was
    /// asked; `None` if the link can no longer be used.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn answer(&self, token: &str, is_confirmed: bool) -> Result<Option<PersonRequest>, Unavailable> {
        let event = if is_confirmed { RequestEvent::Confirmed(self.parts.answer_ms) } else { RequestEvent::Declined };
        self.use_link(token, RequestLink::Confirm, event).await
    }

    /// Takes a link to a copy as used, and returns the request whose copy is to be given; `None` if the link can no longer
    /// be used.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn fetch(&self, token: &str) -> Result<Option<PersonRequest>, Unavailable> {
        self.use_link(token, RequestLink::Copy, RequestEvent::Fetched).await
    }

    async fn use_link(
        &self,
        token: &str,
        link: RequestLink,
        event: RequestEvent,
    ) -> Result<Option<PersonRequest>, Unavailable> {
        let Some(asked) = self.by_link(token, link).await? else { return Ok(None) };
        let may_be_used = |now, request: &PersonRequest| match link {
            RequestLink::Confirm => request.can_be_confirmed(now),
            RequestLink::Copy => request.can_be_fetched(now),
        };
        let use_once = |now, request: PersonRequest| {
            may_be_used(now, &request).then(|| after(request, now, event.clone())).flatten()
        };
        let changed = self.change(asked.id, use_once).await?;
        self.parts.woken.notify_one();
        Ok(changed.filter(|it| it.is_changed).map(|_| asked))
    }

    /// Replaces a request by the one that `next` makes of it; if that is `None`, leaves it. `None` if there is none.
    async fn change(
        &self,
        id: RequestId,
        next: impl Fn(Timestamp, PersonRequest) -> Option<PersonRequest>,
    ) -> Result<Option<Changed>, Unavailable> {
        retry_stale("a request", || async {
            let Some((version, request)) = self.parts.requests.request(id).await? else { return Ok(Some(None)) };
            let Some(changed) = next(self.parts.clock.now(), request.clone()) else {
                return Ok(Some(Some(Changed { request, is_changed: false })));
            };
            let is_put = self.parts.requests.put_request(version, &changed, None).await?;
            Ok(is_put.then_some(Some(Changed { request: changed, is_changed: true })))
        })
        .await
    }
}

/// A request, and whether it was just changed.
struct Changed {
    request: PersonRequest,
    is_changed: bool,
}
