//! Parses a login and enriches it with everything that does not depend on what is stored.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;

use crate::{
    domain::{
        agent::Agent,
        browser::{
            attributes::{Earlier, NetworkTraits, Traits, short_prefix},
            extraction::Words,
            fingerprint::{Canonical, Fingerprint},
        },
        ids::{ClueKey, LoginId, TenantId, UserKey},
        keyring::TenantKeys,
        login::{
            components::Components,
            login::{Client, Invalid, Login, LoginDraft},
        },
        observed::Observed,
        place::Whereabouts,
        time::{DAY_MS, Timestamp},
    },
    ports::{Agents, Clock, Geo, Idempotency},
};

/// What a login is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is happening now: the user may be warned.
    Live,
    /// It happened in the past: its device is learned, and nobody is warned.
    Import,
}

/// A login that a caller wants recorded.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// What the caller wrote.
    pub draft: LoginDraft,
    /// The bytes of the request. They tell a retry from another request under the same key.
    pub body: Bytes,
    /// The `Idempotency-Key` header. It takes precedence over the draft's `event_id`.
    pub idempotency_key: Option<String>,
    /// Identifies the request, and so a login without a key. Unique.
    pub request_id: String,
    /// What it is recorded for.
    pub purpose: Purpose,
}

/// For how long an idempotency key is remembered.
const IDEMPOTENCY_MS: i64 = DAY_MS;
/// Longest idempotency key, in characters.
const MAX_KEY_CHARS: usize = 255;

/// Parses logins and enriches them with what is known about browsers and addresses.
#[derive(Clone)]
pub struct Observer {
    /// Parses user agents.
    pub agents: Arc<dyn Agents>,
    /// Looks up places and networks by address.
    pub geo: Arc<dyn Geo>,
    /// Tells the time of receipt.
    pub clock: Arc<dyn Clock>,
}

impl Observer {
    /// Parses and enriches: everything about a login that does not depend on what is stored.
    ///
    /// # Errors
    /// The first field that is not sound.
    pub fn see(&self, keys: &TenantKeys, new: NewLogin) -> Result<Seen, Invalid> {
        let received_at = self.clock.now();
        let named = idempotency_name(&new)?;
        let login = Login::parse(received_at, new.draft)?;
        let user = keys.user(&login.user.id);
        let past = new.purpose == Purpose::Import;
        // Hashed only if the hash is kept: a body may be large.
        let body = if named.is_some() || past { keys.body_hash(&new.body) } else { [0; 16] };
        let key = match &named {
            Some(name) => keys.idempotency_key(name),
            // A line of an import is its own key, so that importing a file twice changes nothing.
            None if past => body,
            None => keys.idempotency_key(&new.request_id),
        };
        // An imported login is recognized by its id, for as long as it is kept.
        let remembered = named.is_some() && !past;
        let expires_at = received_at.plus_ms(IDEMPOTENCY_MS);
        let idempotency = remembered.then_some(Idempotency { key, body, expires_at, is_claimed: false });
        let id = keys.login_id(login.occurred_at, &user, &key);
        let whereabouts = self.geo.locate(login.client.ip);
        let browser = self.read_browser(keys, &login, &whereabouts);
        let email = login.user.email.as_ref().map(|it| keys.email_clue(it));
        Ok(Seen { received_at, login, user, id, idempotency, email, whereabouts, browser, past })
    }

    /// Reads what a browser says: which browser it is, its fingerprint, and the traits that are compared with known
    /// devices.
    #[must_use]
    pub fn read_browser(&self, keys: &TenantKeys, login: &Login, whereabouts: &Whereabouts) -> SeenBrowser {
        let client = &login.client;
        let user_agent = client.user_agent.as_deref();
        let told = user_agent.map(|it| self.agents.parse(it)).unwrap_or_default();
        let words =
            Words { agent: told, headers: &client.headers, components: &client.components, key: keys.fingerprint() };
        let agent = words.agent();
        let canonical = Canonical::new(keys.fingerprint(), user_agent, &client.headers, &client.components);
        let fingerprint = canonical.fingerprint();
        let (attributes, sketches) = words.attributes(&agent, &canonical);
        let traits = Traits {
            fingerprint: fingerprint.brief(),
            browser: agent.browser,
            os: agent.os,
            scripted: !client.components.is_empty(),
            attributes,
            sketches,
            network: network_traits(keys, client.ip, whereabouts),
            earlier: Earlier::default(),
        };
        SeenBrowser { agent, fingerprint, traits, contradiction: words.contradiction() }
    }
}

impl Observer {
    /// The login without all that a script measured, as if it had not been sent.
    #[must_use]
    pub fn without_script(&self, keys: &TenantKeys, seen: &Seen) -> Seen {
        let client = Client { components: Components::default(), ..seen.login.client.clone() };
        let login = Login { client, ..seen.login.clone() };
        let browser = self.read_browser(keys, &login, &seen.whereabouts);
        Seen { login, browser, ..seen.clone() }
    }
}

/// A login, parsed and enriched.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When it was received.
    pub received_at: Timestamp,
    /// What the caller said.
    pub login: Login,
    /// Identifies the user in the store.
    pub user: UserKey,
    /// Identifies the login. Derived from its time, its user and its idempotency key, so a retry gets the same id.
    pub id: LoginId,
    /// Recognizes a retry; `None` if the login came without a key, and for an import.
    pub idempotency: Option<Idempotency>,
    /// What the user is found by whose e-mail address it names.
    pub email: Option<ClueKey>,
    /// Place and network of the address.
    pub whereabouts: Whereabouts,
    /// The browser.
    pub browser: SeenBrowser,
    /// Whether it is past, so that it is only learned from.
    pub past: bool,
}

/// What was read from a browser.
#[derive(Clone, Debug)]
pub struct SeenBrowser {
    /// Browser and system.
    pub agent: Agent,
    /// A keyed hash of everything the browser said.
    pub fingerprint: Fingerprint,
    /// What is compared with known devices.
    pub traits: Traits,
    /// Why what it says cannot all be true; `None` if it can.
    pub contradiction: Option<&'static str>,
}

impl Seen {
    /// The address as 16 bytes. An IPv4 address is mapped into IPv6.
    #[must_use]
    pub fn address_bytes(&self) -> [u8; 16] {
        match self.login.client.ip {
            IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
            IpAddr::V6(ip) => ip.octets(),
        }
    }

    /// The login as `decide` takes it. Runs of guesses, rarity, and whether the address is
    /// kept are added later.
    #[must_use]
    pub fn observed<'a>(&'a self, tenant: &'a TenantId, keys: &'a TenantKeys) -> Observed<'a> {
        Observed {
            tenant,
            keys,
            user: self.user,
            id: self.id,
            login: &self.login,
            email: self.email,
            agent: self.browser.agent,
            traits: self.browser.traits,
            fingerprint: self.browser.fingerprint,
            whereabouts: &self.whereabouts,
            contradiction: self.browser.contradiction,
            run: None,
            rarity: None,
            past: self.past,
            keeps_email: true,
        }
    }
}

/// The caller's key for the login: the header, or else the `event_id`. Both must be valid.
fn idempotency_name(new: &NewLogin) -> Result<Option<String>, Invalid> {
    let named = [("Idempotency-Key", &new.idempotency_key), ("event_id", &new.draft.event_id)];
    for (field, name) in named {
        name.as_ref().map_or(Ok(()), |key| check_key(field, key))?;
    }
    Ok(named.into_iter().find_map(|(_, name)| name.clone()))
}

/// Checks the length of an idempotency key.
///
/// # Errors
/// It is empty or too long.
pub fn check_key(field: &str, key: &str) -> Result<(), Invalid> {
    let sound = !key.is_empty() && key.chars().count() <= MAX_KEY_CHARS;
    if sound { Ok(()) } else { Err(Invalid::new(field, "must have 1 to 255 characters")) }
}

/// The traits of the network that are compared. An address that is not on the public Internet is compared like any
/// other.
fn network_traits(keys: &TenantKeys, ip: IpAddr, whereabouts: &Whereabouts) -> NetworkTraits {
    NetworkTraits { address: keys.address(ip), prefix: short_prefix(keys.prefix(ip)), origin: whereabouts.origin() }
}
