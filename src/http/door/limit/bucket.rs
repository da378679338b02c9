//! One limit: how many requests of each caller are admitted, by this process and the others on its store.

use std::{
    hash::Hash,
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock, Reference},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
};

use crate::{
    domain::usage::Stretches,
    http::door::{
        fault::Fault,
        limit::{
            callers::{Callers, Standing, Untold},
            rate::{Rate, Within},
        },
        problem::RateLimited,
    },
    ports::Unavailable,
    service::shared_usage::{Admitted, SharedUsage},
};

/// A caller is told of once this part of a burst was admitted: what comes more slowly costs the store nothing.
const UNTOLD_PARTS_OF_BURST: u32 = 64;
/// Of how many callers is told at once.
const MOST_AT_ONCE: usize = 1_000;
/// How much longer than twice what a burst takes a caller is refused at most for what others have admitted.
const LONGEST_DEBT: Duration = Duration::from_mins(1);

type Instant = <DefaultClock as Clock>::Instant;

/// Requests by caller. In the long run one is admitted every so often, and a burst at once.
pub struct Bucket<K: Hash + Eq + Clone> {
    /// What is counted, as callers are told.
    counted: &'static str,
    /// The name by which processes count together.
    shared_as: &'static str,
    one_every: Duration,
    burst: NonZeroU32,
    /// By which processes count together.
    stretches: Stretches,
    callers: Callers<K>,
    /// When the limiter's clock began.
    began_at: Instant,
    limiter: RateLimiter<K, Callers<K>, DefaultClock, StateInformationMiddleware>,
}

impl<K: Hash + Eq + Clone + AsRef<[u8]>> Bucket<K> {
    /// What the settings say; `None` if they switch it off.
    #[must_use]
    pub fn new(counted: &'static str, rate: Rate) -> Option<Self> {
        let per_second = NonZeroU32::new(rate.per_second)?;
        let burst = NonZeroU32::new(rate.burst).unwrap_or(per_second);
        Some(Self::every([counted, counted], (burst, Duration::from_secs(1) / per_second.get())))
    }

    /// So many at once, and one more after each of these times; by what callers are told is counted, and by its shared name.
    #[must_use]
    pub fn every([counted, shared_as]: [&'static str; 2], (burst, one_every): (NonZeroU32, Duration)) -> Self {
        // Not nought: a second has more nanoseconds than there are requests in one.
        let quota = Quota::with_period(one_every).unwrap_or(Quota::per_second(burst)).allow_burst(burst);
        let refill = one_every.saturating_mul(burst.get());
        let stretches = Stretches::of(i64::try_from(refill.as_millis()).unwrap_or(i64::MAX));
        let counted_for = Duration::from_millis(stretches.counted_for_ms());
        let (callers, clock) = (Callers::new(Nanos::new(nanos(counted_for))), DefaultClock::default());
        let began_at = clock.now();
        let limiter = RateLimiter::new(quota, callers.clone(), clock);
        Self { counted, shared_as, one_every, burst, stretches, callers, began_at, limiter }
    }

    /// In how many seconds so many become free.
    fn free_in_s(&self, requests: u32) -> u32 {
        // A part of a second was rounded down to whole nanoseconds, so no second is added that is not needed.
        let wait = self.one_every.saturating_mul(requests).as_nanos().div_ceil(1_000_000_000);
        u32::try_from(wait).unwrap_or(u32::MAX)
    }

    /// Drops callers who might send a whole burst.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    /// Counts a request.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check(&self, caller: &K) -> Result<Within, Fault> {
        let burst = self.burst.get();
        let refused = match self.limiter.check_key(caller) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let full_in_s = self.free_in_s(burst.saturating_sub(left));
                return Ok(Within { counted: self.counted, burst, window_s: self.free_in_s(burst), left, full_in_s });
            }
            Err(refused) => refused,
        };
        let wait = refused.wait_time_from(self.limiter.clock().now());
        Err(Fault::RateLimited(RateLimited {
            counted: self.counted,
            burst,
            window_s: self.free_in_s(burst),
            retry_after_s: whole_seconds(wait).get(),
        }))
    }

    /// Tells other processes what was admitted here, and takes off what they have admitted; `with_quiet` also of callers who have
    /// sent nothing here. If the store does not answer, each
    /// goes on by what it knows, and what was to be told is not told again: a limit must not be kept twice.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn share(&self, usage: &SharedUsage, with_quiet: bool) -> Result<(), Unavailable> {
        let worth = u64::from(self.burst.get() / UNTOLD_PARTS_OF_BURST).max(1);
        let untold = self.callers.take_untold(worth, MOST_AT_ONCE, with_quiet);
        if untold.is_empty() {
            return Ok(());
        }
        let admitted: Vec<Admitted> = untold.iter().map(admitted).collect();
        let learned = usage.exchange(self.shared_as, self.stretches, &admitted).await;
        let learned = learned.inspect_err(|_| self.callers.doubt(untold.iter().map(|it| &it.caller)))?;
        let now = self.limiter.clock().now().duration_since(self.began_at);
        let whole_burst = self.one_every.saturating_mul(self.burst.get());
        let latest = now.as_u64().saturating_add(nanos(whole_burst.saturating_mul(2).saturating_add(LONGEST_DEBT)));
        for (told, learned) in untold.iter().zip(learned) {
            let by_others = match told.standing {
                // What others have admitted before counts as far as it would have left nothing.
                Standing::New => learned.by_others.min(u64::from(self.burst.get())),
                Standing::Known(_) => learned.by_others,
                Standing::Unsure => 0,
            };
            let later = Nanos::new(nanos(self.one_every).saturating_mul(by_others));
            self.callers.learn(&told.caller, learned.reading, later, now, Nanos::new(latest));
        }
        Ok(())
    }
}

fn admitted<K: AsRef<[u8]>>(untold: &Untold<K>) -> Admitted {
    let before = match untold.standing {
        Standing::Known(reading) => Some(reading),
        Standing::New | Standing::Unsure => None,
    };
    Admitted { caller: untold.caller.as_ref().to_vec(), requests: untold.requests, before }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Rounded up, so that a caller who waits that long is admitted.
fn whole_seconds(wait: Duration) -> NonZeroU64 {
    NonZeroU64::new(wait.as_secs())
        .map_or(NonZeroU64::MIN, |seconds| seconds.saturating_add(u64::from(wait.subsec_nanos() > 0)))
}
