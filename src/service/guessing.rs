//! Keeps count of what fails all over a tenant, so that a run of guesses is seen by every process.
//!
//! What it costs: nothing for a login that succeeds at once, while nobody guesses at the tenant (one look a second and
//! process); one call of the store while somebody guesses; two or three after a login that failed, or that succeeded after
//! failing.
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
        if !seen.past && self.count_failure(keys, seen).await == Some(true) {
            self.remember(tenant, seen.received_at, true);
        }
    }

    /// Counts a failed attempt, and marks its sources if they are guessing; whether they are. None if the store does not
    /// answer, which ends it at once, so that a login is not held up again and again.
    async fn count_failure(&self, keys: &TenantKeys, seen: &Seen) -> Option<bool> {
        let now = seen.received_at;
        let (tallies, user) = (tallies(seen), user(seen));
        let first = tallies.iter().flat_map(|(source, span_ms)| {
            let source = name(source);
            let attempts = count(keys, &["attempts", &source], now, *span_ms, 1);
            [attempts, count(keys, &["user", &source, &user], now, *span_ms, 1)]
        });
        let first = self.count(&first.collect::<Vec<_>>(), now).await?;
        let second = tallies.iter().zip(first.chunks(2)).flat_map(|((source, span_ms), counted)| {
            let source = name(source);
            let users = count(keys, &["users", &source], now, *span_ms, u64::from(counted[1] == 1));
            [users, count(keys, &["recovered", &source], now, *span_ms, 0)]
        });
        let second = self.count(&second.collect::<Vec<_>>(), now).await?;
        let tried = first.chunks(2).zip(second.chunks(2));
        let tried = tried.map(|(first, second)| Tried { attempts: first[0], users: second[0], recovered: second[1] });
        let guessing = tallies.iter().zip(tried).filter(|((source, span_ms), it)| match *span_ms {
            STUFFING_MS => it.is_stuffing(source.0),
            _ => it.is_spraying(source.0),
        });
        let mut marks: Vec<Count> =
            guessing.map(|((source, _), _)| count(keys, &["run", &name(source)], now, RUN_MS, 1)).collect();
        if marks.is_empty() {
            return Some(false);
        }
        marks.push(count(keys, &["any run"], now, RUN_MS, 1));
        self.count(&marks, now).await.map(|_| true)
    }

    /// Takes up a success of a user who had failed shortly before. It counts where they had failed: from the same source and
    /// in the same window. Otherwise whoever guesses could make up for it with accounts of their own.
    pub async fn recovered(&self, keys: &TenantKeys, seen: &Seen) {
        let now = seen.received_at;
        let (tallies, user) = (tallies(seen), user(seen));
        let of_user = |what: &str, add| {
            let counts =
                tallies.iter().map(|(source, span_ms)| count(keys, &[what, &name(source), &user], now, *span_ms, add));
            counts.collect::<Vec<_>>()
        };
        let Some(failed) = self.count(&of_user("user", 0), now).await else { return };
        if failed.iter().all(|it| *it == 0) {
            return;
        }
        let Some(recovered) = self.count(&of_user("recovered", 1), now).await else { return };
        let first_time = failed.iter().zip(&recovered).map(|(failed, recovered)| *failed > 0 && *recovered == 1);
        let more = tallies.iter().zip(first_time).filter(|(_, it)| *it);
        let more = more.map(|((source, span_ms), _)| count(keys, &["recovered", &name(source)], now, *span_ms, 1));
        self.count(&more.collect::<Vec<_>>(), now).await;
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

/// What is counted of a login: by each source, in windows of both lengths.
fn tallies(seen: &Seen) -> Vec<(SourceName, i64)> {
    sources(seen).into_iter().flat_map(|it| [(it.clone(), STUFFING_MS), (it, SPRAYING_MS)]).collect()
}

fn user(seen: &Seen) -> String {
    data_encoding::HEXLOWER.encode(&seen.user.hash)
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
