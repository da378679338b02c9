//! The server, and for how long what is kept there lives.

use std::{
    sync::atomic::{AtomicBool, AtomicI64},
    time::Duration,
};

use crate::{
    adapters::store::{
        coded::store::Coded,
        fault::OpenError,
        pulse::Pulse,
        redis::{
            access::Access,
            log::{hashes::logs, lives::Lives},
            server::{
                link::Link,
                once_keys::{Forms, KnownDays},
            },
        },
    },
    domain::{
        history::retention_days::{RetentionClass, RetentionDays},
        time::DAY_MS,
    },
};

/// A hundred years: what is longer does not fit in the life that Redis gives a key.
const LONGEST_RETENTION_MS: i64 = 36_525 * DAY_MS;

/// So long ago is a login that is not among the latest, and twice as long at most: nobody waits for longer after a fault has passed.
const LATEST: Duration = Duration::from_secs(2);

/// A store in Redis or Valkey: one server, a master with its replicas, or a Cluster.
///
/// What it has acknowledged survives a crash of a server with `appendfsync always`; with `everysec` up to a second is lost when the
/// machine goes down. With replicas that confirm ([`Durability`](crate::adapters::store::redis::access::Durability)) it survives the
/// loss of as many machines.
pub type RedisStore = Coded<Redis>;

/// One server, and how long what is kept there lives.
#[derive(Debug)]
pub struct Redis {
    pub(crate) link: Link,
    /// For how long logins are kept.
    pub(crate) retention_ms: i64,
    /// For how long alerts are kept.
    pub(crate) alerts_ms: i64,
    pub(crate) forgotten: Forgotten,
    /// Whether the server was seen to be named as a store. From then on one that has no name has lost what it held.
    pub(crate) is_named: AtomicBool,
    /// How storing the latest logins went.
    pub(crate) pulse: Pulse,
    /// What lives long enough of what logins go to.
    pub(crate) lives: Lives,
    /// Whether what logs of earlier versions list is found by hashes.
    pub(crate) logs_are_settled: AtomicBool,
    /// Whether logins may have keys of their own, as those of earlier versions have.
    pub(crate) may_have_old_logins: AtomicBool,
    /// In which form idempotency keys are remembered, once one has come.
    pub(crate) key_forms: tokio::sync::OnceCell<Forms>,
    /// Over how many hashes the idempotency keys of a day are spread.
    pub(crate) key_days: KnownDays,
    /// Whether very many commits come, and nobody waits for a single one.
    pub(crate) expects_many: AtomicBool,
    /// Is held by whoever counts what commits have noted.
    pub(crate) folding: tokio::sync::Mutex<()>,
}

/// What a trim of this process has forgotten, in Unix milliseconds: so far back commits may shorten indexes.
#[derive(Debug, Default)]
pub struct Forgotten {
    pub(crate) logins_before: AtomicI64,
    pub(crate) alerts_before: AtomicI64,
}

impl Redis {
    /// Connects to what [`Address`](crate::adapters::store::redis::connection::address::Address) can name, and checks that the server is fit to be a store.
    /// `days`, from one to those of a hundred years, bound the life of logins even if nobody trims.
    ///
    /// # Errors
    /// The address cannot be read, the server does not answer or refuses us, or it would drop records by itself.
    pub async fn open(url: &str, days: &RetentionDays, access: &Access) -> Result<Self, OpenError> {
        let life_ms = |class| days.ms(class).clamp(DAY_MS, LONGEST_RETENTION_MS);
        let (retention_ms, alerts_ms) = (life_ms(RetentionClass::Logins), life_ms(RetentionClass::Alerts));
        let link = Link::open(url, access).await?;
        // Mostly there are none. Who does not answer now is asked by the first trim.
        let may_have_logs = logs(&link).await.map_or(true, |it| !it.is_empty());
        Ok(Self {
            link,
            retention_ms,
            alerts_ms,
            forgotten: Forgotten::default(),
            is_named: AtomicBool::new(false),
            pulse: Pulse::over(LATEST),
            logs_are_settled: AtomicBool::new(!may_have_logs),
            may_have_old_logins: AtomicBool::new(may_have_logs),
            lives: Lives::default(),
            key_forms: tokio::sync::OnceCell::new(),
            key_days: KnownDays::default(),
            expects_many: AtomicBool::new(false),
            folding: tokio::sync::Mutex::default(),
        })
    }
}
