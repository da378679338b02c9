//! The records of an export of which there are many.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        alert::alert::{Alert, Delivery},
        history::{login_record::LoginRecord, session::Session},
        privacy::processing::Mode,
        user::contact::Contact,
    },
    wire::{
        inquiry::evidence::EvidenceBody, login::PastLoginBody, session::SessionBody, time, user_alerts::FeedAlertBody,
    },
};

/// A login, with the evidence behind its verdict, and as it can be imported again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedLogin {
    /// The login.
    #[serde(flatten)]
    login: PastLoginBody,
    /// How much of it was used: `full`, `minimal`, `restricted`.
    processing: &'static str,
    /// The version of the policy that judged it.
    #[schema(required = true)]
    policy: Option<String>,
    /// The evidence for and against the closest known device.
    #[schema(required = true)]
    evidence: Option<EvidenceBody>,
    /// The login as `POST /v1/logins/import` takes it: when, with what outcome, how, in which session, whose and from where.
    /// Null for one that was restricted.
    #[schema(required = true)]
    import: Option<ImportedLogin>,
}

impl ExportedLogin {
    /// A login as it is handed out, of a person who is written to in this way.
    #[must_use]
    pub fn new(record: &LoginRecord, contact: &Contact) -> Self {
        Self {
            login: PastLoginBody::new(record),
            processing: record.processing.as_str(),
            policy: record.policy.map(|it| it.to_string()),
            evidence: record.evidence.as_ref().map(EvidenceBody::new),
            import: (record.processing != Mode::Restricted).then(|| ImportedLogin::new(record, contact)),
        }
    }
}

/// A login as an import takes it.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedLogin {
    /// When it happened.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// `success` or `failure`.
    outcome: &'static str,
    /// How the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// The person.
    user: ImportedUser,
    /// The network.
    client: ImportedClient,
}

/// The person, as an import takes them.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedUser {
    /// The person's id.
    id: String,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// The language.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    /// The time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

/// The network, as an import takes it.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedClient {
    /// The address.
    ip: String,
}

impl ImportedLogin {
    fn new(record: &LoginRecord, contact: &Contact) -> Self {
        Self {
            occurred_at: time::to_text(record.occurred_at),
            outcome: record.outcome.as_str(),
            method: record.method.clone(),
            session_id: record.session_id.clone(),
            user: ImportedUser {
                id: record.user.as_str().to_owned(),
                email: contact.email.clone(),
                locale: contact.locale.clone(),
                time_zone: contact.time_zone.clone(),
            },
            client: ImportedClient { ip: record.ip.lowest().to_string() },
        }
    }
}

/// An alert, with the facts of its mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportedAlert {
    /// The alert.
    #[serde(flatten)]
    alert: FeedAlertBody,
    /// Where the mail goes, for as long as that is kept with it.
    #[schema(required = true)]
    recipient: Option<String>,
}

impl ExportedAlert {
    /// An alert as it is handed out.
    #[must_use]
    pub fn new(alert: &Alert, delivery: &Delivery, reference: String) -> Self {
        Self { alert: FeedAlertBody::new(alert, delivery, reference), recipient: delivery.recipient.clone() }
    }
}

/// A session as it is handed out; its id is empty if it was stored before ids were kept.
#[must_use]
pub fn exported_session(session: &Session) -> SessionBody {
    SessionBody::new(session.id.as_deref().unwrap_or_default(), session)
}
