//! API keys: `wl_live_<id>_<secret><checksum>`. The checksum catches typing errors before any look-up. Only a keyed
//! hash is stored.

use crate::domain::{
    ids::{BASE32, TenantId},
    keyring::{Keyring, checksum},
    time::Timestamp,
    tokens::same,
};

const PREFIX: &str = "wl_live_";
const ID_CHARS: usize = 16;
const SECRET_CHARS: usize = 32;
const CHECKSUM_CHARS: usize = 6;

/// What a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Posting and importing logins.
    LoginsWrite,
    /// Reading logins, devices and alerts.
    LoginsRead,
    /// Confirming, denying and deleting devices.
    DevicesWrite,
    /// Reading webhooks and the results of their messages.
    WebhooksRead,
    /// Creating, changing, testing and deleting webhooks.
    WebhooksWrite,
    /// Sending alerts again, and lifting the suppression of addresses.
    AlertsWrite,
    /// Changing the policy.
    PolicyWrite,
    /// Reading what is kept about a person in full, requests of persons, and the audit.
    PrivacyRead,
    /// Correcting, restricting and erasing what is kept about a person.
    PrivacyWrite,
    /// Reading who may use the console.
    OperatorsRead,
    /// Inviting operators of the console, to no more than the key allows, and revoking them.
    OperatorsWrite,
}

impl Scope {
    /// Every scope. The index in this list is the stored form.
    pub const ALL: [Self; 11] = [
        Self::LoginsWrite,
        Self::LoginsRead,
        Self::DevicesWrite,
        Self::WebhooksRead,
        Self::WebhooksWrite,
        Self::AlertsWrite,
        Self::PolicyWrite,
        Self::PrivacyRead,
        Self::PrivacyWrite,
        Self::OperatorsRead,
        Self::OperatorsWrite,
    ];

    /// The scope's id on the command line and in errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoginsWrite => "logins:write",
            Self::LoginsRead => "logins:read",
            Self::DevicesWrite => "devices:write",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
            Self::AlertsWrite => "alerts:write",
            Self::PolicyWrite => "policy:write",
            Self::PrivacyRead => "privacy:read",
            Self::PrivacyWrite => "privacy:write",
            Self::OperatorsRead => "operators:read",
            Self::OperatorsWrite => "operators:write",
        }
    }

    /// Reads a scope's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// What is stored about a key.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKeyRecord {
    /// The public part, which identifies the key.
    pub id: String,
    /// Keyed hash of the whole key.
    pub hash: [u8; 32],
    /// The tenant whose data it opens.
    pub tenant: TenantId,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was revoked; `None` if it was not.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKeyRecord {
    /// Whether `key` is this key and is not revoked. Takes the same time for every wrong key.
    #[must_use]
    pub fn accepts(&self, keyring: &Keyring, key: &ApiKey) -> bool {
        same(&keyring.api_key_hash(&key.text), &self.hash) && self.revoked_at.is_none()
    }
}

/// A key as a caller presents it. Its form and its checksum are right, and nothing else is known. Its `Debug` hides it.
#[derive(Clone)]
pub struct ApiKey {
    text: String,
}

impl ApiKey {
    /// Makes a key from 30 random bytes.
    #[must_use]
    pub fn from_entropy(entropy: &[u8; 30]) -> Self {
        let letters = |bytes: &[u8]| -> String {
            let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |it| usize::from(byte >> it & 1)));
            let bits: Vec<usize> = bits.collect();
            bits.chunks(5).map(|it| char::from(BASE32[it.iter().fold(0, |value, bit| value << 1 | bit)])).collect()
        };
        let body =
            format!("{PREFIX}{}_{}", letters(&entropy[..10]).to_lowercase(), letters(&entropy[10..]).to_lowercase());
        let checksum = checksum(&body).to_lowercase();
        Self { text: body + &checksum }
    }

    /// Reads a key; `None` if it does not have the form of one or was copied wrongly.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let length = PREFIX.len() + ID_CHARS + 1 + SECRET_CHARS + CHECKSUM_CHARS;
        let sound = text.len() == length && text.is_ascii() && text.starts_with(PREFIX);
        if !sound || text.as_bytes()[PREFIX.len() + ID_CHARS] != b'_' {
            return None;
        }
        let (body, sum) = text.split_at(length - CHECKSUM_CHARS);
        (checksum(body).to_lowercase() == sum).then(|| Self { text: text.to_owned() })
    }

    /// The public part.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.text[PREFIX.len()..PREFIX.len() + ID_CHARS]
    }

    /// The whole key: show it once, and never store it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is stored in place of the key.
    #[must_use]
    pub fn record(&self, keyring: &Keyring, now: Timestamp, tenant: TenantId, scopes: Vec<Scope>) -> ApiKeyRecord {
        let hash = keyring.api_key_hash(&self.text);
        ApiKeyRecord { id: self.id().to_owned(), hash, tenant, scopes, created_at: now, revoked_at: None }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKey({}, [redacted])", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_opens_only_what_it_was_made_for() {
        let keyring = Keyring::new([1; 32]);
        let key = ApiKey::from_entropy(&[0xB7; 30]);
        let tenant = TenantId::parse("acme").unwrap();
        let mut record = key.record(&keyring, Timestamp::default(), tenant, vec![Scope::LoginsRead]);
        let read = ApiKey::parse(key.reveal()).unwrap();
        assert!(record.accepts(&keyring, &read));
        assert!(!record.accepts(&keyring, &ApiKey::from_entropy(&[0xB8; 30])));
        record.revoked_at = Some(Timestamp::default());
        assert!(!record.accepts(&keyring, &read));
        assert!(!format!("{key:?}").contains(&key.reveal()[30..]));
    }

    #[test]
    fn a_slip_is_refused_without_a_look_up() {
        let key = ApiKey::from_entropy(&[3; 30]);
        let mut slipped = key.reveal().to_owned();
        slipped.replace_range(40..41, if &slipped[40..41] == "z" { "y" } else { "z" });
        for text in ["", "wl_live_", &slipped, &key.reveal()[1..], &"é".repeat(31)] {
            assert!(ApiKey::parse(text).is_none(), "{text}");
        }
    }
}
