//! Notices when many of a tenant's users suddenly sign in with unknown devices (a storm), and raises the alarm.
//! Everything that matters is counted in the store, so a restart changes nothing, and every process knows what another
//! has seen.
//!
//! Cost: logins with known devices cost one call of the store every ten seconds; a user whose device is suddenly
//! unknown costs two or three calls once in ten minutes. If the store does not answer, storms go unnoticed, but the
//! login is still recorded.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tracing::{error, warn};

use crate::{
    domain::{
        alert::storm::{
            CALM_AFTER_MINUTES, PLACE_LIFE_MS, Recent, Sign, StormRule, Tally, WINDOW_MINUTES, WINDOW_MS,
            crowd_network, minute, next_place, over_at, passes_at,
        },
        ids::{AlertId, TenantId, UserKey},
        keyring::TenantKeys,
        time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp},
    },
    ports::{Count, Counters, Unavailable},
};

/// For how long this process counts users on known devices before it adds them to the store's counter.
const TELL_EVERY_MS: i64 = 10 * SECOND_MS;

/// Watches the logins of all tenants. Its size is bounded: there are as many tenants as have API keys.
pub struct Storms {
    rule: StormRule,
    counters: Arc<dyn Counters>,
    tenants: Mutex<HashMap<TenantId, Seen>>,
}

/// What this process knows of a tenant.
#[derive(Default)]
struct Seen {
    /// Users on known devices that were counted lately.
    recent: Recent,
    /// How many of them are not yet in the store's counter.
    untold: u64,
    /// When the store's counter was last updated.
    told_at: Option<Timestamp>,
    /// When the storm that was seen last ends.
    over_at: Option<Timestamp>,
}

/// What a login says about whether there is a storm.
#[derive(Clone, Copy, Debug)]
pub struct Witness {
    /// The user who signed in.
    pub user: UserKey,
    /// The address from which they did.
    pub address: IpAddr,
    /// Whether the device was known.
    pub sign: Sign,
}

impl Storms {
    /// Judges by `rule`, and counts in `counters`.
    #[must_use]
    pub fn new(rule: StormRule, counters: Arc<dyn Counters>) -> Self {
        Self { rule, counters, tenants: Mutex::default() }
    }

    /// Counts a login received at `now`.
    pub async fn note(&self, tenant: &TenantId, keys: &TenantKeys, now: Timestamp, witness: Witness) {
        let noted = match witness.sign {
            _ if self.rule.percent == 0 => return,
            Sign::Known => self.note_known(tenant, keys, now, witness.user).await,
            Sign::Unknown => self.note_unknown(tenant, keys, now, witness).await,
        };
        if let Err(fault) = noted {
            warn!(%fault, "a login is not counted for storms");
        }
    }

    async fn note_known(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        now: Timestamp,
        user: UserKey,
    ) -> Result<(), Unavailable> {
        if let Some(known) = self.known_to_tell(tenant, now, user) {
            self.counters.count(&[in_minute(keys, "known", now, known)], now).await?;
        }
        Ok(())
    }

    /// Counts a user on a known device. Every ten seconds, returns how many to add to the store's counter.
    fn known_to_tell(&self, tenant: &TenantId, now: Timestamp, user: UserKey) -> Option<u64> {
        let mut tenants = self.tenants();
        let seen = tenants.entry(tenant.clone()).or_default();
        seen.untold += u64::from(seen.recent.note(now, user.hash));
        let is_time = seen.told_at.is_none_or(|it| now.ms_since(it).abs() >= TELL_EVERY_MS);
        (is_time && seen.untold > 0).then(|| {
            seen.told_at = Some(now);
            std::mem::take(&mut seen.untold)
        })
    }

    /// Counts a user on an unknown device. A user counts once within the window, and so does a network, so nobody can
    /// make a storm with accounts of their own.
    async fn note_unknown(
        &self,
        tenant: &TenantId,
        keys: &TenantKeys,
        now: Timestamp,
        witness: Witness,
    ) -> Result<(), Unavailable> {
        let once = |what, of| Count { key: keys.storm(what, of), add: 1, expires_at: now.plus_ms(WINDOW_MS) };
        let seen = [once("user", witness.user.hash), once("network", crowd_network(witness.address))];
        if self.counters.count(&seen, now).await?.iter().any(|times| *times > 1) {
            return Ok(());
        }
        let known = self.tenants().get_mut(tenant).map_or(0, |it| std::mem::take(&mut it.untold));
        let counts: Vec<Count> = (0..WINDOW_MINUTES)
            .flat_map(|back| {
                let at = minutes_before(now, back);
                let more = |users| if back == 0 { users } else { 0 };
                [in_minute(keys, "known", at, more(known)), in_minute(keys, "unknown", at, more(1))]
            })
            .collect();
        let counted = self.counters.count(&counts, now).await?;
        let minutes: Vec<Tally> = counted.chunks(2).map(|pair| Tally { known: pair[0], unknown: pair[1] }).collect();
        if self.rule.is_storm(&minutes) { self.mark(tenant, keys, now).await } else { Ok(()) }
    }

    /// Marks the current minute as stormy. The first mark of a storm raises the alarm, in exactly one process.
    async fn mark(&self, tenant: &TenantId, keys: &TenantKeys, now: Timestamp) -> Result<(), Unavailable> {
        let marks = self.counters.count(&marks(keys, now, 1), now).await?;
        self.remember(tenant, now, &marks);
        let before = marks.iter().skip(1).any(|it| *it > 0);
        if marks.first() == Some(&1) && !before {
            let StormRule { percent, sample } = self.rule;
            error!(
                tenant = tenant.as_str(),
                percent,
                sample,
                "ALARM: most users are suddenly on unknown devices, and their mails are delayed: has the page changed \
                 that measures browsers, or a proxy? See `watchlight alerts list --reason storm`"
            );
            metrics::counter!("watchlight_storms_total").increment(1);
        }
        Ok(())
    }

    /// When the storms of these tenants end at the earliest, in the order asked; `None` for a tenant that has none.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn over_at(
        &self,
        tenants: &[(&TenantId, &TenantKeys)],
        now: Timestamp,
    ) -> Result<Vec<Option<Timestamp>>, Unavailable> {
        let asked: Vec<Count> = tenants.iter().flat_map(|(_, keys)| marks(keys, now, 0)).collect();
        let found = self.counters.count(&asked, now).await?;
        let each = found.chunks(CALM_AFTER_MINUTES + 1).zip(tenants);
        Ok(each.map(|(marks, (tenant, _))| self.remember(tenant, now, marks)).collect())
    }

    /// When these alerts are released during a storm, in the order asked; `None` for one that has no place in the
    /// queue.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn places(
        &self,
        keys: &TenantKeys,
        now: Timestamp,
        alerts: &[AlertId],
    ) -> Result<Vec<Option<Timestamp>>, Unavailable> {
        let asked: Vec<Count> = alerts.iter().map(|id| place(keys, now, *id, 0)).collect();
        let found = self.counters.count(&asked, now).await?;
        Ok(found.into_iter().map(|seconds| Some(seconds).filter(|it| *it > 0).map(from_seconds)).collect())
    }

    /// Gives alerts a place in the queue of what is released during a storm: one to each user within a day. Returns
    /// when they are released, in the order given. The places are kept, because a held warning may be looked at many
    /// times.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn take_places(
        &self,
        keys: &TenantKeys,
        now: Timestamp,
        alerts: &[(AlertId, UserKey)],
    ) -> Result<Vec<Option<Timestamp>>, Unavailable> {
        let users = alerts.iter().map(|(_, user)| Count {
            key: keys.storm("placed user", user.hash),
            add: 1,
            expires_at: now.plus_ms(DAY_MS),
        });
        let times_asked = self.counters.count(&users.collect::<Vec<Count>>(), now).await?;
        let day = now.unix_ms().div_euclid(DAY_MS);
        let queue = |add| Count { key: keys.storm_at("queue", day), add, expires_at: now.plus_ms(PLACE_LIFE_MS) };
        let taken = self.counters.count(&[queue(0)], now).await?.into_iter().sum();
        let mut moves: Vec<Count> = times_asked.iter().filter(|it| **it == 1).map(|_| queue(1)).collect();
        if let Some(first) = moves.first_mut() {
            first.add = next_place(now, taken);
        }
        let mut places = self.counters.count(&moves, now).await?.into_iter().map(|it| passes_at(now, it));
        let times: Vec<Option<Timestamp>> =
            times_asked.into_iter().map(|times| if times == 1 { places.next() } else { None }).collect();
        let kept =
            alerts.iter().zip(&times).filter_map(|((id, _), at)| Some(place(keys, now, *id, to_seconds((*at)?))));
        self.counters.count(&kept.collect::<Vec<Count>>(), now).await?;
        Ok(times)
    }

    /// The tenants whose mails are held back, as far as this process knows.
    #[must_use]
    pub fn stormy(&self, now: Timestamp) -> Vec<TenantId> {
        let tenants = self.tenants();
        let stormy = tenants.iter().filter(|(_, seen)| seen.over_at.is_some_and(|over_at| over_at > now));
        stormy.map(|(tenant, _)| tenant.clone()).collect()
    }

    /// Keeps the marks of a tenant for [`Storms::stormy`]. Returns when the storm ends, if there is one.
    fn remember(&self, tenant: &TenantId, now: Timestamp, marks: &[u64]) -> Option<Timestamp> {
        let marks: Vec<bool> = marks.iter().map(|it| *it > 0).collect();
        let over_at = over_at(now, &marks);
        let mut tenants = self.tenants();
        if over_at.is_some() || tenants.contains_key(tenant) {
            tenants.entry(tenant.clone()).or_default().over_at = over_at;
        }
        over_at
    }

    /// Ignores poisoning: nothing panics between two changes that belong together.
    fn tenants(&self) -> MutexGuard<'_, HashMap<TenantId, Seen>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The counter that keeps the place of an alert in the queue: its value is the time of release, in Unix seconds.
fn place(keys: &TenantKeys, now: Timestamp, alert: AlertId, add: u64) -> Count {
    Count { key: keys.storm("place", alert.0), add, expires_at: now.plus_ms(PLACE_LIFE_MS) }
}

fn to_seconds(at: Timestamp) -> u64 {
    (at.unix_ms() / SECOND_MS).unsigned_abs()
}

fn from_seconds(seconds: u64) -> Timestamp {
    Timestamp::from_unix_ms(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(SECOND_MS))
}

fn minutes_before(now: Timestamp, back: usize) -> Timestamp {
    now.plus_ms(-MINUTE_MS * i64::try_from(back).unwrap_or(0))
}

/// A counter of the minute that contains `at`. It expires after the last minute in which it still matters.
fn in_minute(keys: &TenantKeys, what: &str, at: Timestamp, add: u64) -> Count {
    Count { key: keys.storm_at(what, minute(at)), add, expires_at: at.plus_ms(2 * WINDOW_MS) }
}

/// The marks of the current minute and of those before it; with `add`, marks the current minute as well.
fn marks(keys: &TenantKeys, now: Timestamp, add: u64) -> Vec<Count> {
    let mark = |back| in_minute(keys, "mark", minutes_before(now, back), if back == 0 { add } else { 0 });
    (0..=CALM_AFTER_MINUTES).map(mark).collect()
}
