//! Counts failed logins across a tenant, so that every process notices a run of guesses.
//!
//! Cost: a login that succeeds at once costs nothing while nobody guesses at the tenant (but for one call of the store
//! a second in each process), and one call of the store while somebody does. A login that failed, or that succeeded
//! after failures, costs two or three calls. All counters expire. If the store does not answer, guesses go unnoticed,
//! but the login is still recorded.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    domain::{
        ids::TenantId,
        keyring::TenantKeys,
        place::network_prefix,
        risk::guessing::{RUN_MEMORY_MS, Run, SPRAYING_MS, STUFFING_MS, Source, Tried},
        time::{MINUTE_MS, Timestamp},
    },
    ports::{Count, Counters},
    service::login::observing::Seen,
};

/// For how long a process relies on its last answer to whether somebody guesses at a tenant.
const QUIET_MS: i64 = 1_000;
/// The length of the windows in which a run of guesses is marked.
const RUN_MS: i64 = 30 * MINUTE_MS;

/// Notices runs of guesses.
pub struct Guessing {
    counters: Arc<dyn Counters>,
    /// By tenant: when the store was asked last, and whether somebody was guessing then.
    looked: RwLock<HashMap<TenantId, (Timestamp, bool)>>,
}

/// Identifies a source in the keys of counters.
type SourceName = (Source, Vec<u8>);

impl Guessing {
    /// Counts in this store.
    #[must_use]
    pub fn new(counters: Arc<dyn Counters>) -> Self {
        Self { counters, looked: RwLock::default() }
    }

    /// The run of guesses that each login of one user belongs to, if any, in the order of the logins. One call of the
    /// store for all of them.
    pub async fn runs(&self, tenant: &TenantId, keys: &TenantKeys, seen: &[Arc<Seen>]) -> Vec<Option<Run>> {
        let none = || vec![None; seen.len()];
        let Some(first) = seen.iter().find(|login| !login.past) else { return none() };
        let now = first.received_at;
        if !self.somebody_guesses(tenant, keys, now).await {
            return none();
        }
        let mut asked = Tally::default();
        let marks = |asked: &mut Tally, source: &SourceName, now| -> Vec<usize> {
            windows(now).map(|at| asked.add(count(keys, &["run", &name(source)], at, RUN_MS, 0))).collect()
        };
        let places: Vec<Vec<(Source, Vec<usize>)>> = seen
            .iter()
            .map(|login| {
                let sources = if login.past { Vec::new() } else { sources(login) };
                sources.iter().map(|source| (source.0, marks(&mut asked, source, login.received_at))).collect()
            })
            .collect();
        let Some(found) = self.count(&asked.counts, now).await else { return none() };
        let marked = |(_, marks): &&(Source, Vec<usize>)| marks.iter().any(|at| found[*at] > 0);
        places.iter().map(|sources| sources.iter().find(marked).map(|(source, _)| Run { source: *source })).collect()
    }

    /// Counts failed attempts of one user that are stored by now. Two or three calls of the store, however many
    /// attempts there are.
    pub async fn failed(&self, tenant: &TenantId, keys: &TenantKeys, seen: &[&Seen]) {
        let live: Vec<&Seen> = seen.iter().copied().filter(|login| !login.past).collect();
        let Some(latest) = live.last() else { return };
        if self.count_failures(keys, &live, latest.received_at).await == Some(true) {
            self.remember(tenant, latest.received_at, true);
        }
    }

    /// Counts failed attempts of one user and marks their sources if they are guessing. Returns whether they are.
    /// `None` if the store does not answer: the first call that fails is the last, so that it delays the login only
    /// once.
    async fn count_failures(&self, keys: &TenantKeys, seen: &[&Seen], now: Timestamp) -> Option<bool> {
        let Some(user) = seen.first().map(|it| user(it)) else { return Some(false) };
        let tallied = tallied(keys, seen);
        let first = tallied.iter().flat_map(|Tallied { source, span_ms, at, attempts }| {
            let source = name(source);
            let attempts_there = count(keys, &["attempts", &source], *at, *span_ms, *attempts);
            [attempts_there, count(keys, &["user", &source, &user], *at, *span_ms, *attempts)]
        });
        let first = self.count(&first.collect::<Vec<_>>(), now).await?;
        let second =
            tallied.iter().zip(first.chunks(2)).flat_map(|(Tallied { source, span_ms, at, attempts }, found)| {
                let source = name(source);
                // The user is new to this source if all attempts counted so far were added just now.
                let users = count(keys, &["users", &source], *at, *span_ms, u64::from(found[1] == *attempts));
                [users, count(keys, &["recovered", &source], *at, *span_ms, 0)]
            });
        let second = self.count(&second.collect::<Vec<_>>(), now).await?;
        let tried = first.chunks(2).zip(second.chunks(2));
        let tried = tried.map(|(first, second)| Tried { attempts: first[0], users: second[0], recovered: second[1] });
        let guessing = tallied.iter().zip(tried).filter(|(failures, tried)| match failures.span_ms {
            STUFFING_MS => tried.is_stuffing(failures.source.0),
            _ => tried.is_spraying(failures.source.0),
        });
        let mut marks = Tally::default();
        for (failures, _) in guessing {
            marks.add(count(keys, &["run", &name(&failures.source)], failures.at, RUN_MS, 1));
        }
        if marks.counts.is_empty() {
            return Some(false);
        }
        marks.add(count(keys, &["any run"], now, RUN_MS, 1));
        self.count(&marks.counts, now).await.map(|_| true)
    }

    /// Counts a success of a user who had failed shortly before. It counts only where the failures were counted: for
    /// the same source and in the same window. Otherwise an attacker could make up for guesses with logins to accounts
    /// of their own.
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
        let more = tallies.iter().zip(first_time).filter(|(_, is_first)| *is_first);
        let more = more.map(|((source, span_ms), _)| count(keys, &["recovered", &name(source)], now, *span_ms, 1));
        self.count(&more.collect::<Vec<_>>(), now).await;
    }

    /// Whether anybody has been guessing at the tenant lately. The answer may be a second old.
    pub async fn somebody_guesses(&self, tenant: &TenantId, keys: &TenantKeys, now: Timestamp) -> bool {
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
        match self.counters.count(counts, now).await {
            Ok(found) if found.len() == counts.len() => Some(found),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "guesses at accounts are not counted");
                None
            }
        }
    }
}

/// The sources that are counted for a login: guesses from the same source belong together.
fn sources(seen: &Seen) -> Vec<SourceName> {
    let ip = seen.login.client.ip;
    let address = if ip.is_ipv6() { network_prefix(ip) } else { seen.address_bytes() };
    let by_browser = if seen.browser.traits.scripted { Source::Fingerprint } else { Source::Headers };
    vec![(Source::Address, address.to_vec()), (by_browser, seen.browser.fingerprint.0.to_vec())]
}

/// Counters that are read in one call, each once.
#[derive(Default)]
struct Tally {
    counts: Vec<Count>,
    places: HashMap<[u8; 16], usize>,
}

impl Tally {
    /// Adds a counter, unless it is in already. Returns the index of its value in the answer.
    fn add(&mut self, count: Count) -> usize {
        let place = *self.places.entry(count.key).or_insert(self.counts.len());
        if place == self.counts.len() {
            self.counts.push(count);
        }
        place
    }
}

/// Failed attempts from one source, in the window of length `span_ms` that contains `at`.
struct Tallied {
    source: SourceName,
    span_ms: i64,
    at: Timestamp,
    attempts: u64,
}

/// The attempts summed by source and window.
fn tallied(keys: &TenantKeys, seen: &[&Seen]) -> Vec<Tallied> {
    let mut tallied: Vec<Tallied> = Vec::new();
    let mut places = HashMap::new();
    for attempt in seen {
        for (source, span_ms) in tallies(attempt) {
            let at = attempt.received_at;
            let key = count(keys, &["attempts", &name(&source)], at, span_ms, 0).key;
            let place = *places.entry(key).or_insert(tallied.len());
            match tallied.get_mut(place) {
                Some(known) => known.attempts += 1,
                None => tallied.push(Tallied { source, span_ms, at, attempts: 1 }),
            }
        }
    }
    tallied
}

/// The sources and window lengths under which a login is counted.
fn tallies(seen: &Seen) -> Vec<(SourceName, i64)> {
    sources(seen).into_iter().flat_map(|source| [(source.clone(), STUFFING_MS), (source, SPRAYING_MS)]).collect()
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

/// A time in each window whose mark still counts.
fn windows(now: Timestamp) -> impl Iterator<Item = Timestamp> {
    (0..=RUN_MEMORY_MS / RUN_MS).map(move |back| now.plus_ms(-back * RUN_MS))
}

fn count(keys: &TenantKeys, what: &[&str], at: Timestamp, span_ms: i64, add: u64) -> Count {
    let window = at.unix_ms().div_euclid(span_ms);
    let ends_at = Timestamp::from_unix_ms((window + 1).saturating_mul(span_ms));
    Count { key: keys.guesses(what, span_ms, window), add, expires_at: ends_at.plus_ms(RUN_MEMORY_MS) }
}
