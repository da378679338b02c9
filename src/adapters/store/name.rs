//! Identifies records.

use crate::{
    adapters::store::damage::hex,
    domain::{
        ids::{
            AlertId, EmailKey, EventId, LoginId, NoteId, OperatorId, ReceiptId, RequestId, TenantId, UserKey, WebhookId,
        },
        policy::policy::PolicyVersion,
        search::clear::segment::SegmentNumber,
    },
    ports::RecordKind,
};

/// Identifies a record: by its kind, its owner as far as that is known beforehand, and its id.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// A user's profile.
    Profile(&'a UserKey),
    /// A login. Only its record names its tenant.
    Login(LoginId),
    /// A browser of a user's logins, by the first 8 bytes of its fingerprint.
    Browser(&'a UserKey, [u8; 8]),
    /// An alert, with its delivery. Only its record names its tenant.
    Alert(AlertId),
    /// A user's session.
    Session(&'a UserKey, [u8; 16]),
    /// An API key, by its public part. Only its record names its tenant.
    ApiKey(&'a str),
    /// An operator of the console.
    Operator(OperatorId),
    /// An event that waits to be posted. Only its record names its tenant.
    Event(EventId),
    /// A webhook, by its id as it is stored.
    Webhook(&'a TenantId, &'a [u8]),
    /// The result of an attempt. Attempts have no ids; their bytes tell them apart.
    Attempt(WebhookId, &'a [u8]),
    /// A tenant's change of its policy; with a version, a whole policy that was kept.
    Policy(&'a TenantId, Option<PolicyVersion>),
    /// A person's request. Only its record names its tenant.
    Request(RequestId),
    /// The receipt of an erasure. Only its record names its tenant.
    Erasure(ReceiptId),
    /// The receipt of a removal. Only its record names its tenant.
    Removal(ReceiptId),
    /// A note on a login. Only its record names its tenant.
    Note(NoteId),
    /// A suppressed e-mail address.
    Suppression(&'a TenantId, EmailKey),
    /// An entry of a tenant's audit, by its number.
    Audit(&'a TenantId, u64),
    /// A tenant's segment.
    Segment(&'a TenantId, SegmentNumber),
}

impl Name<'_> {
    /// The kind of the record.
    #[must_use]
    pub const fn kind(&self) -> RecordKind {
        match self {
            Self::Profile(_) => RecordKind::Profile,
            Self::Login(_) => RecordKind::Login,
            Self::Browser(..) => RecordKind::Browser,
            Self::Alert(_) => RecordKind::Alert,
            Self::Session(..) => RecordKind::Session,
            Self::ApiKey(_) => RecordKind::ApiKey,
            Self::Operator(_) => RecordKind::Operator,
            Self::Event(_) => RecordKind::Event,
            Self::Webhook(..) => RecordKind::Webhook,
            Self::Attempt(..) => RecordKind::Attempt,
            Self::Policy(..) => RecordKind::Policy,
            Self::Request(_) => RecordKind::Request,
            Self::Erasure(_) => RecordKind::Erasure,
            Self::Removal(_) => RecordKind::Removal,
            Self::Note(_) => RecordKind::Note,
            Self::Suppression(..) => RecordKind::Suppression,
            Self::Audit(..) => RecordKind::Audit,
            Self::Segment(..) => RecordKind::Segment,
        }
    }

    /// The record's place as bytes, which a sealed record is bound to: its kind and its key.
    #[must_use]
    pub fn place(&self) -> Vec<u8> {
        [self.kind().as_str().as_bytes(), &[0], self.key()].concat()
    }

    /// The key of its row.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Profile(user) => &user.hash,
            Self::Login(LoginId(id))
            | Self::Alert(AlertId(id))
            | Self::Event(EventId(id))
            | Self::Request(RequestId(id))
            | Self::Erasure(ReceiptId(id))
            | Self::Removal(ReceiptId(id))
            | Self::Note(NoteId(id))
            | Self::Operator(OperatorId(id)) => id,
            Self::Session(_, key) => key,
            Self::Browser(_, fingerprint) => fingerprint,
            Self::ApiKey(id) => id.as_bytes(),
            Self::Webhook(_, id) => id,
            Self::Attempt(webhook, _) => &webhook.0,
            Self::Policy(tenant, _) | Self::Audit(tenant, _) | Self::Segment(tenant, _) => tenant.as_str().as_bytes(),
            Self::Suppression(_, email) => &email.0,
        }
    }

    /// The id for logs and for `watchlight check`: the API's id if there is one, and hashes in hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Profile(user) => hex(&user.hash),
            Self::Login(id) => id.to_string(),
            Self::Alert(id) => id.to_string(),
            Self::Session(_, key) => hex(key),
            Self::Browser(user, fingerprint) => format!("{} {}", hex(&user.hash), hex(fingerprint)),
            Self::ApiKey(id) => (*id).to_owned(),
            Self::Operator(id) => id.to_string(),
            Self::Event(id) => id.to_string(),
            Self::Webhook(_, id) => <[u8; 16]>::try_from(*id).map_or_else(|_| hex(id), |it| WebhookId(it).to_string()),
            Self::Attempt(webhook, record) => format!("{webhook} {}", hex(&blake3::hash(record).as_bytes()[..4])),
            Self::Policy(tenant, None) => tenant.as_str().to_owned(),
            Self::Policy(tenant, Some(version)) => format!("{} {version}", tenant.as_str()),
            Self::Request(id) => id.to_string(),
            Self::Erasure(id) | Self::Removal(id) => id.to_string(),
            Self::Note(id) => id.to_string(),
            Self::Audit(tenant, number) => format!("{} {number}", tenant.as_str()),
            Self::Segment(tenant, SegmentNumber(number)) => format!("{} {number}", tenant.as_str()),
            Self::Suppression(tenant, email) => format!("{} {}", tenant.as_str(), hex(&email.0)),
        }
    }
}
