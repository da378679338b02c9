//! A tenant's webhooks: creating, changing, testing and deleting them, and posting one message.

use std::sync::Arc;

use tracing::{info, warn};

use crate::{
    domain::{
        ids::{AlertId, LoginId, NoteId, RequestId, TenantId, WebhookId},
        keyring::Keyring,
        login::login::Invalid,
        tenant::webhook::{
            AlertSubject, Attempt, EventKind, MAX_WEBHOOKS, Subject, TenantEvent, Topic, Webhook, WebhookChange,
        },
    },
    ports::{AlertStore, Clock, Hooks, LoginStore, NoteStore, RequestStore, Unavailable, WebhookStore},
    service::{outbound::signing, tenant::saved_searches::SavedSearches},
};

/// Longest description, in characters.
const MAX_DESCRIPTION_CHARS: usize = 200;
/// The status with which an endpoint asks for no more messages (RFC 9110, 15.5.11).
pub const GONE: u16 = 410;

/// Writes the body of the message about an event. A test message has no subject.
pub type WriteMessage = fn(&TenantEvent, Option<&Subject>) -> Vec<u8>;

/// Why a webhook was not created or changed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WebhookError {
    /// A field is not sound.
    #[error("{} {}", .0.field, .0.problem)]
    Invalid(Invalid),
    /// The tenant has as many webhooks as it may have.
    #[error("a tenant may have {MAX_WEBHOOKS} webhooks: remove one first")]
    TooMany,
    /// The store does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What [`Webhooks`] need of the world.
#[derive(Clone)]
pub struct WebhookPorts {
    /// Where webhooks are kept.
    pub webhooks: Arc<dyn WebhookStore>,
    /// Where the alert is looked up that a message is about …
    pub alerts: Arc<dyn AlertStore>,
    /// … and its login.
    pub logins: Arc<dyn LoginStore>,
    /// Where the request is looked up that a message is about.
    pub requests: Arc<dyn RequestStore>,
    /// Where the verdict is looked up that a message is about.
    pub notes: Arc<dyn NoteStore>,
    /// Says which saved searches have found a login first.
    pub searches: Arc<SavedSearches>,
    /// Posts messages.
    pub hooks: Arc<dyn Hooks>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The webhooks of all tenants.
#[derive(Clone)]
pub struct Webhooks {
    ports: WebhookPorts,
    keyring: Keyring,
    write: WriteMessage,
}

impl Webhooks {
    /// Uses these ports; `write` makes the bodies of messages.
    #[must_use]
    pub fn new(ports: WebhookPorts, keyring: Keyring, write: WriteMessage) -> Self {
        Self { ports, keyring, write }
    }

    /// Creates a webhook. Returns it and its secret. The secret is in this answer only: show it once.
    ///
    /// # Errors
    /// See [`WebhookError`].
    pub async fn create(&self, tenant: &TenantId, change: WebhookChange) -> Result<(Webhook, String), WebhookError> {
        let now = self.ports.clock.now();
        let url = change.url.clone().unwrap_or_default();
        let webhook = Webhook {
            id: self.keyring.tenant(tenant).webhook_id(now, &url),
            tenant: tenant.clone(),
            url,
            description: String::new(),
            events: EventKind::OFFERED.to_vec(),
            enabled: true,
            created_at: now,
            secret: 0,
            rotated_until: None,
        };
        let webhook = self.changed(webhook, change)?;
        if self.ports.webhooks.webhooks(tenant).await?.len() >= MAX_WEBHOOKS {
            return Err(WebhookError::TooMany);
        }
        self.ports.webhooks.put_webhook(webhook.clone()).await?;
        let secret = self.secret(&webhook);
        Ok((webhook, secret))
    }

    /// A tenant's webhooks, the oldest first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self, tenant: &TenantId) -> Result<Vec<Webhook>, Unavailable> {
        self.ports.webhooks.webhooks(tenant).await
    }

    /// Finds a webhook by id. Another tenant's is not found.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn find(&self, tenant: &TenantId, id: WebhookId) -> Result<Option<Webhook>, Unavailable> {
        Ok(self.list(tenant).await?.into_iter().find(|it| it.id == id))
    }

    /// Changes a webhook. Returns it as changed; `None` if the tenant has none with this id.
    ///
    /// # Errors
    /// See [`WebhookError`].
    pub async fn change(
        &self,
        tenant: &TenantId,
        id: WebhookId,
        change: WebhookChange,
    ) -> Result<Option<Webhook>, WebhookError> {
        let Some(webhook) = self.find(tenant, id).await? else { return Ok(None) };
        let webhook = self.changed(webhook, change)?;
        self.ports.webhooks.put_webhook(webhook.clone()).await?;
        Ok(Some(webhook))
    }

    /// Gives a webhook a new secret. The old one signs messages as well for another day. Returns the webhook and the
    /// new secret, which is in this answer only; `None` if the tenant has no webhook with this id.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn rotate(&self, tenant: &TenantId, id: WebhookId) -> Result<Option<(Webhook, String)>, Unavailable> {
        let Some(webhook) = self.find(tenant, id).await? else { return Ok(None) };
        let webhook = webhook.rotated(self.ports.clock.now());
        self.ports.webhooks.put_webhook(webhook.clone()).await?;
        let secret = self.secret(&webhook);
        Ok(Some((webhook, secret)))
    }

    /// Deletes a webhook and the messages that wait for it. `false` if the tenant has none with this id.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn remove(&self, tenant: &TenantId, id: WebhookId) -> Result<bool, Unavailable> {
        self.ports.webhooks.remove_webhook(tenant, id).await
    }

    /// The results of the latest attempts, the latest first; `None` if the tenant has no webhook with this id.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn attempts(&self, tenant: &TenantId, id: WebhookId) -> Result<Option<Vec<Attempt>>, Unavailable> {
        match self.find(tenant, id).await? {
            Some(_) => Ok(Some(self.ports.webhooks.attempts(id).await?)),
            None => Ok(None),
        }
    }

    /// Posts a test message now, once, even if the webhook is disabled. Returns the result; `None` if the tenant has no
    /// webhook with this id.
    /// `None` if the tenant has no webhook of this name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn test(&self, tenant: &TenantId, id: WebhookId) -> Result<Option<Attempt>, Unavailable> {
        let Some(webhook) = self.find(tenant, id).await? else { return Ok(None) };
        let nothing = AlertId(id.0);
        let event = TenantEvent::new(self.ports.clock.now(), EventKind::Test, &self.keyring.tenant(tenant), nothing);
        let attempt = self.post(&webhook, &event, &(self.write)(&event, None), 1).await;
        self.keep(id, attempt.clone()).await?;
        Ok(Some(attempt))
    }

    /// Posts a message about an event once, signed now. The caller decides whether it is tried again.
    pub async fn post(&self, webhook: &Webhook, event: &TenantEvent, body: &[u8], number: u32) -> Attempt {
        let at = self.ports.clock.now();
        let secrets = webhook.secrets_at(at).into_iter().map(|number| self.keyring.webhook_secret(webhook.id, number));
        let headers = signing::headers(&secrets.collect::<Vec<_>>(), &event.id.to_string(), at, body);
        let answer = self.ports.hooks.post(&webhook.url, &headers, body).await;
        let duration_ms = u32::try_from(self.ports.clock.now().ms_since(at).max(0)).unwrap_or(u32::MAX);
        let (status, error) = match answer {
            Ok(status @ 200..=299) => (Some(status), None),
            Ok(status @ 300..=399) => (Some(status), Some(format!("answered {status}: redirects are not followed"))),
            Ok(status) => (Some(status), Some(format!("answered {status}"))),
            Err(reason) => (None, Some(reason)),
        };
        let (id, event_id, kind) = (webhook.id, event.id, event.kind.as_str());
        match &error {
            None => info!(webhook = %id, event = %event_id, kind, attempt = number, "message posted"),
            Some(fault) => warn!(webhook = %id, event = %event_id, kind, attempt = number, %fault, "message not taken"),
        }
        let result = if error.is_none() { "taken" } else { "failed" };
        metrics::counter!("watchlight_webhook_attempts_total", "result" => result).increment(1);
        Attempt { event: event_id, kind: event.kind, number, at, duration_ms, status, error, next_at: None }
    }

    /// Stores the result of an attempt to post to a webhook.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn keep(&self, id: WebhookId, attempt: Attempt) -> Result<(), Unavailable> {
        self.ports.webhooks.put_attempt(id, attempt).await
    }

    /// The body of the message about an event; `None` if its alert, request, verdict or login has been deleted, or a saved search
    /// had found another login before.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn message(&self, event: &TenantEvent) -> Result<Option<Vec<u8>>, Unavailable> {
        let about = match event.topic {
            Topic::Alert(id) => self.about_alert(&event.tenant, id).await?,
            Topic::Request(id) => self.about_request(&event.tenant, id).await?,
            Topic::Verdict(id) => self.about_verdict(&event.tenant, id).await?,
            Topic::Login(id) => self.about_found(event, id).await?,
        };
        Ok(about.map(|about| (self.write)(event, Some(&about))))
    }

    async fn about_alert(&self, tenant: &TenantId, id: AlertId) -> Result<Option<Subject>, Unavailable> {
        let found = self.ports.alerts.alert(id, self.ports.clock.now()).await?;
        let Some((alert, delivery)) = found.filter(|(alert, _)| alert.tenant == *tenant) else { return Ok(None) };
        let login = self.ports.logins.login(tenant, alert.login).await?;
        let reference = self.keyring.reference(alert.id);
        Ok(Some(Subject::Alert(Box::new(AlertSubject { alert, delivery, reference, login }))))
    }

    async fn about_request(&self, tenant: &TenantId, id: RequestId) -> Result<Option<Subject>, Unavailable> {
        let found = self.ports.requests.request(id).await?.map(|(_, request)| request);
        let reference = self.keyring.request_reference(id);
        Ok(found.filter(|it| it.tenant == *tenant).map(|it| Subject::Request(Box::new(it), reference)))
    }

    async fn about_verdict(&self, tenant: &TenantId, id: NoteId) -> Result<Option<Subject>, Unavailable> {
        let Some(note) = self.ports.notes.note(id).await?.filter(|it| it.tenant == *tenant) else { return Ok(None) };
        let login = self.ports.logins.login(tenant, note.login).await?.map(Box::new);
        Ok(Some(Subject::Verdict(Box::new(note), login)))
    }

    async fn about_found(&self, event: &TenantEvent, id: LoginId) -> Result<Option<Subject>, Unavailable> {
        let Some(login) = self.ports.logins.login(&event.tenant, id).await? else { return Ok(None) };
        let searches = self.ports.searches.claim(event, &login).await?;
        Ok((!searches.is_empty()).then(|| Subject::Found(Box::new(login), searches)))
    }

    fn secret(&self, webhook: &Webhook) -> String {
        signing::secret_text(&self.keyring.webhook_secret(webhook.id, webhook.secret))
    }

    /// Applies a change to a webhook, if the change is valid.
    fn changed(&self, webhook: Webhook, change: WebhookChange) -> Result<Webhook, WebhookError> {
        let invalid = |field: &str, problem: &str| WebhookError::Invalid(Invalid::new(field, problem));
        let url = change.url.unwrap_or(webhook.url);
        self.ports.hooks.check(&url).map_err(|problem| invalid("url", problem))?;
        let description = change.description.unwrap_or(webhook.description);
        if description.chars().count() > MAX_DESCRIPTION_CHARS || description.chars().any(char::is_control) {
            return Err(invalid("description", "must have at most 200 characters and no control characters"));
        }
        let events = change.events.unwrap_or(webhook.events);
        if events.is_empty() {
            return Err(invalid("events", "must name at least one event"));
        }
        let events = EventKind::OFFERED.into_iter().filter(|it| events.contains(it)).collect();
        let enabled = change.enabled.unwrap_or(webhook.enabled);
        Ok(Webhook { url, description, events, enabled, ..webhook })
    }
}
