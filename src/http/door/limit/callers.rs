//! What is known of the callers of one limit: when what they have sent would be paid for, and what other processes do not know
//! of it yet.

use std::{
    cmp::Reverse,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use governor::{
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use crate::domain::usage::Reading;

/// The callers of one limit, on whom governor works. Clones share them.
pub struct Callers<K> {
    all: Arc<Mutex<HashMap<K, Caller>>>,
    /// For how long others may count what was told of a caller.
    counted_for: Nanos,
}

/// One of them.
struct Caller {
    /// When nothing of what was admitted counts any more, on the limiter's clock (GCRA's theoretical arrival time).
    paid_at: Nanos,
    /// Requests that were admitted here and not told to others.
    untold: u64,
    standing: Standing,
}

/// What is known of a caller's requests elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was told and nothing was asked.
    New,
    /// What was read last.
    Known(Reading),
    /// The store did not answer: what it will say next is no news.
    Unsure,
}

/// What others are to be told of a caller.
pub struct Untold<K> {
    /// The caller.
    pub caller: K,
    /// How many requests.
    pub requests: u64,
    /// What is known of the caller.
    pub standing: Standing,
}

impl<K: Hash + Eq + Clone> Callers<K> {
    /// Takes what others are to be told: of callers with at least `worth` requests, and of those who are known already; `with_quiet`
    /// also of those of them who have sent nothing. Of `most` callers at once, those with the most requests; the others are told
    /// of later.
    #[must_use]
    pub fn take_untold(&self, worth: u64, most: usize, with_quiet: bool) -> Vec<Untold<K>> {
        let mut all = self.all();
        let is_due = |it: &Caller| match it.standing {
            Standing::New => it.untold >= worth,
            Standing::Known(_) | Standing::Unsure => with_quiet || it.untold > 0,
        };
        let mut due: Vec<(u64, K)> =
            all.iter().filter(|(_, it)| is_due(it)).map(|(caller, it)| (it.untold, caller.clone())).collect();
        due.sort_unstable_by_key(|(untold, _)| Reverse(*untold));
        due.truncate(most);
        let take = |(requests, caller): (u64, K)| {
            let known = all.get_mut(&caller)?;
            known.untold = 0;
            Some(Untold { requests, standing: known.standing, caller })
        };
        due.into_iter().filter_map(take).collect()
    }

    /// Takes off what others have admitted of a caller: so much later is it paid for, of `now`, and at `latest` at the latest.
    pub fn learn(&self, caller: &K, reading: Reading, later: Nanos, now: Nanos, latest: Nanos) {
        if let Some(known) = self.all().get_mut(caller) {
            known.standing = Standing::Known(reading);
            let paid_at = known.paid_at.max(now).as_u64().saturating_add(later.as_u64());
            known.paid_at = if later.as_u64() == 0 { known.paid_at } else { Nanos::new(paid_at.min(latest.as_u64())) };
        }
    }

    /// Notes that it is not known what was told of these callers.
    pub fn doubt<'a>(&self, callers: impl Iterator<Item = &'a K>)
    where
        K: 'a,
    {
        let mut all = self.all();
        for caller in callers {
            if let Some(known) = all.get_mut(caller) {
                known.standing = Standing::Unsure;
            }
        }
    }
}

impl<K> Callers<K> {
    /// Nobody yet. What is told of a caller may be counted by others for so long.
    #[must_use]
    pub fn new(counted_for: Nanos) -> Self {
        Self { all: Arc::default(), counted_for }
    }

    /// Ignores poisoning: nothing panics while the lock is held.
    fn all(&self) -> MutexGuard<'_, HashMap<K, Caller>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K> Clone for Callers<K> {
    fn clone(&self) -> Self {
        Self { all: self.all.clone(), counted_for: self.counted_for }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Callers<K> {
    type Key = K;

    /// Every replacement is one request that was admitted.
    fn measure_and_replace<T, F, E>(&self, caller: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut all = self.all();
        if let Some(known) = all.get_mut(caller) {
            let (answer, paid_at) = measure(Some(known.paid_at))?;
            (known.paid_at, known.untold) = (paid_at, known.untold.saturating_add(1));
            return Ok(answer);
        }
        let (answer, paid_at) = measure(None)?;
        all.insert(caller.clone(), Caller { paid_at, untold: 1, standing: Standing::New });
        Ok(answer)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Callers<K> {
    /// Who was told of stays while that is counted: who came anew would be taken to have sent elsewhere what was sent here.
    fn retain_recent(&self, drop_below: Nanos) {
        let drop_counted_below = Nanos::new(drop_below.as_u64().saturating_sub(self.counted_for.as_u64()));
        self.all().retain(|_, it| match it.standing {
            Standing::New => it.paid_at >= drop_below,
            Standing::Known(_) | Standing::Unsure => it.paid_at >= drop_counted_below,
        });
    }

    fn shrink_to_fit(&self) {
        self.all().shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.all().len()
    }

    fn is_empty(&self) -> bool {
        self.all().is_empty()
    }
}
