//! What a tenant's own systems are told of alerts, where they want to hear it, and how long it is tried.

use crate::domain::{
    alert::alert::{Alert, Delivery},
    history::login_record::LoginRecord,
    ids::{AlertId, EventId, TenantId, WebhookId},
    keyring::TenantKeys,
    policy::policy::Level,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp},
};

/// How many webhooks a tenant may have.
pub const MAX_WEBHOOKS: usize = 16;
/// How many attempts of each webhook are kept to be looked at.
pub const MAX_ATTEMPTS: usize = 100;
/// For how long the secret before the present one signs, too, after it was replaced.
pub const ROTATION_MS: i64 = DAY_MS;

/// The longest wait between two attempts to post a message.
pub const LONGEST_RETRY_MS: i64 = 10 * HOUR_MS;

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A user has signed in from a device that is new for them.
    NewDevice,
    /// A login is a high risk, or a known device behaves strangely.
    Suspicious,
    /// A user, or the product in their name, has said that a login was not theirs.
    Repudiated,
    /// The mail of an alert was given up.
    AlertFailed,
    /// Nothing: somebody wants to see whether a webhook works.
    Test,
}

impl EventKind {
    /// Every kind; the place in this list is the stored form.
    pub const ALL: [Self; 5] = [Self::NewDevice, Self::Suspicious, Self::Repudiated, Self::AlertFailed, Self::Test];
    /// Those that a webhook can ask for.
    pub const OFFERED: [Self; 4] = [Self::NewDevice, Self::Suspicious, Self::Repudiated, Self::AlertFailed];

    /// The name in the API: the `type` of a message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewDevice => "login.new_device",
            Self::Suspicious => "login.suspicious",
            Self::Repudiated => "login.repudiated",
            Self::AlertFailed => "alert.failed",
            Self::Test => "webhook.test",
        }
    }

    /// Reads the name of a kind that a webhook can ask for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|it| it.as_str() == text)
    }
}

/// Something that happened and that the tenant is to be told of. Every event is about an alert; what is said of it is
/// written when the event is first taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantEvent {
    /// Its name, the same in every message about it.
    pub id: EventId,
    /// What has happened.
    pub kind: EventKind,
    /// Who is told.
    pub tenant: TenantId,
    /// What it is about.
    pub alert: AlertId,
    /// When it happened.
    pub at: Timestamp,
}

impl TenantEvent {
    /// An event about an alert of the tenant whose keys these are.
    #[must_use]
    pub fn new(at: Timestamp, kind: EventKind, keys: &TenantKeys, alert: AlertId) -> Self {
        Self { id: keys.event_id(at, kind.as_str(), alert), kind, tenant: keys.tenant().clone(), alert, at }
    }

    /// What an alert that was just raised tells the tenant, whether or not the user is mailed.
    #[must_use]
    pub fn of_alert(keys: &TenantKeys, alert: &Alert) -> Vec<Self> {
        let suspicious = !alert.new_device || alert.level == Level::High;
        let kinds = [(alert.new_device, EventKind::NewDevice), (suspicious, EventKind::Suspicious)];
        let event = |kind| Self::new(alert.created_at, kind, keys, alert.id);
        kinds.into_iter().filter(|(happened, _)| *happened).map(|(_, kind)| event(kind)).collect()
    }
}

/// Where a tenant wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its name.
    pub id: WebhookId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where messages are posted.
    pub url: String,
    /// The tenant's own words about it; empty if there are none.
    pub description: String,
    /// What is posted there, each at most once, in the order of [`EventKind::OFFERED`].
    pub events: Vec<EventKind>,
    /// Whether anything is posted there now.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Which secret signs: the first is number 0, and every rotation takes the next.
    pub secret: u32,
    /// Until when the secret before that one signs, too.
    pub rotated_until: Option<Timestamp>,
}

impl Webhook {
    /// Whether it is to be told of events of this kind.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.enabled && self.events.contains(&kind)
    }

    /// This webhook from `now` on with a new secret; the old one signs for another day.
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

/// What came of posting one message once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The message's event.
    pub event: EventId,
    /// What had happened.
    pub kind: EventKind,
    /// The number of the attempt, from 1.
    pub number: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it failed, in our words and never in those of the answer; none if the message was taken.
    pub error: Option<String>,
    /// When it is tried again; none if it was taken or given up.
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

/// What an event is about, as it is when it is taken up.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The alert.
    pub alert: Alert,
    /// What became of it.
    pub delivery: Delivery,
    /// The six letters that the mail shows.
    pub reference: String,
    /// The login that raised it, unless it is forgotten already.
    pub login: Option<LoginRecord>,
}

/// What is to be different about a webhook; what is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct WebhookChange {
    /// Where messages are posted.
    pub url: Option<String>,
    /// The tenant's own words about it.
    pub description: Option<String>,
    /// What is posted there.
    pub events: Option<Vec<EventKind>>,
    /// Whether anything is posted there now.
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
