//! Limits on how many requests an API key and an address may send. They protect the service from overload, and are not
//! for security.

use std::{
    hash::Hash,
    net::IpAddr,
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    domain::place::network_prefix,
    http::door::{fault::Fault, problem::RateLimited},
};

/// A limit, as the settings have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run; 0 switches the limit off.
    pub per_second: u32,
    /// Requests at once; 0 means as many as in a second.
    pub burst: u32,
}

/// A caller's state within a limit, after a request that was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// What is counted: `key` or `address`.
    pub counted: &'static str,
    /// How many requests may come at once.
    pub burst: u32,
    /// In how many seconds that many become free.
    pub window_s: u32,
    /// How many may come now.
    pub left: u32,
    /// In how many seconds as many as ever may come.
    pub full_in_s: u32,
}

/// The limits that a request has counted against so far: at most its address and its key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted(pub [Option<Within>; 2]);

impl Counted {
    /// Adds one limit.
    pub fn add(&mut self, within: Within) {
        if let Some(free) = self.0.iter_mut().find(|place| place.is_none()) {
            *free = Some(within);
        }
    }

    /// The values of `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10); `None` without a
    /// limit.
    #[must_use]
    pub fn headers(&self) -> Option<[String; 2]> {
        let list = |write: fn(&Within) -> String| self.0.iter().flatten().map(write).collect::<Vec<_>>().join(", ");
        self.0[0]?;
        Some([
            list(|within| format!("\"{}\";q={};w={}", within.counted, within.burst, within.window_s)),
            list(|within| format!("\"{}\";r={};t={}", within.counted, within.left, within.full_in_s)),
        ])
    }
}

/// The limits of this process.
pub struct Limits {
    keys: Option<Limit<String>>,
    addresses: Option<Limit<[u8; 16]>>,
}

impl Limits {
    /// Limits by API key and by the caller's address.
    #[must_use]
    pub fn new(per_key: Rate, per_address: Rate) -> Self {
        Self { keys: Limit::new("key", per_key), addresses: Limit::new("address", per_address) }
    }

    /// Counts a request of this API key.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_key(&self, id: &str) -> Result<Option<Within>, Fault> {
        self.keys.as_ref().map(|limit| limit.check(&id.to_owned())).transpose()
    }

    /// Counts a request from this address. The IPv6 addresses of one household, a /64, count as one.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_address(&self, address: IpAddr) -> Result<Option<Within>, Fault> {
        let counted = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(_) => network_prefix(address),
        };
        self.addresses.as_ref().map(|limit| limit.check(&counted)).transpose()
    }

    /// Drops callers that no limit affects any more. Call it on a timer, or memory grows with every new caller.
    pub fn forget_idle(&self) {
        if let Some(limit) = &self.keys {
            limit.forget_idle();
        }
        if let Some(limit) = &self.addresses {
            limit.forget_idle();
        }
    }
}

struct Limit<K: Hash + Eq + Clone> {
    counted: &'static str,
    per_second: NonZeroU32,
    burst: NonZeroU32,
    window_s: u32,
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(counted: &'static str, rate: Rate) -> Option<Self> {
        let per_second = NonZeroU32::new(rate.per_second)?;
        let burst = NonZeroU32::new(rate.burst).unwrap_or(per_second);
        let limiter = RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)).with_middleware();
        Some(Self { counted, per_second, burst, window_s: burst.get().div_ceil(per_second.get()), limiter })
    }

    fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    fn check(&self, key: &K) -> Result<Within, Fault> {
        let burst = self.burst.get();
        let refused = match self.limiter.check_key(key) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let full_in_s = burst.saturating_sub(left).div_ceil(self.per_second.get());
                return Ok(Within { counted: self.counted, burst, window_s: self.window_s, left, full_in_s });
            }
            Err(refused) => refused,
        };
        let wait = refused.wait_time_from(self.limiter.clock().now());
        Err(Fault::RateLimited(RateLimited {
            counted: self.counted,
            burst,
            window_s: self.window_s,
            retry_after_s: whole_seconds(wait).get(),
        }))
    }
}

/// Rounded up, so that a caller who waits that long is admitted.
fn whole_seconds(wait: Duration) -> NonZeroU64 {
    NonZeroU64::new(wait.as_secs())
        .map_or(NonZeroU64::MIN, |seconds| seconds.saturating_add(u64::from(wait.subsec_nanos() > 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_in_and_what_comes_on_top_waits() {
        let limits = Limits::new(Rate { per_second: 1, burst: 3 }, Rate::default());
        assert!((0..3).all(|_| limits.check_key("a").is_ok()));
        let Err(Fault::RateLimited(it)) = limits.check_key("a") else { panic!("the fourth is too many") };
        assert_eq!((it.burst, it.window_s, it.retry_after_s), (3, 3, 1));
        assert!(limits.check_key("b").is_ok(), "others are not touched");
        assert!((0..100).all(|_| limits.check_address([127, 0, 0, 1].into()).is_ok()), "0 switches it off");
        limits.forget_idle();
        assert!(limits.check_key("a").is_err(), "who is at the limit is not forgotten");
    }

    #[test]
    fn who_is_let_in_is_told_how_many_more_may_come() {
        let limits = Limits::new(Rate { per_second: 2, burst: 5 }, Rate::default());
        let within = limits.check_key("a").unwrap().unwrap();
        assert_eq!(within, Within { counted: "key", burst: 5, window_s: 3, left: 4, full_in_s: 1 });
        assert_eq!(limits.check_address([127, 0, 0, 1].into()).unwrap(), None, "there is no such limit");
        let mut counted = Counted::default();
        assert_eq!(counted.headers(), None);
        counted.add(within);
        counted.add(Within { counted: "address", burst: 9, window_s: 1, left: 0, full_in_s: 1 });
        let [policy, state] = counted.headers().unwrap();
        assert_eq!(policy, "\"key\";q=5;w=3, \"address\";q=9;w=1");
        assert_eq!(state, "\"key\";r=4;t=1, \"address\";r=0;t=1");
    }

    #[test]
    fn a_household_of_ipv6_counts_as_one() {
        let limits = Limits::new(Rate::default(), Rate { per_second: 1, burst: 1 });
        let check = |it: &str| limits.check_address(it.parse().unwrap()).is_ok();
        assert!(check("2a02:1:2:3::1") && !check("2a02:1:2:3::2") && check("2a02:1:2:4::1"));
        assert!(check("192.0.2.1") && check("192.0.2.2") && !check("192.0.2.1"));
    }
}
