//! What a record is called.

use crate::{
    adapters::store::damage::hex,
    domain::{
        ids::{AlertId, EmailKey, EventId, LoginId, TenantId, UserKey, WebhookId},
        policy::policy::PolicyVersion,
    },
    ports::RecordKind,
};

/// A record by all that it is bound to: its kind, whose it is as far as that is known beforehand, and its id.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// What is known of a user.
    Profile(&'a UserKey),
    /// A login. Whose it is stands in the record alone.
    Login(LoginId),
    /// An alert, with its delivery. Whose it is stands in the record alone.
    Alert(AlertId),
    /// A user's session.
    Session(&'a UserKey, [u8; 16]),
    /// An API key, by its public part. Whose it is stands in the record alone.
    ApiKey(&'a str),
    /// Something that waits to be posted. Whose it is stands in the record alone.
    Event(EventId),
    /// A webhook, by its id as it is stored.
    Webhook(&'a TenantId, &'a [u8]),
    /// What came of an attempt. Attempts have no ids; the record's bytes tell them apart.
    Attempt(WebhookId, &'a [u8]),
    /// What a tenant wants to be different about its policy, or with a version a whole policy that was kept.
    Policy(&'a TenantId, Option<PolicyVersion>),
    /// An address that gets no more mail.
    Suppression(&'a TenantId, EmailKey),
}

impl Name<'_> {
    /// The kind of the record.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::Profile(_) => RecordKind::Profile,
            Self::Login(_) => RecordKind::Login,
            Self::Alert(_) => RecordKind::Alert,
            Self::Session(..) => RecordKind::Session,
            Self::ApiKey(_) => RecordKind::ApiKey,
            Self::Event(_) => RecordKind::Event,
            Self::Webhook(..) => RecordKind::Webhook,
            Self::Attempt(..) => RecordKind::Attempt,
            Self::Policy(..) => RecordKind::Policy,
            Self::Suppression(..) => RecordKind::Suppression,
        }
    }

    /// The id for logs and for `watchlight check`: as in the API where it has one there, hashes in hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Profile(user) => hex(&user.hash),
            Self::Login(id) => id.to_string(),
            Self::Alert(id) => id.to_string(),
            Self::Session(_, key) => hex(key),
            Self::ApiKey(id) => (*id).to_owned(),
            Self::Event(id) => id.to_string(),
            Self::Webhook(_, id) => <[u8; 16]>::try_from(*id).map_or_else(|_| hex(id), |it| WebhookId(it).to_string()),
            Self::Attempt(webhook, record) => format!("{webhook} {}", hex(&blake3::hash(record).as_bytes()[..4])),
            Self::Policy(tenant, None) => tenant.as_str().to_owned(),
            Self::Policy(tenant, Some(version)) => format!("{} {version}", tenant.as_str()),
            Self::Suppression(tenant, email) => format!("{} {}", tenant.as_str(), hex(&email.0)),
        }
    }
}
