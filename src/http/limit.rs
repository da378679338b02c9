//! How many requests one API key and one address may send. Limits guard this service; they are not security.

use std::{
    hash::Hash,
    net::IpAddr,
    num::{NonZeroU32, NonZeroU64},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use crate::{
    domain::place::network_prefix,
    http::problem::{Fault, RateLimited},
};

/// A limit as it is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run; 0 switches the limit off.
    pub per_second: u32,
    /// Requests at once; 0 means as many as in a second.
    pub burst: u32,
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
    /// When there were too many.
    pub fn check_key(&self, id: &str) -> Result<(), Fault> {
        self.keys.as_ref().map_or(Ok(()), |it| it.check(&id.to_owned()))
    }

    /// Counts a request from this address. One household's IPv6 addresses, a /64, count as one.
    ///
    /// # Errors
    /// When there were too many.
    pub fn check_address(&self, address: IpAddr) -> Result<(), Fault> {
        let counted = match address {
            IpAddr::V4(it) => it.to_ipv6_mapped().octets(),
            IpAddr::V6(_) => network_prefix(address),
        };
        self.addresses.as_ref().map_or(Ok(()), |it| it.check(&counted))
    }

    /// Forgets whom no limit touches any more. To be called on a timer, or memory grows with every new caller.
    pub fn forget_idle(&self) {
        if let Some(it) = &self.keys {
            it.limiter.retain_recent();
            it.limiter.shrink_to_fit();
        }
        if let Some(it) = &self.addresses {
            it.limiter.retain_recent();
            it.limiter.shrink_to_fit();
        }
    }
}

struct Limit<K: Hash + Eq + Clone> {
    counted: &'static str,
    burst: NonZeroU32,
    window_s: u32,
    limiter: DefaultKeyedRateLimiter<K>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(counted: &'static str, rate: Rate) -> Option<Self> {
        let per_second = NonZeroU32::new(rate.per_second)?;
        let burst = NonZeroU32::new(rate.burst).unwrap_or(per_second);
        let limiter = RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst));
        Some(Self { counted, burst, window_s: burst.get().div_ceil(per_second.get()), limiter })
    }

    fn check(&self, key: &K) -> Result<(), Fault> {
        let Err(refused) = self.limiter.check_key(key) else { return Ok(()) };
        let wait = refused.wait_time_from(self.limiter.clock().now());
        Err(Fault::RateLimited(RateLimited {
            counted: self.counted,
            burst: self.burst.get(),
            window_s: self.window_s,
            retry_after_s: whole_seconds(wait).get(),
        }))
    }
}

/// Rounded up: who waits that long is let in.
fn whole_seconds(wait: Duration) -> NonZeroU64 {
    NonZeroU64::new(wait.as_secs()).map_or(NonZeroU64::MIN, |it| it.saturating_add(u64::from(wait.subsec_nanos() > 0)))
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
    fn a_household_of_ipv6_counts_as_one() {
        let limits = Limits::new(Rate::default(), Rate { per_second: 1, burst: 1 });
        let check = |it: &str| limits.check_address(it.parse().unwrap()).is_ok();
        assert!(check("2a02:1:2:3::1") && !check("2a02:1:2:3::2") && check("2a02:1:2:4::1"));
        assert!(check("192.0.2.1") && check("192.0.2.2") && !check("192.0.2.1"));
    }
}
