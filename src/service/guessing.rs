//! Keeps count of what fails all over a tenant, so that a run of guesses is seen by every process.
//!
//! What it costs: nothing for a login that succeeds at once, while nobody guesses at the tenant (one look a second and
//! process); up to three round trips for one that fails; one for one that succeeds after failing, or while somebody guesses.
//! All counters expire, and a store that does not answer only makes this blind: the login goes its way.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    domain::{
        guessing::{RUN_MEMORY_MS, Run, SPRAYING_MS, STUFFING_MS, Source, Tried},
        ids::TenantId,
        keyring::TenantKeys,
        place::network_prefix,
        time::{MINUTE_MS, Timestamp},
    },
    ports::{Count, Store},
    service::observing::Seen,
};

/// For so long a process believes that nobody guesses at a tenant.
const QUIET_MS: i64 = 1_000;
/// In windows of this length it is remembered that somebody guessed.
const RUN_MS: i64 = 30 * MINUTE_MS;

/// Watches for guessing.
pub struct Guessing {
    store: Arc<dyn Store>,
    /// When each tenant was looked at last, and whether somebody guessed.
    looked: RwLock<HashMap<TenantId, (Timestamp, bool)>>,
}

/// What stands for a source in the names of counters.
type SourceName = (Source, Vec<u8>);

impl Guessing {
    /// Over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, looked: RwLock::default() }
    }

    /// The run that a login belongs to.
    pub async fn run(&self, tenant: &TenantId, keys: &TenantKeys, seen: &Seen) -> Option<Run> {
        let now = seen.received_at;
        if seen.past || !self.somebody_guesses(tenant, keys, now).await {
            return None;
        }
        let sources = sources(seen);
        let asked: Vec<Count> = sources
            .iter()
            .flat_map(|source| windows(now).map(|at| count(keys, &["run", &name(source)], at, RUN_MS, 0)))
            .collect();
        let found = self.count(&asked, now).await?;
        let each = found.len() / sources.len();
        let running = found.chunks(each).zip(&sources).find(|(marks, _)| marks.iter().any(|it| *it > 0));
        running.map(|(_, source)| Run { source: source.0 })
    }

    /// Takes up an attempt that was stored as failed.
    pub async fn failed(&self, tenant: &TenantId, keys: &TenantKeys, seen: &Seen) {
        let now = seen.received_at;
        if seen.past {
            return;
        }
        for source in sources(seen) {
            let stuffing = self.tried(keys, seen, &source, STUFFING_MS).await;
            let spraying = self.tried(keys, seen, &source, SPRAYING_MS).await;
            let guessing = stuffing.is_some_and(|it| it.is_stuffing(source.0))
                || spraying.is_some_and(|it| it.is_spraying(source.0));
            if guessing {
                let marks =
                    [count(keys, &["run", &name(&source)], now, RUN_MS, 1), count(keys, &["any run"], now, RUN_MS, 1)];
                self.count(&marks, now).await;
                self.remember(tenant, now, true);
            }
        }
    }

    /// Takes up a success of a user who had failed shortly before.
    pub async fn recovered(&self, keys: &TenantKeys, seen: &Seen) {
        let now = seen.received_at;
        let user = data_encoding::HEXLOWER.encode(&seen.user.hash);
        for source in sources(seen) {
            for span_ms in [STUFFING_MS, SPRAYING_MS] {
                let once = [count(keys, &["recovered", &name(&source), &user], now, span_ms, 1)];
                if self.count(&once, now).await.as_deref() == Some(&[1]) {
                    self.count(&[count(keys, &["recovered", &name(&source)], now, span_ms, 1)], now).await;
                }
            }
        }
    }

    /// One more failed attempt from a source, and what was tried from there in this window.
    async fn tried(&self, keys: &TenantKeys, seen: &Seen, source: &SourceName, span_ms: i64) -> Option<Tried> {
        let now = seen.received_at;
        let (source, user) = (name(source), data_encoding::HEXLOWER.encode(&seen.user.hash));
        let first = [
            count(keys, &["attempts", &source], now, span_ms, 1),
            count(keys, &["user", &source, &user], now, span_ms, 1),
        ];
        let [attempts, of_user] = self.count(&first, now).await?.try_into().ok()?;
        let second = [
            count(keys, &["users", &source], now, span_ms, u64::from(of_user == 1)),
            count(keys, &["recovered", &source], now, span_ms, 0),
        ];
        let [users, recovered] = self.count(&second, now).await?.try_into().ok()?;
        Some(Tried { attempts, users, recovered })
    }

    /// Whether anybody has guessed at the tenant lately, as of a second ago at most.
    async fn somebody_guesses(&self, tenant: &TenantId, keys: &TenantKeys, now: Timestamp) -> bool {
        let looked = self.looked.read().unwrap_or_else(PoisonError::into_inner).get(tenant).copied();
        if let Some((at, active)) = looked
            && (0..QUIET_MS).contains(&now.ms_since(at))
        {
            return active;
        }
        let asked: Vec<Count> = windows(now).map(|at| count(keys, &["any run"], at, RUN_MS, 0)).collect();
        let active = self.count(&asked, now).await.is_some_and(|marks| marks.iter().any(|it| *it > 0));
        self.remember(tenant, now, active);
        active
    }

    fn remember(&self, tenant: &TenantId, now: Timestamp, active: bool) {
        self.looked.write().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), (now, active));
    }

    async fn count(&self, counts: &[Count], now: Timestamp) -> Option<Vec<u64>> {
        match self.store.count(counts, now).await {
            Ok(found) if found.len() == counts.len() => Some(found),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "guesses at accounts are not counted");
                None
            }
        }
    }
}

/// By what guesses from here would belong together.
fn sources(seen: &Seen) -> Vec<SourceName> {
    let ip = seen.login.client.ip;
    let address = if ip.is_ipv6() { network_prefix(ip) } else { seen.address_bytes() };
    let by_browser = if seen.browser.traits.scripted { Source::Fingerprint } else { Source::Headers };
    vec![(Source::Address, address.to_vec()), (by_browser, seen.browser.fingerprint.0.to_vec())]
}

fn name((source, bytes): &SourceName) -> String {
    let kind = match source {
        Source::Address => "address",
        Source::Fingerprint | Source::Headers => "fingerprint",
    };
    format!("{kind} {}", data_encoding::HEXLOWER.encode(bytes))
}

/// The windows in which a mark still counts.
fn windows(now: Timestamp) -> impl Iterator<Item = Timestamp> {
    (0..=RUN_MEMORY_MS / RUN_MS).map(move |back| now.plus_ms(-back * RUN_MS))
}

fn count(keys: &TenantKeys, what: &[&str], at: Timestamp, span_ms: i64, add: u64) -> Count {
    let window = at.unix_ms().div_euclid(span_ms);
    let ends_at = Timestamp::from_unix_ms((window + 1).saturating_mul(span_ms));
    Count { key: keys.guesses(what, span_ms, window), add, expires_at: ends_at.plus_ms(RUN_MEMORY_MS) }
}
