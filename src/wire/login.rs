//! The verdict on a login as callers read it. Every key is always there, with `null` where there is nothing to say.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        history::login_record::LoginRecord, place::Whereabouts, privacy::processing::Mode,
        recognition::verdict::DeviceVerdict, risk::assessment::Assessment,
    },
    wire::{device::AgentBody, examples, time},
};

/// The verdict on a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::login)]
pub struct LoginBody {
    /// Identifies the login: `lgn_…`.
    #[schema(example = "lgn_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    id: String,
    /// When it happened, by the caller's clock.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// When it was received, by ours.
    #[schema(format = DateTime)]
    received_at: String,
    /// `success` or `failure`.
    outcome: &'static str,
    /// The account.
    user_id: String,
    /// The device that it came from.
    device: DeviceVerdictBody,
    /// A keyed hash of everything the browser said.
    #[schema(pattern = "^b3:[0-9a-f]{64}$")]
    fingerprint: String,
    /// Where it came from, as far as that is known.
    #[schema(required = true)]
    location: Option<LocationBody>,
    /// How suspicious it is.
    risk: RiskBody,
    /// Advice: `allow`, `notify`, `challenge`.
    action: &'static str,
    /// The alert that it raised, if any.
    #[schema(required = true)]
    alert: Option<AlertNoteBody>,
    /// Whether the person had restricted the use of their data: then nothing else of it was used or kept.
    restricted: bool,
}

impl LoginBody {
    /// A login as it is shown, with the token if the caller is to recognize the device again.
    #[must_use]
    pub fn new(record: &LoginRecord, device_token: Option<String>) -> Self {
        Self {
            id: record.id.to_string(),
            occurred_at: time::to_text(record.occurred_at),
            received_at: time::to_text(record.received_at),
            outcome: record.outcome.as_str(),
            user_id: record.user.as_str().to_owned(),
            device: DeviceVerdictBody::new(&record.device, device_token),
            fingerprint: record.fingerprint.to_string(),
            location: LocationBody::new(&record.whereabouts),
            risk: RiskBody::new(&record.assessment),
            action: record.action.as_str(),
            alert: record.alert.as_ref().map(|alert| AlertNoteBody {
                id: alert.id.to_string(),
                status: if alert.suppressed.is_some() { "suppressed" } else { "queued" },
                reason: alert.suppressed.map(crate::domain::alert::alert::Suppressed::as_str),
            }),
            restricted: record.processing == Mode::Restricted,
        }
    }
}

/// The device that a login came from.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceVerdictBody {
    /// The id of the known device, or the id of a new one.
    #[schema(example = "dev_9c1f3b0a5d7e2468")]
    id: String,
    /// `first` (the user's first device ever), `recognized`, `new`, or `unknown` (the login says nothing about a
    /// device).
    status: &'static str,
    /// `token`, `exact`, `similar`, or null.
    #[schema(required = true)]
    matched_by: Option<&'static str>,
    /// The probability that it is the closest known device; null for a user's first device and for `unknown`.
    #[schema(required = true, minimum = 0, maximum = 1)]
    score: Option<f64>,
    /// Attributes that differ from the closest known device's.
    changed: Vec<&'static str>,
    /// Browser and system.
    #[serde(flatten)]
    agent: AgentBody,
    /// Its earliest login.
    #[schema(format = DateTime)]
    first_seen_at: String,
    /// Its latest login.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// `unconfirmed`, `confirmed`, `denied`.
    trust: &'static str,
    /// Keep it in the browser and send it with the next login. Null for a failed login and in lists.
    #[schema(required = true)]
    token: Option<String>,
}

impl DeviceVerdictBody {
    fn new(device: &DeviceVerdict, token: Option<String>) -> Self {
        Self {
            id: device.id.to_string(),
            status: device.status.as_str(),
            matched_by: device.matched_by.map(crate::domain::recognition::verdict::MatchedBy::as_str),
            score: device.score,
            changed: device.changed.iter().map(crate::domain::browser::attributes::Attribute::name).collect(),
            agent: AgentBody::new(&device.agent),
            first_seen_at: time::to_text(device.first_seen),
            last_seen_at: time::to_text(device.last_seen),
            trust: device.trust.as_str(),
            token,
        }
    }
}

/// The place and network of an address. What the databases do not know is null.
#[derive(Debug, Serialize, ToSchema)]
struct LocationBody {
    /// ISO 3166-1, two letters.
    #[schema(required = true, example = "SE")]
    country: Option<String>,
    /// In English.
    #[schema(required = true)]
    country_name: Option<String>,
    /// In English.
    #[schema(required = true)]
    region: Option<String>,
    /// In English.
    #[schema(required = true)]
    city: Option<String>,
    /// Degrees north.
    #[schema(required = true, minimum = -90, maximum = 90)]
    latitude: Option<f64>,
    /// Degrees east.
    #[schema(required = true, minimum = -180, maximum = 180)]
    longitude: Option<f64>,
    /// Radius in kilometres within which the address probably is.
    #[schema(required = true, maximum = 65535)]
    accuracy_km: Option<u16>,
    /// IANA time zone.
    #[schema(required = true)]
    time_zone: Option<String>,
    /// Autonomous system number.
    #[schema(required = true)]
    asn: Option<u32>,
    /// The operator of the network.
    #[schema(required = true)]
    network: Option<String>,
}

impl LocationBody {
    fn new(whereabouts: &Whereabouts) -> Option<Self> {
        let (place, network) = (whereabouts.place.as_ref(), whereabouts.network.as_ref());
        (place.is_some() || network.is_some()).then(|| Self {
            country: place.map(|it| it.country.as_str().to_owned()),
            country_name: place.map(|it| it.country_name.clone()),
            region: place.and_then(|it| it.region.clone()),
            city: place.and_then(|it| it.city.clone()),
            latitude: place.and_then(|it| it.point).map(|it| it.latitude),
            longitude: place.and_then(|it| it.point).map(|it| it.longitude),
            accuracy_km: place.and_then(|it| it.accuracy_km),
            time_zone: place.and_then(|it| it.time_zone.clone()),
            asn: network.map(|it| it.asn),
            network: network.map(|it| it.name.clone()).filter(|it| !it.is_empty()),
        })
    }
}

/// How suspicious a login is.
#[derive(Debug, Serialize, ToSchema)]
struct RiskBody {
    /// The probability that not all signals are harmless.
    #[schema(minimum = 0, maximum = 1)]
    score: f64,
    /// `low`, `medium`, `high`.
    level: &'static str,
    /// The reasons, the strongest first.
    signals: Vec<SignalBody>,
}

impl RiskBody {
    fn new(assessment: &Assessment) -> Self {
        let signals = assessment.signals.iter().map(|signal| SignalBody {
            name: signal.kind.as_str(),
            weight: four_digits(signal.weight),
            detail: signal.detail.clone(),
        });
        Self { score: four_digits(assessment.score), level: assessment.level.as_str(), signals: signals.collect() }
    }
}

/// A reason to be suspicious.
#[derive(Debug, Serialize, ToSchema)]
struct SignalBody {
    /// The signal's id.
    #[schema(example = "new_country")]
    name: &'static str,
    /// Its weight.
    #[schema(minimum = 0, maximum = 1)]
    weight: f64,
    /// Why it was raised, for a security engineer.
    detail: String,
}

/// The alert that a login raised.
#[derive(Debug, Serialize, ToSchema)]
struct AlertNoteBody {
    /// Identifies the alert: `alr_…`.
    #[schema(example = "alr_01KAMXQ3T8Q4V5W6X7Y8Z9A0B1")]
    id: String,
    /// `queued` or `suppressed`.
    status: &'static str,
    /// Why it is not mailed: `rate_limited`, `no_address`, `late`, `muted`; null if it is.
    #[schema(required = true)]
    reason: Option<&'static str>,
}

/// A probability rounded to four decimals.
#[must_use]
pub fn four_digits(probability: f64) -> f64 {
    (probability * 10_000.0).round() / 10_000.0
}

/// A login of the history: its verdict, and the fields that the history can be searched by.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::past_login)]
pub struct PastLoginBody {
    /// The verdict, as it was answered.
    #[serde(flatten)]
    verdict: LoginBody,
    /// The user's address.
    ip: String,
    /// How the user signed in.
    #[schema(required = true)]
    method: Option<String>,
    /// The caller's id of the session.
    #[schema(required = true)]
    session_id: Option<String>,
}

impl PastLoginBody {
    /// A past login as it is shown. The device token is only for the backend that posted the login, not for readers of
    /// the history.
    #[must_use]
    pub fn new(record: &LoginRecord) -> Self {
        Self {
            verdict: LoginBody::new(record, None),
            ip: record.ip.to_string(),
            method: record.method.clone(),
            session_id: record.session_id.clone(),
        }
    }
}

/// A page of logins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::login::logins)]
pub struct LoginList {
    /// The logins, newest first.
    pub data: Vec<PastLoginBody>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// The search in its canonical form, with absolute times, so that it means the same later. Only where the request has
    /// `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "country:BR,PT since:2026-11-15T10:15:00.000Z until:2026-11-22T10:15:00.001Z")]
    pub query: Option<String>,
}
