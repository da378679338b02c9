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

/// Attempts to sign in to the console: at once, and how long one more takes to become free.
const OF_ACCOUNT_AND_ADDRESS: (NonZeroU32, Duration) = (NonZeroU32::new(10).unwrap(), Duration::from_mins(1));
const OF_ACCOUNT: (NonZeroU32, Duration) = (NonZeroU32::new(100).unwrap(), Duration::from_secs(10));
const OF_ADDRESS: (NonZeroU32, Duration) = (NonZeroU32::new(30).unwrap(), Duration::from_secs(10));

/// The limits of this process.
pub struct Limits {
    keys: Option<Limit<String>>,
    addresses: Option<Limit<[u8; 16]>>,
    sign_ins: SignIns,
}

/// Who guesses the password of an account is stopped, and its operator is not, unless the guesses come from many addresses.
struct SignIns {
    /// By account and address.
    pairs: Limit<([u8; 16], [u8; 16])>,
    accounts: Limit<[u8; 16]>,
    addresses: Limit<[u8; 16]>,
}

impl Limits {
    /// Limits by API key and by the caller's address.
    #[must_use]
    pub fn new(per_key: Rate, per_address: Rate) -> Self {
        let sign_ins = SignIns {
            pairs: Limit::every("account", OF_ACCOUNT_AND_ADDRESS),
            accounts: Limit::every("account", OF_ACCOUNT),
            addresses: Limit::every("address", OF_ADDRESS),
        };
        Self { keys: Limit::new("key", per_key), addresses: Limit::new("address", per_address), sign_ins }
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
        self.addresses.as_ref().map(|limit| limit.check(&household(address))).transpose()
    }

    /// Counts an attempt to sign in to the console as this account, from this address.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_sign_in(&self, account: [u8; 16], address: IpAddr) -> Result<(), Fault> {
        let household = household(address);
        self.sign_ins.addresses.check(&household)?;
        self.sign_ins.pairs.check(&(account, household))?;
        self.sign_ins.accounts.check(&account).map(drop)
    }

    /// Counts an attempt to sign in to the console from this address, where no account is named.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_sign_in_from(&self, address: IpAddr) -> Result<(), Fault> {
        self.sign_ins.addresses.check(&household(address)).map(drop)
    }

    /// Drops callers that no limit affects any more. Call it on a timer, or memory grows with every new caller.
    pub fn forget_idle(&self) {
        if let Some(limit) = &self.keys {
            limit.forget_idle();
        }
        if let Some(limit) = &self.addresses {
            limit.forget_idle();
        }
        self.sign_ins.pairs.forget_idle();
        self.sign_ins.accounts.forget_idle();
        self.sign_ins.addresses.forget_idle();
    }
}

/// What an address is counted as.
fn household(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(_) => network_prefix(address),
    }
}

struct Limit<K: Hash + Eq + Clone> {
    counted: &'static str,
    one_every: Duration,
    burst: NonZeroU32,
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(counted: &'static str, rate: Rate) -> Option<Self> {
        let per_second = NonZeroU32::new(rate.per_second)?;
        let burst = NonZeroU32::new(rate.burst).unwrap_or(per_second);
        Some(Self::every(counted, (burst, Duration::from_secs(1) / per_second.get())))
    }

    fn every(counted: &'static str, (burst, one_every): (NonZeroU32, Duration)) -> Self {
        // Not nought: a second has more nanoseconds than there are requests in one.
        let quota = Quota::with_period(one_every).unwrap_or(Quota::per_second(burst)).allow_burst(burst);
        Self { counted, one_every, burst, limiter: RateLimiter::keyed(quota).with_middleware() }
    }

    /// In how many seconds so many become free.
    fn free_in_s(&self, requests: u32) -> u32 {
        // A part of a second was rounded down to whole nanoseconds, so no second is added that is not needed.
        let wait = self.one_every.saturating_mul(requests).as_nanos().div_ceil(1_000_000_000);
        u32::try_from(wait).unwrap_or(u32::MAX)
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
        for (per_second, burst, window_s) in [(10_000, 10_000, 1), (3, 9, 3), (7, 8, 2), (1, 1, 1)] {
            let within = Limits::new(Rate { per_second, burst }, Rate::default()).check_key("a").unwrap().unwrap();
            assert_eq!((within.window_s, within.full_in_s), (window_s, 1), "{per_second} a second");
        }
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
    fn who_guesses_a_password_is_stopped_and_the_operator_is_not() {
        let limits = Limits::new(Rate::default(), Rate::default());
        let check = |account: u8, from: [u8; 4]| limits.check_sign_in([account; 16], from.into()).is_ok();
        assert!((0..10).all(|_| check(1, [192, 0, 2, 1])) && !check(1, [192, 0, 2, 1]));
        assert!(check(1, [192, 0, 2, 2]), "from elsewhere the operator still gets in");
        assert!((2..21).all(|account| check(account, [192, 0, 2, 1])) && !check(40, [192, 0, 2, 1]), "many accounts");
        assert!((3..=91).all(|it| check(1, [192, 0, 2, it])) && !check(1, [192, 0, 2, 200]), "from many addresses");
    }

    #[test]
    fn a_household_of_ipv6_counts_as_one() {
        let limits = Limits::new(Rate::default(), Rate { per_second: 1, burst: 1 });
        let check = |it: &str| limits.check_address(it.parse().unwrap()).is_ok();
        assert!(check("2a02:1:2:3::1") && !check("2a02:1:2:3::2") && check("2a02:1:2:4::1"));
        assert!(check("192.0.2.1") && check("192.0.2.2") && !check("192.0.2.1"));
    }
}
