//! What a tenant's own systems are told about alerts, requests and verdicts, at which URLs, and how long a message is tried.

use crate::domain::{
    alert::alert::{Alert, Delivery},
    history::login_record::LoginRecord,
    ids::{AlertId, EventId, LoginId, NoteId, RequestId, TenantId, WebhookId},
    keyring::TenantKeys,
    policy::policy::Level,
    privacy::{note::Note, request::PersonRequest},
    tenant::saved_search::SavedSearch,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

/// How many webhooks a tenant may have.
pub const MAX_WEBHOOKS: usize = 16;
/// How many attempts of each webhook are kept.
pub const MAX_ATTEMPTS: usize = 100;
/// For how long the previous secret still signs after a rotation.
pub const ROTATION_MS: i64 = DAY_MS;

/// The longest wait between two attempts to post a message.
pub const LONGEST_RETRY_MS: i64 = 10 * HOUR_MS;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A user has signed in from a device that is new to them.
    NewDevice,
    /// A login is a high risk, or a known device behaves strangely.
    Suspicious,
    /// A user, or the product on their behalf, has said that a login was not theirs.
    Repudiated,
    /// The mail of an alert was given up.
    AlertFailed,
    /// Nothing: somebody tests a webhook.
    Test,
    /// The answer to a person's request is nearly or over due, or could not be brought to them.
    RequestDue,
    /// Somebody has given a verdict on a login.
    Judged,
    /// A login is the first that a saved search has found.
    SearchMatched,
}

impl EventKind {
    /// Every kind. The index in this list is the stored form.
    pub const ALL: [Self; 8] = [
        Self::NewDevice,
        Self::Suspicious,
        Self::Repudiated,
        Self::AlertFailed,
        Self::Test,
        Self::RequestDue,
        Self::Judged,
        Self::SearchMatched,
    ];
    /// The kinds that a webhook can ask for.
    pub const OFFERED: [Self; 7] = [
        Self::NewDevice,
        Self::Suspicious,
        Self::Repudiated,
        Self::Judged,
        Self::SearchMatched,
        Self::AlertFailed,
        Self::RequestDue,
    ];

    /// The kind's id in the API: the `type` of a message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewDevice => "login.new_device",
            Self::Suspicious => "login.suspicious",
            Self::Repudiated => "login.repudiated",
            Self::AlertFailed => "alert.failed",
            Self::Test => "webhook.test",
            Self::RequestDue => "request.due",
            Self::Judged => "login.judged",
            Self::SearchMatched => "search.matched",
        }
    }

    /// Reads the id of a kind that a webhook can ask for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|it| it.as_str() == text)
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// An alert.
    Alert(AlertId),
    /// A person's request.
    Request(RequestId),
    /// A verdict.
    Verdict(NoteId),
    /// A login.
    Login(LoginId),
}

impl Topic {
    /// The bytes of its id.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        match self {
            Self::Alert(AlertId(bytes))
            | Self::Request(RequestId(bytes))
            | Self::Verdict(NoteId(bytes))
            | Self::Login(LoginId(bytes)) => bytes,
        }
    }

    /// The topic of an event of this kind, by the bytes of its id.
    #[must_use]
    pub const fn of(kind: EventKind, bytes: [u8; 16]) -> Self {
        match kind {
            EventKind::RequestDue => Self::Request(RequestId(bytes)),
            EventKind::Judged => Self::Verdict(NoteId(bytes)),
            EventKind::SearchMatched => Self::Login(LoginId(bytes)),
            _ => Self::Alert(AlertId(bytes)),
        }
    }
}

impl From<AlertId> for Topic {
    fn from(alert: AlertId) -> Self {
        Self::Alert(alert)
    }
}

impl From<RequestId> for Topic {
    fn from(request: RequestId) -> Self {
        Self::Request(request)
    }
}

impl From<NoteId> for Topic {
    fn from(verdict: NoteId) -> Self {
        Self::Verdict(verdict)
    }
}

impl From<LoginId> for Topic {
    fn from(login: LoginId) -> Self {
        Self::Login(login)
    }
}

/// Something that the tenant is to be told. Its message is written when the event is first taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantEvent {
    /// Identifies the event. The same in every message about it. Derived from its topic and the time.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// The tenant that is told.
    pub tenant: TenantId,
    /// The alert, request, verdict or login that it is about.
    pub topic: Topic,
    /// When it happened.
    pub at: Timestamp,
}

impl TenantEvent {
    /// An event about an alert, a request or a verdict of the tenant whose keys these are.
    #[must_use]
    pub fn new(at: Timestamp, kind: EventKind, keys: &TenantKeys, topic: impl Into<Topic>) -> Self {
        let topic = topic.into();
        Self { id: keys.event_id(at, kind.as_str(), topic.bytes()), kind, tenant: keys.tenant().clone(), topic, at }
    }

    /// What the tenant is told when an alert is raised, whether or not the user is mailed.
    #[must_use]
    pub fn of_alert(keys: &TenantKeys, alert: &Alert) -> Vec<Self> {
        let suspicious = !alert.new_device || alert.level == Level::High;
        let kinds = [(alert.new_device, EventKind::NewDevice), (suspicious, EventKind::Suspicious)];
        let event = |kind| Self::new(alert.created_at, kind, keys, alert.id);
        kinds.into_iter().filter(|(happened, _)| *happened).map(|(_, kind)| event(kind)).collect()
    }
}

/// An address to which a tenant's messages are posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Identifies the webhook. Derived from its URL and the time of creation.
    pub id: WebhookId,
    /// The tenant.
    pub tenant: TenantId,
    /// Where messages are posted.
    pub url: String,
    /// The tenant's own description; empty if there is none.
    pub description: String,
    /// The kinds of events that are posted, each at most once, in the order of [`EventKind::OFFERED`].
    pub events: Vec<EventKind>,
    /// Whether messages are posted now.
    pub enabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// The number of the secret that signs: 0 for the first, and one more after every rotation.
    pub secret: u32,
    /// Until when the previous secret signs as well.
    pub rotated_until: Option<Timestamp>,
}

impl Webhook {
    /// Whether events of this kind are posted to it.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.enabled && self.events.contains(&kind)
    }

    /// This webhook with a new secret from `now` on. The old one still signs for another day.
    #[must_use]
    pub fn rotated(self, now: Timestamp) -> Self {
        Self { secret: self.secret.saturating_add(1), rotated_until: Some(now.plus_ms(ROTATION_MS)), ..self }
    }

    /// The numbers of the secrets that sign at `now`, the newest first.
    #[must_use]
    pub fn secrets_at(&self, now: Timestamp) -> Vec<u32> {
        let old = self.rotated_until.filter(|until| now < *until).and_then(|_| self.secret.checked_sub(1));
        std::iter::once(self.secret).chain(old).collect()
    }
}

/// The result of posting a message once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The event that the message is about.
    pub event: EventId,
    /// The kind of event.
    pub kind: EventKind,
    /// The number of the attempt, from 1.
    pub number: u32,
    /// When it started.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it failed, in our words and never in those of the answer; `None` if the message was accepted.
    pub error: Option<String>,
    /// When the message is posted again; `None` if it was accepted or given up.
    pub next_at: Option<Timestamp>,
}

/// When to try again after the attempt with this number (1 is the first) failed, or `None` to give up: after 5 s, 5 and
/// 30 minutes, 2, 5, 10 and 10 hours (the example schedule of the Standard Webhooks specification).
#[must_use]
pub fn retry_at(now: Timestamp, attempt: u32) -> Option<Timestamp> {
    const PLAN_MS: [i64; 7] =
        [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, LONGEST_RETRY_MS, LONGEST_RETRY_MS];
    let step = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    PLAN_MS.get(step).map(|it| now.plus_ms(*it))
}

/// What an event is about, as of the time when it is taken up.
#[derive(Clone, Debug)]
pub enum Subject {
    /// An alert.
    Alert(Box<AlertSubject>),
    /// A person's request, and the six letters that its mails show.
    Request(Box<PersonRequest>, String),
    /// A verdict, and its login, unless that has been deleted already.
    Verdict(Box<Note>, Option<Box<LoginRecord>>),
    /// A login, and the saved searches that it is the first for.
    Found(Box<LoginRecord>, Vec<SavedSearch>),
}

/// An alert, as messages tell of it.
#[derive(Clone, Debug)]
pub struct AlertSubject {
    /// The alert.
    pub alert: Alert,
    /// Its delivery.
    pub delivery: Delivery,
    /// The six letters that the mail shows.
    pub reference: String,
    /// The login that raised it, unless it has been deleted already.
    pub login: Option<LoginRecord>,
}

/// A change of a webhook. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct WebhookChange {
    /// Where messages are posted.
    pub url: Option<String>,
    /// The tenant's own description.
    pub description: Option<String>,
    /// The kinds of events that are posted.
    pub events: Option<Vec<EventKind>>,
    /// Whether messages are posted now.
    pub enabled: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_retries_within_28_hours_and_then_none() {
        let start = Timestamp::from_unix_ms(0);
        let times = (1..).map_while(|attempt| retry_at(start, attempt)).map(Timestamp::unix_ms).collect::<Vec<_>>();
        assert_eq!(times, [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000]);
    }

    #[test]
    fn the_old_secret_signs_for_a_day() {
        let at = Timestamp::from_unix_ms;
        let webhook = Webhook {
            id: WebhookId([0; 16]),
            tenant: TenantId::parse("acme").unwrap(),
            url: String::new(),
            description: String::new(),
            events: vec![EventKind::NewDevice],
            enabled: true,
            created_at: at(0),
            secret: 0,
            rotated_until: None,
        };
        assert_eq!(webhook.secrets_at(at(0)), [0]);
        let rotated = webhook.rotated(at(5));
        assert_eq!(rotated.secrets_at(at(5)), [1, 0]);
        assert_eq!(rotated.secrets_at(at(5 + DAY_MS)), [1]);
        assert_eq!(rotated.rotated(at(6)).secrets_at(at(7)), [2, 1], "two rotations keep one old secret");
    }
}
