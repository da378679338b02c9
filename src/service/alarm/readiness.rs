//! Whether logins can be recorded, and what is amiss: each thing that this service depends on, by name.

use std::{fmt::Display, future::Future, sync::Arc, time::Duration};

use tokio::{join, time::timeout};
use tracing::warn;

use crate::{
    ports::{Geo, Integrity, Mail, Unfit, Upkeep},
    service::alarm::{
        counting_watch::CountingWatch,
        custody::{Custody, NotTheStore},
        mail_health::MailHealth,
        request_watch::RequestWatch,
        unsealed_watch::UnsealedWatch,
    },
};

/// How long a dependency may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// What this service depends on. Cheap to clone.
#[derive(Clone)]
pub struct Readiness {
    /// Where everything is kept.
    pub store: Arc<dyn Upkeep>,
    /// The same, as it tells of records that cannot be read.
    pub records: Arc<dyn Integrity>,
    /// Whether it is the store that was used before.
    pub custody: Arc<Custody>,
    /// What takes mails.
    pub mail: Arc<dyn Mail>,
    /// What only those notice who send mails and forget logins.
    pub mail_health: MailHealth,
    /// The databases of places.
    pub geo: Arc<dyn Geo>,
    /// Whether people wait too long for an answer.
    pub requests: Arc<RequestWatch>,
    /// Whether records are left in the clear.
    pub unsealed: Arc<UnsealedWatch>,
    /// Whether logins are left that are not counted.
    pub counting: Arc<CountingWatch>,
}

/// Whether logins can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// They can, and nothing is amiss.
    Ready,
    /// They can, but mails or places may be missing, old logins are kept too long, single records cannot be read or
    /// are not sealed, not every login is counted, or people wait too long for an answer.
    Degraded,
    /// They cannot.
    Unavailable,
}

/// Something that this service depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// The store: without it nothing is recorded.
    Store,
    /// The way of mails.
    Mail,
    /// The databases of places.
    Geo,
    /// Forgetting what is old.
    Retention,
    /// That every record can be read.
    Records,
    /// That people who asked for something get an answer in time.
    Requests,
    /// That every record is sealed.
    Sealing,
    /// That every login is counted.
    Counting,
}

impl Dependency {
    /// The name in answers and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Mail => "mail",
            Self::Geo => "geo",
            Self::Retention => "retention",
            Self::Records => "records",
            Self::Requests => "requests",
            Self::Sealing => "sealing",
            Self::Counting => "counting",
        }
    }

    /// What is said where it does not answer.
    const fn silent(self) -> &'static str {
        match self {
            Self::Store => "the store does not answer",
            Self::Mail => "the mail system does not take mail",
            Self::Geo | Self::Retention | Self::Records | Self::Requests | Self::Sealing | Self::Counting => {
                "it does not answer"
            }
        }
    }
}

/// One dependency, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub dependency: Dependency,
    /// What is amiss, in words that anybody may read; none if nothing is.
    pub amiss: Option<String>,
    /// What there is to know of it where nothing is amiss.
    pub known: Option<String>,
}

impl Readiness {
    /// Asks every dependency, each for a second at most. The causes of failures are in the log, because they may name machines.
    pub async fn look(&self) -> [Check; 8] {
        let told = |unfit: &Unfit| match unfit {
            Unfit::Told(words) => Some(*words),
            Unfit::Unavailable(_) => None,
        };
        let ((store, kept), (mail, _)) = join!(
            probe(Dependency::Store, self.probe_store(), told),
            probe(Dependency::Mail, self.mail.probe(), |_| None),
        );
        // Of a mail system that greets us and refuses our mails only the worker knows.
        let noticed = self.custody.holds_mails().or_else(|| self.mail_health.amiss());
        [
            (Dependency::Store, store),
            (Dependency::Mail, noticed.map(str::to_owned).or(mail)),
            (Dependency::Geo, databases(self.geo.as_ref())),
            (Dependency::Retention, self.mail_health.trim_wait.amiss().map(str::to_owned)),
            (Dependency::Records, unreadable(self.records.unreadable())),
            (Dependency::Requests, self.requests.amiss()),
            (Dependency::Sealing, self.unsealed.amiss()),
            (Dependency::Counting, self.counting.amiss()),
        ]
        .map(|(dependency, amiss)| {
            let known = kept.clone().filter(|_| dependency == Dependency::Store);
            Check { dependency, amiss, known }
        })
    }

    /// Whether the store works, and is the one that was used before; how it keeps what it is given.
    async fn probe_store(&self) -> Result<String, Unfit> {
        let kept = self.store.probe().await?;
        self.custody.look().await?;
        self.custody.check().map_err(|NotTheStore(words)| Unfit::Told(words))?;
        Ok(kept)
    }
}

impl Fitness {
    /// What these checks come to.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        let amiss = |check: &&Check| check.amiss.is_some();
        if checks.iter().filter(amiss).any(|check| check.dependency == Dependency::Store) {
            Self::Unavailable
        } else if checks.iter().any(|check| check.amiss.is_some()) {
            Self::Degraded
        } else {
            Self::Ready
        }
    }

    /// The name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Asks one dependency; what is amiss, or what it tells of itself. `told` says what of a cause is for anybody.
async fn probe<T, E: Display>(
    dependency: Dependency,
    asked: impl Future<Output = Result<T, E>>,
    told: impl FnOnce(&E) -> Option<&'static str>,
) -> (Option<String>, Option<T>) {
    let amiss = match timeout(ANSWERS_WITHIN, asked).await {
        Ok(Ok(known)) => return (None, Some(known)),
        Ok(Err(cause)) => {
            warn!(dependency = dependency.as_str(), %cause, "a dependency is amiss");
            told(&cause).unwrap_or(dependency.silent()).to_owned()
        }
        Err(_) => format!("{} within {} s", dependency.silent(), ANSWERS_WITHIN.as_secs()),
    };
    (Some(amiss), None)
}

/// What is said of so many records that cannot be read.
fn unreadable(records: usize) -> Option<String> {
    let told = "cannot be read, and lists leave them out: see `watchlight check`";
    match records {
        0 => None,
        1 => Some(format!("1 record {told}")),
        many => Some(format!("{many} records {told}")),
    }
}

fn databases(geo: &dyn Geo) -> Option<String> {
    let databases = geo.databases();
    let refused = databases.iter().filter(|database| database.refused.is_some());
    let refused: Vec<&str> = refused.map(|database| database.file.as_str()).collect();
    match (databases.len(), refused.as_slice()) {
        (0, _) => Some("there is no database of places: logins are recorded without one".to_owned()),
        (_, []) => None,
        (_, refused) => Some(format!("not in use: {}", refused.join(", "))),
    }
}
