//! All limits, and how processes on one store keep them together.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use tokio::{sync::watch, time::timeout};
use tracing::warn;

use crate::{
    domain::place::network_prefix,
    http::door::{
        fault::Fault,
        limit::{
            bucket::Bucket,
            rate::{Rate, Within},
        },
    },
    ports::Unavailable,
    service::shared_usage::SharedUsage,
};

/// Attempts to sign in to the console: at once, and how long one more takes to become free.
const OF_ACCOUNT_AND_ADDRESS: (NonZeroU32, Duration) = (NonZeroU32::new(10).unwrap(), Duration::from_mins(1));
const OF_ACCOUNT: (NonZeroU32, Duration) = (NonZeroU32::new(100).unwrap(), Duration::from_secs(10));
const OF_ADDRESS: (NonZeroU32, Duration) = (NonZeroU32::new(30).unwrap(), Duration::from_secs(10));

/// How often processes tell each other what they have admitted.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// Each so many times they ask also about callers who have sent nothing here since.
const QUIET_ROUNDS: u64 = 4;

/// The limits of this process, and of the others on its store as far as they are [shared](Limits::share).
pub struct Limits {
    keys: Option<Bucket<String>>,
    addresses: Option<Bucket<[u8; 16]>>,
    sign_ins: SignIns,
}

/// Who guesses the password of an account is stopped, and its operator is not, unless the guesses come from many addresses.
struct SignIns {
    /// By account and address.
    pairs: Bucket<[u8; 32]>,
    accounts: Bucket<[u8; 16]>,
    addresses: Bucket<[u8; 16]>,
}

impl Limits {
    /// Limits by API key and by the caller's address.
    #[must_use]
    pub fn new(per_key: Rate, per_address: Rate) -> Self {
        let sign_ins = SignIns {
            pairs: Bucket::every(["account", "sign-in by account and address"], OF_ACCOUNT_AND_ADDRESS),
            accounts: Bucket::every(["account", "sign-in by account"], OF_ACCOUNT),
            addresses: Bucket::every(["address", "sign-in by address"], OF_ADDRESS),
        };
        Self { keys: Bucket::new("key", per_key), addresses: Bucket::new("address", per_address), sign_ins }
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
        self.sign_ins.pairs.check(&pair(account, household))?;
        self.sign_ins.accounts.check(&account).map(drop)
    }

    /// Counts an attempt to sign in to the console from this address, where no account is named.
    ///
    /// # Errors
    /// If there were too many.
    pub fn check_sign_in_from(&self, address: IpAddr) -> Result<(), Fault> {
        self.sign_ins.addresses.check(&household(address)).map(drop)
    }

    /// Tells the other processes on the store what this one has admitted, and takes off what they have. Costs no call of the store
    /// where nobody has sent much.
    ///
    /// # Errors
    /// When the store does not answer. Then this process goes on by itself.
    pub async fn share(&self, usage: &SharedUsage) -> Result<(), Unavailable> {
        self.share_what_is_due(usage, true).await
    }

    async fn share_what_is_due(&self, usage: &SharedUsage, with_quiet: bool) -> Result<(), Unavailable> {
        if let Some(limit) = &self.keys {
            limit.share(usage, with_quiet).await?;
        }
        if let Some(limit) = &self.addresses {
            limit.share(usage, with_quiet).await?;
        }
        self.sign_ins.pairs.share(usage, with_quiet).await?;
        self.sign_ins.accounts.share(usage, with_quiet).await?;
        self.sign_ins.addresses.share(usage, with_quiet).await
    }

    /// Does so four times a second, and once a second of callers who have sent nothing here, until `stop` turns true; and once more
    /// then.
    pub async fn keep_sharing(&self, usage: &SharedUsage, mut stop: watch::Receiver<bool>) {
        let mut is_shared = true;
        for round in 0_u64.. {
            let is_last = *stop.borrow();
            let shared = self.share_what_is_due(usage, round.is_multiple_of(QUIET_ROUNDS)).await;
            if let (Err(fault), true) = (&shared, is_shared) {
                warn!(%fault, "until the store answers again, this process keeps limits by itself");
            }
            is_shared = shared.is_ok();
            if is_last {
                return;
            }
            // Ends after the interval, or at once when `stop` turns true.
            let _ = timeout(TOLD_EVERY, stop.changed()).await;
        }
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

fn pair(account: [u8; 16], household: [u8; 16]) -> [u8; 32] {
    let mut pair = [0; 32];
    pair[..16].copy_from_slice(&account);
    pair[16..].copy_from_slice(&household);
    pair
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
