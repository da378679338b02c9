//! Services over one store, as `app` puts them together.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use tokio::sync::Notify;
use watchlight::{
    app::services::past::Past,
    domain::{alert::storm::StormRule, keyring::Keyring, policy::policy::Policies},
    ports::{Clock, Mail, Store, Unavailable},
    service::{
        alarm::{custody::Custody, mail_breaker::MailBreaker, storms::Storms},
        alert::{
            alerts::Alerts,
            bounces::Bounces,
            deliveries::Deliveries,
            dispatch::{Dispatch, DispatchParts},
            parcels::Parcels,
        },
        history::{search::History, sessions::Sessions, tail::tails::Tails},
        inquiry::explaining::Inquiries,
        login::{guessing::Guessing, intake::Intake, observing::Observer, recorder::Recorder},
        operator::operators::{OperatorPorts, Operators},
        privacy::{
            audit::Audit,
            erasures::Erasures,
            export::{ExportPorts, Exports},
            idle_devices::{IdleDevices, IdlePorts},
            notes::Notes,
            people::{People, PeoplePorts},
            verdicts::Verdicts,
        },
        queue::lease::Queue,
        tenant::{policies::TenantPolicies, saved_searches::SavedSearches},
        user::devices::Devices,
    },
};

/// What forgets devices in this store.
pub fn idle_devices(store: &Arc<dyn Store>) -> IdleDevices {
    let (people, profiles, logins, alerts) = (store.clone(), store.clone(), store.clone(), store.clone());
    IdleDevices::new(IdlePorts { people, profiles, logins, alerts })
}

/// Operators of the console in this store.
pub fn operators(store: &Arc<dyn Store>, clock: Arc<dyn Clock>, keyring: Keyring) -> Operators {
    let (operators, sessions, keys) = (store.clone(), store.clone(), store.clone());
    Operators::new(OperatorPorts { operators, sessions, keys, clock }, keyring)
}

/// What services of one process share.
#[derive(Clone)]
pub struct Process {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub keyring: Keyring,
    pub queued: Arc<Notify>,
    pub committed: Arc<Notify>,
    pub searches: Arc<SavedSearches>,
    pub storms: Arc<Storms>,
    pub breaker: Arc<MailBreaker>,
    pub custody: Arc<Custody>,
}

impl Process {
    pub fn over(store: Arc<dyn Store>, clock: Arc<dyn Clock>, keyring: Keyring) -> Self {
        Self {
            queued: Arc::default(),
            committed: Arc::default(),
            searches: Arc::new(SavedSearches::new(store.clone(), keyring.clone())),
            storms: Arc::new(Storms::new(StormRule::default(), store.clone())),
            breaker: Arc::default(),
            custody: Arc::new(Custody::new(store.clone(), keyring.clone(), None, None)),
            store,
            clock,
            keyring,
        }
    }

    pub fn intake(&self, observer: Observer, policies: impl Into<Policies>) -> Intake {
        let recorder = Recorder {
            observer: observer.clone(),
            profiles: self.store.clone(),
            logins: self.store.clone(),
            policies: Arc::new(TenantPolicies::new(self.store.clone(), policies.into())),
            searches: self.searches.clone(),
            queued: self.queued.clone(),
            committed: self.committed.clone(),
            storms: self.storms.clone(),
            guessing: Arc::new(Guessing::new(self.store.clone())),
            rarities: Arc::default(),
            keeps_email: true,
        };
        Intake::new(observer, self.keyring.clone(), recorder)
    }

    /// A worker whose links lead to `review_url`.
    pub fn dispatch(&self, mail: Arc<dyn Mail>, review_url: &str) -> Dispatch {
        let (alerts, suppressions, counters) = (self.store.clone(), self.store.clone(), self.store.clone());
        Dispatch::new(DispatchParts {
            outbox: self.store.clone(),
            deliveries: deliveries(&self.store),
            suppressions: self.store.clone(),
            parcels: Parcels::new(alerts, suppressions, counters, self.keyring.clone(), self.storms.clone()),
            mail,
            breaker: self.breaker.clone(),
            custody: self.custody.clone(),
            clock: self.clock.clone(),
            keyring: self.keyring.clone(),
            review_url: review_url.to_owned(),
            queued: self.queued.clone(),
        })
    }

    pub fn erasures(&self) -> Erasures {
        let (profiles, suppressions) = (self.store.clone(), self.store.clone());
        Erasures::new(self.store.clone(), profiles, suppressions, self.clock.clone(), self.keyring.clone())
            .with_requests(self.store.clone())
            .with_searches(self.searches.clone())
    }

    pub fn people(&self) -> People {
        let (profiles, restrictions) = (self.store.clone(), self.store.clone());
        People::new(PeoplePorts { profiles, restrictions, clock: self.clock.clone() }, self.keyring.clone(), true)
    }

    fn past(&self) -> Past {
        Past { store: self.store.clone(), clock: self.clock.clone(), keyring: self.keyring.clone() }
    }

    pub fn history(&self) -> History {
        self.past().history()
    }

    pub fn inquiries(&self, sessions: Sessions, policies: Arc<TenantPolicies>) -> Inquiries {
        self.past().inquiries(sessions, policies, self.people())
    }

    pub fn tails(&self) -> Tails {
        Tails::new(self.store.clone(), self.store.clone(), self.keyring.clone(), self.committed.clone())
    }

    pub fn notes(&self) -> Notes {
        Notes::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    pub fn verdicts(&self) -> Verdicts {
        let (alerts, notes) = (self.store.clone(), self.store.clone());
        Verdicts::new(alerts, notes, self.devices(), self.clock.clone(), self.keyring.clone())
    }

    pub fn exports(&self) -> Exports {
        let ports = ExportPorts {
            profiles: self.store.clone(),
            logins: self.store.clone(),
            alerts: self.store.clone(),
            sessions: self.store.clone(),
            notes: self.store.clone(),
            requests: self.store.clone(),
            audit: self.store.clone(),
            suppressions: self.store.clone(),
            clock: self.clock.clone(),
        };
        Exports::new(ports, self.keyring.clone())
    }

    pub fn devices(&self) -> Devices {
        Devices::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    pub fn alerts(&self) -> Alerts {
        Alerts::new(
            self.store.clone(),
            deliveries(&self.store),
            self.devices(),
            self.clock.clone(),
            self.keyring.clone(),
        )
    }

    pub fn operators(&self) -> Operators {
        operators(&self.store, self.clock.clone(), self.keyring.clone())
    }

    pub fn audit(&self) -> Audit {
        Audit::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    pub fn bounces(&self) -> Bounces {
        let (alerts, suppressions) = (self.store.clone(), self.store.clone());
        Bounces::new(alerts, deliveries(&self.store), suppressions, self.clock.clone(), self.keyring.clone())
            .with_requests(self.store.clone())
    }
}

/// Changes of deliveries, as the services make them.
pub fn deliveries(store: &Arc<dyn Store>) -> Deliveries {
    Deliveries::new(store.clone(), store.clone())
}

/// Leases once, and does all of it; how many pieces there were.
pub async fn round(queue: &impl Queue) -> Result<usize, Unavailable> {
    let leased = queue.lease(0).await?;
    let count = leased.work.len();
    let work: Vec<_> = leased.work.into_iter().map(|it| queue.work(it)).collect();
    let done: Vec<_> = stream::iter(work).buffer_unordered(leased.at_once).collect().await;
    done.into_iter().collect::<Result<Vec<()>, _>>()?;
    Ok(count)
}
