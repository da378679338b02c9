//! Everything that is derived from the master key: keyed hashes that replace personal data in keys, ids that a retry
//! derives again, and the signatures of [tokens](crate::domain::tokens). Each tenant has keys of its own, so hashes of
//! two tenants cannot be matched.

use std::net::IpAddr;

use crate::domain::{
    ids::{
        AlertId, BASE32, DeviceId, EmailKey, EventId, LoginId, Partition, PrefixKey, RequestId, TenantId, UserId,
        UserKey, WebhookId, timed_bytes,
    },
    place::network_prefix,
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
const STORE: &str = "watchlight 2026-11 store identity";

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
        }
    }

    /// Derives the keys of a tenant. That takes about a microsecond, so callers keep them.
    #[must_use]
    pub fn tenant(&self, tenant: &TenantId) -> TenantKeys {
        let mut hasher = blake3::Hasher::new_derive_key(TENANT);
        hasher.update(&self.master).update(tenant.as_str().as_bytes());
        let root = *hasher.finalize().as_bytes();
        let child = |name: &[u8]| *blake3::keyed_hash(&root, name).as_bytes();
        TenantKeys {
            tenant: tenant.clone(),
            user: child(b"user"),
            address: child(b"address"),
            fingerprint: child(b"fingerprint"),
            token: child(b"device token"),
            id: child(b"id"),
            audit: child(b"audit"),
        }
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

    /// The signature of a cursor, bound to the tenant and to the question that it continues.
    #[must_use]
    pub fn cursor_signature(&self, tenant: &TenantId, question: &str, position: &[u8; 16]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.cursor);
        hasher.update(position).update(tenant.as_str().as_bytes()).update(&[0]).update(question.as_bytes());
        half(hasher.finalize())
    }
}

/// One tenant's keys.
#[derive(Clone)]
pub struct TenantKeys {
    tenant: TenantId,
    user: [u8; 32],
    address: [u8; 32],
    fingerprint: [u8; 32],
    token: [u8; 32],
    id: [u8; 32],
    audit: [u8; 32],
}

/// Hides the keys.
impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantKeys([redacted])")
    }
}

impl TenantKeys {
    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Identifies a user in keys.
    #[must_use]
    pub fn user(&self, user: &UserId) -> UserKey {
        let hash = blake3::keyed_hash(&self.user, user.as_str().as_bytes());
        UserKey { hash: half(hash), partition: Partition(hash.as_bytes()[16]) }
    }

    /// Identifies the /24 or /64 of an address in indexes.
    #[must_use]
    pub fn prefix(&self, address: IpAddr) -> PrefixKey {
        PrefixKey(half(blake3::keyed_hash(&self.address, &network_prefix(address))))
    }

    /// Identifies an address with 4 bytes, which are enough to tell the addresses of one user's devices apart.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> u32 {
        let octets = match address {
            IpAddr::V4(it) => it.to_ipv6_mapped().octets(),
            IpAddr::V6(it) => it.octets(),
        };
        let [a, b, c, d, ..] = *blake3::keyed_hash(&self.address, &octets).as_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// The key of fingerprints and of their components.
    #[must_use]
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// The key of the hashes that chain the entries of the audit.
    #[must_use]
    pub fn audit(&self) -> &[u8; 32] {
        &self.audit
    }

    /// The id of the login with this idempotency key.
    #[must_use]
    pub fn login_id(&self, occurred_at: Timestamp, user: &UserKey, key: &[u8; 16]) -> LoginId {
        let hash = self.derive(b"login", &[&user.hash, key]);
        LoginId(timed_bytes(occurred_at, user.partition, hash.as_bytes()))
    }

    /// The id of the device whose first login is `login`.
    #[must_use]
    pub fn device_id(&self, user: &UserKey, login: LoginId) -> DeviceId {
        DeviceId(first_u64(&self.derive(b"device", &[&user.hash, &login.0])).to_be_bytes())
    }

    /// The id of the alert that `login` raises about `device`.
    #[must_use]
    pub fn alert_id(&self, received_at: Timestamp, user: &UserKey, device: DeviceId, login: LoginId) -> AlertId {
        let hash = self.derive(b"alert", &[&user.hash, &device.0, &login.0]);
        AlertId(timed_bytes(received_at, user.partition, hash.as_bytes()))
    }

    /// The id of the event of this kind `at` this time about the alert or request with these bytes as its id.
    #[must_use]
    pub fn event_id(&self, at: Timestamp, kind: &str, about: [u8; 16]) -> EventId {
        let hash = self.derive(b"event", &[&about, kind.as_bytes()]);
        EventId(timed_bytes(at, Partition(about[6]), hash.as_bytes()))
    }

    /// The id of the request for `kind` that was opened `at` this time for a user.
    #[must_use]
    pub fn request_id(&self, at: Timestamp, user: &UserKey, kind: &str) -> RequestId {
        let hash = self.derive(b"request", &[&user.hash, &at.unix_ms().to_be_bytes(), kind.as_bytes()]);
        RequestId(timed_bytes(at, user.partition, hash.as_bytes()))
    }

    /// The id of the webhook that was created `at` this time for `url`.
    #[must_use]
    pub fn webhook_id(&self, at: Timestamp, url: &str) -> WebhookId {
        let hash = self.derive(b"webhook", &[url.as_bytes()]);
        WebhookId(timed_bytes(at, Partition(0), hash.as_bytes()))
    }

    /// Identifies an e-mail address in the list of suppressed ones and in counters. Case does not matter: two addresses
    /// that differ only in case would share an entry, and nobody has such addresses.
    #[must_use]
    pub fn email(&self, address: &str) -> EmailKey {
        EmailKey(half(self.derive(b"mailbox", &[address.trim().to_lowercase().as_bytes()])))
    }

    /// The counter of the mails to an address that count against this share of it, about alerts raised in the span of
    /// this length around `at`. Spans start at 1970, so it does not matter when a mail is sent.
    #[must_use]
    pub fn mails_within(&self, email: EmailKey, share: &str, span_ms: i64, at: Timestamp) -> [u8; 16] {
        let number = at.unix_ms().div_euclid(span_ms.max(1));
        half(self.derive(b"mails", &[&email.0, &span_ms.to_be_bytes(), &number.to_be_bytes(), share.as_bytes()]))
    }

    /// The counter of a user's warnings to an e-mail address.
    #[must_use]
    pub fn warnings(&self, user: &UserKey, email: EmailKey) -> [u8; 16] {
        half(self.derive(b"warnings", &[&user.hash, &email.0]))
    }

    /// A counter about storms: what is counted, for which user, network or alert.
    #[must_use]
    pub fn storm(&self, what: &str, of: [u8; 16]) -> [u8; 16] {
        half(self.derive(b"storm", &[&of, what.as_bytes()]))
    }

    /// A counter about storms: what is counted, in the minute or on the day with this number.
    #[must_use]
    pub fn storm_at(&self, what: &str, number: i64) -> [u8; 16] {
        self.storm(what, i128::from(number).to_be_bytes())
    }

    /// Identifies a user's session.
    #[must_use]
    pub fn session(&self, user: &UserKey, id: &str) -> [u8; 16] {
        half(self.derive(b"session", &[&user.hash, id.as_bytes()]))
    }

    /// A counter about guesses, in the window with this number of windows of this length.
    #[must_use]
    pub fn guesses(&self, what: &[&str], span_ms: i64, window: i64) -> [u8; 16] {
        let (span, window) = (span_ms.to_be_bytes(), window.to_be_bytes());
        let mut parts: Vec<&[u8]> = what.iter().map(|it| it.as_bytes()).collect();
        parts.extend([&span[..], &window[..]]);
        half(self.derive(b"guesses", &parts))
    }

    /// Identifies an idempotency key.
    #[must_use]
    pub fn idempotency_key(&self, key: &str) -> [u8; 16] {
        half(self.derive(b"idempotency", &[key.as_bytes()]))
    }

    /// The hash of a request's body, which tells a retry from another request with the same key.
    #[must_use]
    pub fn body_hash(&self, body: &[u8]) -> [u8; 16] {
        half(self.derive(b"body", &[body]))
    }

    /// The signature that binds a device token to its user and device.
    #[must_use]
    pub fn device_signature(&self, user: &UserKey, device: DeviceId) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.token);
        half(hasher.update(&user.hash).update(&device.0).finalize())
    }

    /// A keyed hash of parts, of which at most the last has a variable length, so that no two inputs run together.
    fn derive(&self, kind: &[u8], parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.id);
        hasher.update(kind).update(&[0]);
        for part in parts {
            hasher.update(part);
        }
        hasher.finalize()
    }
}

/// Six letters that show whether `text` was mistyped or copied wrongly. Not a secret: it protects from slips, not from
/// attacks.
#[must_use]
pub fn checksum(text: &str) -> String {
    six_letters(&blake3::hash(text.as_bytes()))
}

/// Thirty bits of a hash, in letters that people can read.
fn six_letters(hash: &blake3::Hash) -> String {
    hash.as_bytes()[..6].iter().map(|byte| char::from(BASE32[usize::from(byte & 31)])).collect()
}

/// The first 16 bytes of a hash.
fn half(hash: blake3::Hash) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes
}

fn first_u64(hash: &blake3::Hash) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
