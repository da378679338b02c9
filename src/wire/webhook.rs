//! A webhook as callers write and read it, and the messages that are posted to it.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        login::login::Invalid,
        tenant::saved_search::SavedSearch,
        tenant::webhook::{Attempt, EventKind, Subject, TenantEvent, Webhook, WebhookChange},
    },
    wire::{
        examples, inquiry::note::NoteBody, login::PastLoginBody, privacy::request::RequestBody, time,
        user_alerts::FeedAlertBody,
    },
};

/// A webhook to be created, or a change of one. An explicit `null` counts as absent, except for `url`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = examples::webhook::webhook_request)]
pub struct WebhookRequest {
    /// Where messages are posted: https, on the public Internet, without user name, password and fragment. Required to
    /// create one.
    #[schema(value_type = String, required = false, max_length = 2048, example = "https://acme.example/hooks/watchlight")]
    #[serde(default, deserialize_with = "text")]
    url: Option<String>,
    /// Your own description.
    #[schema(max_length = 200)]
    description: Option<String>,
    /// What is posted: `login.new_device`, `login.suspicious`, `login.repudiated`, `alert.failed`,
    /// `login.judged`, `search.matched`, `request.due`. By default, all of them.
    #[schema(example = json!(["login.new_device", "login.repudiated"]))]
    events: Option<Vec<String>>,
    /// Whether messages are posted; true by default.
    enabled: Option<bool>,
}

/// A text, and not `null`: there is no webhook without a URL.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

impl WebhookRequest {
    /// The change that the request asks for.
    ///
    /// # Errors
    /// If an event does not exist.
    pub fn into_change(self) -> Result<WebhookChange, Invalid> {
        let kind = |it: String| EventKind::parse(&it).ok_or_else(|| Invalid::new("events", EVENTS));
        let events = self.events.map(|it| it.into_iter().map(kind).collect::<Result<_, _>>()).transpose()?;
        Ok(WebhookChange { url: self.url, description: self.description, events, enabled: self.enabled })
    }
}

const EVENTS: &str = "must be a list of `login.new_device`, `login.suspicious`, `login.repudiated`, `login.judged`, \
    `search.matched`, `alert.failed` and `request.due`";

/// A webhook. Its secret is shown only when it is created and when it is rotated.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::webhook::webhook)]
pub struct WebhookBody {
    /// Identifies the webhook: `whk_…`.
    #[schema(example = "whk_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    id: String,
    /// Where messages are posted.
    url: String,
    /// Your own description; empty if there is none.
    description: String,
    /// What is posted.
    events: Vec<&'static str>,
    /// Whether messages are posted.
    enabled: bool,
    /// When it was created.
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when messages are signed with the previous secret as well; null if they are not.
    #[schema(required = true, format = DateTime)]
    previous_secret_expires_at: Option<String>,
}

impl WebhookBody {
    /// A webhook as it is shown.
    #[must_use]
    pub fn new(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id.to_string(),
            url: webhook.url.clone(),
            description: webhook.description.clone(),
            events: webhook.events.iter().map(|it| EventKind::as_str(*it)).collect(),
            enabled: webhook.enabled,
            created_at: time::to_text(webhook.created_at),
            previous_secret_expires_at: webhook.rotated_until.map(time::to_text),
        }
    }
}

/// A webhook and its secret, which is never shown again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::webhook::webhook_secret)]
pub struct WebhookSecretBody {
    /// The webhook.
    #[serde(flatten)]
    webhook: WebhookBody,
    /// The secret that verifies messages, in the form of Standard Webhooks.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

impl WebhookSecretBody {
    /// A webhook that was just created or rotated.
    #[must_use]
    pub fn new(webhook: &Webhook, secret: String) -> Self {
        Self { webhook: WebhookBody::new(webhook), secret }
    }
}

/// A tenant's webhooks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::webhook::webhooks)]
pub struct WebhookList {
    /// The webhooks, the oldest first.
    pub data: Vec<WebhookBody>,
}

/// The result of posting a message once. Of the answer, only the status is kept: the rest may repeat what was posted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::webhook::attempt)]
pub struct AttemptBody {
    /// The event: the message's `webhook-id`.
    #[schema(example = "evt_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    event_id: String,
    /// The message's `type`.
    r#type: &'static str,
    /// The number of the attempt, from 1.
    #[schema(minimum = 1)]
    attempt: u32,
    /// When it started.
    #[schema(format = DateTime)]
    at: String,
    /// How long it took.
    duration_ms: u32,
    /// The HTTP status of the answer; null if there was none.
    #[schema(required = true, minimum = 100, maximum = 599)]
    status: Option<u16>,
    /// Why it failed; null if the message was accepted.
    #[schema(required = true, example = "connection refused")]
    error: Option<String>,
    /// When the message is posted again; null if it was accepted or given up.
    #[schema(required = true, format = DateTime)]
    next_attempt_at: Option<String>,
}

impl AttemptBody {
    /// An attempt as it is shown.
    #[must_use]
    pub fn new(attempt: &Attempt) -> Self {
        Self {
            event_id: attempt.event.to_string(),
            r#type: attempt.kind.as_str(),
            attempt: attempt.number,
            at: time::to_text(attempt.at),
            duration_ms: attempt.duration_ms,
            status: attempt.status,
            error: attempt.error.clone(),
            next_attempt_at: attempt.next_at.map(time::to_text),
        }
    }
}

/// The results of the latest attempts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::webhook::attempts)]
pub struct AttemptList {
    /// The attempts, the latest first, at most 100.
    pub data: Vec<AttemptBody>,
}

/// A message to a webhook. It has the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::webhook::message)]
pub struct MessageBody {
    /// What happened: `login.new_device`, `login.suspicious`, `login.repudiated`, `login.judged`, `search.matched`,
    /// `alert.failed`, `request.due`, `webhook.test`.
    r#type: &'static str,
    /// When it happened.
    #[schema(format = DateTime)]
    timestamp: String,
    /// What it is about; empty in a test.
    data: SubjectBody,
}

/// What an event is about, as of its first attempt.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct SubjectBody {
    /// The alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<FeedAlertBody>,
    /// The login that raised it, that was judged, or that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<PastLoginBody>,
    /// The person's request whose answer is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestBody>,
    /// The verdict that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<NoteBody>,
    /// The saved searches that have found the login first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    searches: Vec<FoundSearchBody>,
}

/// A saved search, where it has found a login.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundSearchBody {
    /// Its name.
    name: String,
    /// What it searches.
    q: String,
}

impl FoundSearchBody {
    fn new(search: &SavedSearch) -> Self {
        Self { name: search.name.as_str().to_owned(), q: search.q.clone() }
    }
}

/// Writes the message about an event.
#[must_use]
pub fn message(event: &TenantEvent, about: Option<&Subject>) -> Vec<u8> {
    let data = match about {
        None => SubjectBody::default(),
        Some(Subject::Alert(about)) => SubjectBody {
            alert: Some(FeedAlertBody::new(&about.alert, &about.delivery, about.reference.clone())),
            login: about.login.as_ref().map(PastLoginBody::new),
            ..SubjectBody::default()
        },
        Some(Subject::Request(request, reference)) => {
            SubjectBody { request: Some(RequestBody::new(request, reference.clone())), ..SubjectBody::default() }
        }
        Some(Subject::Verdict(verdict, login)) => SubjectBody {
            verdict: Some(NoteBody::new(verdict)),
            login: login.as_deref().map(PastLoginBody::new),
            ..SubjectBody::default()
        },
        Some(Subject::Found(login, searches)) => SubjectBody {
            login: Some(PastLoginBody::new(login)),
            searches: searches.iter().map(FoundSearchBody::new).collect(),
            ..SubjectBody::default()
        },
    };
    let body = MessageBody { r#type: event.kind.as_str(), timestamp: time::to_text(event.at), data };
    // All keys are texts and all numbers finite, so this cannot fail.
    serde_json::to_vec(&body).unwrap_or_default()
}
