//! The keys of one tenant.

use std::{borrow::Cow, net::IpAddr};

use crate::domain::{
    ids::{
        AlertId, ClueKey, DeviceId, EmailKey, EventId, LoginId, NoteId, Partition, PrefixKey, ReceiptId, RequestId,
        TenantId, UserId, UserKey, WebhookId, timed_bytes,
    },
    keyring::hashes::{first_u64, half, keyed},
    place::network_prefix,
    salt::{Salt, SealingKey, Week},
    time::Timestamp,
};

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
    seal: [u8; 32],
}

/// Hides the keys.
impl std::fmt::Debug for TenantKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantKeys([redacted])")
    }
}

impl TenantKeys {
    /// The keys of a tenant, which hang on 32 secret bytes of its own.
    #[must_use]
    pub fn of(tenant: TenantId, secret: &[u8; 32]) -> Self {
        let child = |name: &[u8]| *blake3::keyed_hash(secret, name).as_bytes();
        Self {
            tenant,
            user: child(b"user"),
            address: child(b"address"),
            fingerprint: child(b"fingerprint"),
            token: child(b"device token"),
            id: child(b"id"),
            audit: child(b"audit"),
            seal: child(b"seal"),
        }
    }

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

    /// The id of the event of this kind `at` this time about the alert, request or verdict with these bytes as its id.
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

    /// The id of the receipt for the erasure of a user that was asked for `at` this time.
    #[must_use]
    pub fn receipt_id(&self, at: Timestamp, user: &UserKey) -> ReceiptId {
        let hash = self.derive(b"receipt", &[&user.hash, &at.unix_ms().to_be_bytes()]);
        ReceiptId(timed_bytes(at, user.partition, hash.as_bytes()))
    }

    /// The id of the receipt for the removal of the tenant that was asked for `at` this time. Its partition is 0: it belongs to
    /// no user.
    #[must_use]
    pub fn removal_receipt_id(&self, at: Timestamp) -> ReceiptId {
        let hash = self.derive(b"removal", &[&at.unix_ms().to_be_bytes()]);
        ReceiptId(timed_bytes(at, Partition(0), hash.as_bytes()))
    }

    /// The id of what `author` writes about `login`: the same text again is the same note.
    #[must_use]
    pub fn note_id(&self, login: LoginId, author: &str, text: &str) -> NoteId {
        let hash = self.derive(b"note", &[&login.0, author.as_bytes(), text.as_bytes()]);
        NoteId(timed_bytes(login.time(), login.partition(), hash.as_bytes()))
    }

    /// The id of the verdict on `login` that comes after another one, or first. Whoever decides: of two who decide at once, knowing
    /// the same of each other's, one is second. `unread` is 0, or how many verdicts after that one cannot be read.
    #[must_use]
    pub fn verdict_id(&self, login: LoginId, after: Option<NoteId>, unread: u32) -> NoteId {
        let after = after.map(|it| it.0).unwrap_or_default();
        let hash = self.derive(b"next-verdict", &[&login.0, &after, &unread.to_be_bytes()]);
        NoteId(timed_bytes(login.time(), login.partition(), hash.as_bytes()))
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
        let address = address.trim();
        let is_lower = address.bytes().all(|it| it.is_ascii() && !it.is_ascii_uppercase());
        let lower = if is_lower { Cow::Borrowed(address) } else { Cow::Owned(address.to_lowercase()) };
        EmailKey(half(self.derive(b"mailbox", &[lower.as_bytes()])))
    }

    /// What logins are found by that began a session of this id, whoever's.
    #[must_use]
    pub fn session_clue(&self, id: &str) -> ClueKey {
        self.clue(b"session clue", id.as_bytes())
    }

    /// What logins are found by whose mail shows this reference.
    #[must_use]
    pub fn reference_clue(&self, reference: &str) -> ClueKey {
        self.clue(b"reference clue", reference.as_bytes())
    }

    /// What users are found by whose logins named this e-mail address. Case does not matter, as in [`TenantKeys::email`].
    #[must_use]
    pub fn email_clue(&self, address: &str) -> ClueKey {
        self.clue(b"email clue", &self.email(address).0)
    }

    /// What the user is found by who signs in from this device.
    #[must_use]
    pub fn device_clue(&self, device: DeviceId) -> ClueKey {
        self.clue(b"device clue", &device.0)
    }

    /// What browsers are found by that have this in common.
    #[must_use]
    pub fn band_clue(&self, band: &[u8]) -> ClueKey {
        self.clue(b"band clue", band)
    }

    fn clue(&self, kind: &[u8], value: &[u8]) -> ClueKey {
        ClueKey(first_u64(&self.derive(kind, &[value])).to_be_bytes())
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

    /// The key that everything of a person is sealed with, for as long as their salt is kept.
    #[must_use]
    pub fn person(&self, user: &UserKey, salt: Salt) -> SealingKey {
        self.sealing_key(b"person", &[&user.hash, &salt.0])
    }

    /// The key that is taken for what is of the tenant and of no person.
    #[must_use]
    pub fn tenant_seal(&self) -> SealingKey {
        self.sealing_key(b"tenant", &[])
    }

    /// Sixteen bytes to hide the last part of an address with, for the record with this id. They can be derived again as
    /// long as the week's salt is kept.
    #[must_use]
    pub fn address_pad(&self, week: Week, salt: Salt, record: &[u8; 16]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.seal);
        half(hasher.update(b"week\0").update(&week.0.to_be_bytes()).update(&salt.0).update(record).finalize())
    }

    fn sealing_key(&self, kind: &[u8], parts: &[&[u8]]) -> SealingKey {
        let mut hasher = blake3::Hasher::new_keyed(&self.seal);
        hasher.update(kind).update(&[0]);
        for part in parts {
            hasher.update(part);
        }
        let mut key = [0; 64];
        hasher.finalize_xof().fill(&mut key);
        SealingKey(key)
    }

    /// A keyed hash of parts, of which at most the last has a variable length, so that no two inputs run together.
    fn derive(&self, kind: &[u8], parts: &[&[u8]]) -> blake3::Hash {
        keyed(&self.id, kind, parts)
    }
}
