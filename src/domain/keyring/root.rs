//! The keys that belong to no tenant.

use crate::domain::{
    ids::{AlertId, EmailKey, OperatorId, RequestId, TenantId, WebhookId},
    keyring::{
        hashes::{half, six_letters},
        tenant::TenantKeys,
    },
    time::Timestamp,
};

/// BLAKE3 contexts. A stored form: a change makes every stored key and every sent link unreadable.
const API_KEY: &str = "watchlight 2026-11 api key";
const LINK: &str = "watchlight 2026-11 answer link";
const CURSOR: &str = "watchlight 2026-11 cursor";
const TENANT: &str = "watchlight 2026-11 tenant";
const REFERENCE: &str = "watchlight 2026-11 alert reference";
const WEBHOOK: &str = "watchlight 2026-11 webhook secret";
const BOUNCE: &str = "watchlight 2026-11 bounce";
const REQUEST: &str = "watchlight 2026-11 request link";
const RECEIPT: &str = "watchlight 2026-11 erasure receipt";
const STORE: &str = "watchlight 2026-11 store identity";
const OPERATOR: &str = "watchlight 2026-11 operator";
const USAGE: &str = "watchlight 2026-11 usage of limits";

/// The keys derived from the master key that belong to no tenant.
#[derive(Clone)]
pub struct Keyring {
    master: [u8; 32],
    api_key: [u8; 32],
    link: [u8; 32],
    cursor: [u8; 32],
    reference: [u8; 32],
    webhook: [u8; 32],
    bounce: [u8; 32],
    request: [u8; 32],
    store: [u8; 32],
    receipt: [u8; 32],
    operator: [u8; 32],
    usage: [u8; 32],
}

impl Keyring {
    /// Derives the keys that belong to no tenant from 32 secret bytes.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        let child = |context| blake3::derive_key(context, &master);
        Self {
            master,
            api_key: child(API_KEY),
            link: child(LINK),
            cursor: child(CURSOR),
            reference: child(REFERENCE),
            webhook: child(WEBHOOK),
            bounce: child(BOUNCE),
            request: child(REQUEST),
            store: child(STORE),
            receipt: child(RECEIPT),
            operator: child(OPERATOR),
            usage: child(USAGE),
        }
    }

    /// Derives the keys of a tenant. That takes about a microsecond, so callers keep them.
    #[must_use]
    pub fn tenant(&self, tenant: &TenantId) -> TenantKeys {
        let mut hasher = blake3::Hasher::new_derive_key(TENANT);
        hasher.update(&self.master).update(tenant.as_str().as_bytes());
        TenantKeys::of(tenant.clone(), hasher.finalize().as_bytes())
    }

    /// The hash that is stored in place of an API key.
    #[must_use]
    pub fn api_key_hash(&self, key: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.api_key, key.as_bytes()).as_bytes()
    }

    /// The signature in the link that answers an alert.
    #[must_use]
    pub fn link_signature(&self, alert: AlertId) -> [u8; 16] {
        half(blake3::keyed_hash(&self.link, &alert.0))
    }

    /// Six letters that the mail and the product both show for an alert, so that a user can tell that the mail is
    /// genuine. Without the key they can be guessed once in 2³⁰ tries.
    #[must_use]
    pub fn reference(&self, alert: AlertId) -> String {
        six_letters(&blake3::keyed_hash(&self.reference, &alert.0))
    }

    /// The signature in a link of a request. A request has one link for each `purpose`.
    #[must_use]
    pub fn request_signature(&self, request: RequestId, purpose: &str) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.request);
        half(hasher.update(&request.0).update(purpose.as_bytes()).finalize())
    }

    /// Six letters that the mails and the product both show for a request.
    #[must_use]
    pub fn request_reference(&self, request: RequestId) -> String {
        six_letters(&blake3::keyed_hash(&self.reference, &request.0))
    }

    /// A webhook's secret with this number. It is not stored: the store alone, without the master key, is not enough to
    /// sign anything.
    #[must_use]
    pub fn webhook_secret(&self, webhook: WebhookId, number: u32) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.webhook);
        *hasher.update(&webhook.0).update(&number.to_be_bytes()).finalize().as_bytes()
    }

    /// Ties a bounce to the mail and the e-mail address that it was sent to: the recipient of a mail can report that
    /// address and no other.
    #[must_use]
    pub fn bounce_signature(&self, alert: AlertId, email: EmailKey) -> [u8; 10] {
        let mut hasher = blake3::Hasher::new_keyed(&self.bounce);
        let hash = hasher.update(&alert.0).update(&email.0).finalize();
        let mut signature = [0; 10];
        signature.copy_from_slice(&hash.as_bytes()[..10]);
        signature
    }

    /// Tells whether a store with this id and creation time was written under this key.
    #[must_use]
    pub fn store_check(&self, id: [u8; 16], born_at: Timestamp) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.store);
        half(hasher.update(&id).update(&born_at.unix_ms().to_be_bytes()).finalize())
    }

    /// The signature of the receipt of an erasure.
    #[must_use]
    pub fn receipt_signature(&self, receipt: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.receipt, receipt).as_bytes()
    }

    /// The operator with this e-mail address. Case does not matter.
    #[must_use]
    pub fn operator_id(&self, email: &str) -> OperatorId {
        OperatorId(half(self.of_operators(b"id", email.to_lowercase().as_bytes())))
    }

    /// What is stored in place of the token of an invitation.
    #[must_use]
    pub fn invitation_hash(&self, secret: &[u8; 32]) -> [u8; 32] {
        *self.of_operators(b"invitation", secret).as_bytes()
    }

    /// What is stored in place of the token of an operator's session.
    #[must_use]
    pub fn operator_session_key(&self, token: &[u8; 32]) -> [u8; 16] {
        half(self.of_operators(b"session", token))
    }

    /// What identifies an account of the issuer of operators' identities, in place of the names of both.
    #[must_use]
    pub fn issuer_account(&self, issuer: &str, subject: &str) -> [u8; 16] {
        half(self.of_operators(b"issuer account", format!("{issuer}\0{subject}").as_bytes()))
    }

    /// What follows from the bytes of a sign-in at the issuer, for this purpose.
    #[must_use]
    pub fn sign_in(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        *self.of_operators(&[b"sign-in ", purpose].concat(), bytes).as_bytes()
    }

    fn of_operators(&self, kind: &[u8], value: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.operator);
        hasher.update(kind).update(&[0]).update(value).finalize()
    }

    /// The counter of how much of a limit a caller has used in the stretch of time with this number.
    #[must_use]
    pub fn usage(&self, limit: &str, caller: &[u8], stretch: i64) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.usage);
        hasher.update(limit.as_bytes()).update(&[0]).update(&stretch.to_be_bytes()).update(caller);
        half(hasher.finalize())
    }

    /// The signature of a cursor, bound to the tenant and to the question that it continues.
    #[must_use]
    pub fn cursor_signature(&self, tenant: &TenantId, question: &str, position: &[u8; 16]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.cursor);
        hasher.update(position).update(tenant.as_str().as_bytes()).update(&[0]).update(question.as_bytes());
        half(hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::domain::{
        ids::{UserId, UserKey},
        salt::{Salt, Week},
    };

    #[test]
    fn without_the_salt_there_is_no_key() {
        let (acme, ana) = (keys("acme"), UserId::parse("ana").unwrap());
        let user = acme.user(&ana);
        let key = |salt: u8| acme.person(&user, Salt([salt; 16])).0;
        assert_eq!(key(1), key(1));
        assert_ne!(key(1), key(2));
        let other = UserKey { hash: [9; 16], ..user };
        assert_ne!(key(1), acme.person(&other, Salt([1; 16])).0);
        let pad = |week, salt: u8, id: u8| acme.address_pad(Week(week), Salt([salt; 16]), &[id; 16]);
        assert_eq!(pad(1, 1, 1), pad(1, 1, 1));
        assert!(pad(1, 1, 1) != pad(2, 1, 1) && pad(1, 1, 1) != pad(1, 2, 1) && pad(1, 1, 1) != pad(1, 1, 2));
    }

    fn keys(tenant: &str) -> TenantKeys {
        Keyring::new([7; 32]).tenant(&TenantId::parse(tenant).unwrap())
    }

    #[test]
    fn two_tenants_cannot_be_joined() {
        let (acme, other) = (keys("acme"), keys("other"));
        let ana = UserId::parse("ana").unwrap();
        assert_ne!(acme.user(&ana), other.user(&ana));
        assert_ne!(acme.fingerprint(), other.fingerprint());
        let address = IpAddr::from([192, 0, 2, 1]);
        assert_ne!(acme.prefix(address), other.prefix(address));
        let (key, salt) = (acme.user(&ana), Salt([1; 16]));
        assert_ne!(acme.person(&key, salt).0, other.person(&key, salt).0);
        assert_ne!(acme.tenant_seal().0, other.tenant_seal().0);
    }
}
