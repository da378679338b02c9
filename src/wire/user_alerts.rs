//! An alert as a product shows it to its user, with the facts of the mail, so that the user can tell that the mail is
//! genuine.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::alert::{Alert, Delivery},
        policy::policy::SignalKind,
    },
    wire::{alert::AlertBody, examples, time},
    words::explanation::english_place,
};

/// A warning, with the facts of its mail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::alert::user_alert)]
pub struct FeedAlertBody {
    /// The alert, and the state of its mail.
    #[serde(flatten)]
    alert: AlertBody,
    /// The six letters that the mail shows as well.
    #[schema(example = "7KQ2MX", pattern = "^[0-9A-HJKMNP-TV-Z]{6}$")]
    reference: String,
    /// When the login happened.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// The browser family, if known.
    #[schema(required = true, example = "Firefox")]
    browser: Option<&'static str>,
    /// The operating system family, if known.
    #[schema(required = true, example = "Linux")]
    os: Option<&'static str>,
    /// Where the login came from.
    ip: String,
    /// ISO 3166-1, two letters, if known.
    #[schema(required = true, example = "BR")]
    country: Option<String>,
    /// Country and city in English, as far as they are known.
    #[schema(required = true, example = "São Paulo, Brazil")]
    place: Option<String>,
    /// How the user signed in.
    #[schema(required = true)]
    method: Option<String>,
    /// Why the user is warned, the strongest first: ids of signals.
    reasons: Vec<&'static str>,
}

impl FeedAlertBody {
    /// An alert as it is shown, with its reference.
    #[must_use]
    pub fn new(alert: &Alert, delivery: &Delivery, reference: String) -> Self {
        Self {
            alert: AlertBody::new(alert, delivery),
            reference,
            occurred_at: time::to_text(alert.occurred_at),
            browser: alert.browser.name(),
            os: alert.os.name(),
            ip: alert.ip.to_string(),
            country: alert.place.as_ref().map(|place| place.country.as_str().to_owned()),
            place: alert.place.as_ref().and_then(english_place),
            method: alert.method.clone(),
            reasons: alert.reasons.iter().map(|it| SignalKind::as_str(*it)).collect(),
        }
    }
}

/// A page of a user's alerts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = examples::alert::user_alerts)]
pub struct FeedAlertList {
    /// The alerts, newest first.
    pub data: Vec<FeedAlertBody>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}
