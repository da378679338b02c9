//! Makes ports and services from the settings.

use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::sync::Notify;

use crate::{
    adapters::{
        clock::SystemClock,
        geo::MaxmindGeo,
        identity_file::IdentityFile,
        store::{coded::locked::LockedStore, open as store},
        user_agent::UapAgents,
        web::{exchange::SystemResolver, hooks::HooksClient, target::Reach},
    },
    app::{
        fault::Fault,
        root_key::{self, RootKey},
        secrets::entropy,
    },
    config::settings::Settings,
    domain::{
        alert::storm::StormRule,
        history::retention_days::{RetentionClass, RetentionDays},
        keyring::Keyring,
        policy::policy::Policies,
        store_identity::StoreId,
    },
    ports::{Clock, Store, StoreMemory},
    service::{
        alarm::{custody::Custody, storms::Storms, trim_wait::TrimWait},
        history::{sessions::Sessions, tail::tails::Tails},
        login::{guessing::Guessing, intake::Intake, observing::Observer, recorder::Recorder},
        outbound::{
            webhooks::{WebhookPorts, Webhooks},
            worker::WebhookWorker,
        },
        privacy::{
            audit::Audit,
            erasures::Erasures,
            idle_devices::{IdleDevices, IdlePorts},
            ledger::{Ledger, LedgerPorts},
        },
        retention::{Retention, Sweeps},
        shared_usage::SharedUsage,
        tenant::{api_keys::ApiKeys, policies::TenantPolicies, saved_searches::SavedSearches},
        user::devices::Devices,
    },
    wire::webhook::message,
};

/// The URL of a store that no other process sees, and that ends with its process.
pub const MEMORY: &str = "memory:";

/// What every command that uses the store needs.
#[derive(Clone)]
pub struct Foundation {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The keys derived from the master key.
    pub keyring: Keyring,
    /// The user-agent parser. There is one for all, since its patterns and its cache are large.
    pub agents: Arc<UapAgents>,
    /// Whether the store is the one that was used before.
    pub custody: Arc<Custody>,
    /// Whether profiles keep users' e-mail addresses.
    pub keeps_email: bool,
    /// The searches that tenants have saved.
    pub searches: Arc<SavedSearches>,
    /// Notified whenever this process has stored logins.
    pub committed: Arc<Notify>,
    /// API keys, which know together what the process has read of them.
    pub keys: ApiKeys,
}

impl Foundation {
    /// Opens the store and reads the master key, for a command. A store that has lost its contents is refused.
    ///
    /// # Errors
    /// When one of them is missing, or they do not belong together.
    pub async fn open(settings: &Settings) -> Result<Self, Fault> {
        let foundation = Self::open_any(settings).await?;
        foundation.custody.check()?;
        Ok(foundation)
    }

    /// The same for the service, which waits for the operator if the store is not the one that was used before.
    ///
    /// # Errors
    /// When one of them is missing, or they do not belong together.
    pub async fn open_any(settings: &Settings) -> Result<Self, Fault> {
        let foundation = Self::open_unseen(settings).await?;
        let Self { custody, clock, .. } = &foundation;
        let begun = custody.begin(StoreId(entropy()?), clock.now()).await;
        begun.map_err(|fault| Fault::custody(fault, &settings.key_file))?;
        Ok(foundation)
    }

    /// The same, without checking which store it is. Only for the command that accepts another store.
    ///
    /// # Errors
    /// When the store does not open, or the key is missing.
    pub async fn open_unseen(settings: &Settings) -> Result<Self, Fault> {
        let url = settings.store.url.expose_secret();
        let store = open_locked(settings).await?;
        // A store that ends with the process never differs from the one before.
        let file = Some(IdentityFile::new(settings.store.identity_file.clone())).filter(|_| url != MEMORY);
        let memory = file.as_ref().map(|file| file as &dyn StoreMemory);
        let root = root_key::root_key(settings, store.as_ref(), memory, SystemClock.now()).await?;
        let RootKey { keyring, wrap, is_new } = root;
        let store = store.unlock(keyring.clone());
        if is_new {
            // Otherwise the first service would look through all that was stored until then, such as a long import.
            store.put_unsealed_left(0).await?;
        }
        let memory = file.map(|it| Arc::new(it) as Arc<dyn StoreMemory>);
        let custody = Arc::new(Custody::new(store.clone(), keyring.clone(), memory, Some(wrap)));
        let (clock, keeps_email): (Arc<dyn Clock>, _) = (Arc::new(SystemClock), settings.privacy.keep_email);
        let (agents, committed) = (Arc::default(), Arc::default());
        let searches = Arc::new(SavedSearches::new(store.clone(), keyring.clone()));
        let keys = ApiKeys::new(store.clone(), clock.clone(), keyring.clone());
        Ok(Self { store, clock, keyring, agents, custody, keeps_email, searches, committed, keys })
    }

    /// The audit.
    #[must_use]
    pub fn audit(&self) -> Audit {
        Audit::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    /// API keys.
    #[must_use]
    pub fn api_keys(&self) -> ApiKeys {
        self.keys.clone()
    }

    /// How much of the limits all processes have used.
    #[must_use]
    pub fn shared_usage(&self) -> SharedUsage {
        SharedUsage::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    /// Watches for storms, by this rule.
    #[must_use]
    pub fn storms(&self, rule: StormRule) -> Arc<Storms> {
        Arc::new(Storms::new(rule, self.store.clone()))
    }

    /// Records logins, with the location databases in `geo`. `queued` is notified whenever an alert waits to be mailed,
    /// and `storms` is told of users on unknown devices.
    #[must_use]
    pub fn intake(
        &self,
        policies: &Policies,
        geo: Arc<MaxmindGeo>,
        queued: Arc<Notify>,
        storms: Arc<Storms>,
    ) -> Intake {
        let observer = self.observer(geo);
        let recorder = Recorder {
            observer: observer.clone(),
            profiles: self.store.clone(),
            logins: self.store.clone(),
            policies: Arc::new(TenantPolicies::new(self.store.clone(), policies.clone())),
            searches: self.searches.clone(),
            queued,
            committed: self.committed.clone(),
            storms,
            guessing: Arc::new(Guessing::new(self.store.clone())),
            rarities: Arc::default(),
            keeps_email: self.keeps_email,
        };
        Intake::new(observer, self.keyring.clone(), recorder)
    }

    /// Logins as they are stored.
    #[must_use]
    pub fn tails(&self) -> Tails {
        Tails::new(self.store.clone(), self.store.clone(), self.keyring.clone(), self.committed.clone())
    }

    /// Sessions after their logins, kept for as long as `days` says.
    #[must_use]
    pub fn sessions(&self, geo: Arc<MaxmindGeo>, days: &RetentionDays) -> Sessions {
        let retention_ms = days.ms(RetentionClass::Sessions);
        Sessions::new(self.store.clone(), self.store.clone(), self.observer(geo), self.keyring.clone(), retention_ms)
    }

    fn observer(&self, geo: Arc<MaxmindGeo>) -> Observer {
        Observer { agents: self.agents.clone(), geo, clock: self.clock.clone() }
    }

    /// Forgets users.
    #[must_use]
    pub fn erasures(&self) -> Erasures {
        let (profiles, suppressions) = (self.store.clone(), self.store.clone());
        Erasures::new(self.store.clone(), profiles, suppressions, self.clock.clone(), self.keyring.clone())
            .with_requests(self.store.clone())
            .with_searches(self.searches.clone())
    }

    /// The ledger of erasures.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let ports = LedgerPorts {
            erasures: self.store.clone(),
            ledger: self.store.clone(),
            profiles: self.store.clone(),
            logins: self.store.clone(),
        };
        Ledger::new(ports, self.erasures(), self.keyring.clone())
    }

    /// Users' devices.
    #[must_use]
    pub fn devices(&self) -> Devices {
        Devices::new(self.store.clone(), self.clock.clone(), self.keyring.clone())
    }

    /// The tenants' webhooks.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn webhooks(&self, settings: &Settings) -> Result<Webhooks, Fault> {
        let to = &settings.webhooks;
        let reach =
            if to.allow_private { Reach::Everywhere } else { Reach::Public(to.allowed_ports.as_slice().into()) };
        let client = HooksClient::new(reach, Arc::new(SystemResolver), HooksClient::public_roots());
        let ports = WebhookPorts {
            webhooks: self.store.clone(),
            alerts: self.store.clone(),
            logins: self.store.clone(),
            requests: self.store.clone(),
            notes: self.store.clone(),
            searches: self.searches.clone(),
            hooks: Arc::new(client?),
            clock: self.clock.clone(),
        };
        Ok(Webhooks::new(ports, self.keyring.clone(), message))
    }

    /// The worker that posts to webhooks.
    #[must_use]
    pub fn webhook_worker(&self, webhooks: Webhooks) -> WebhookWorker {
        WebhookWorker::new(self.store.clone(), self.clock.clone(), webhooks)
    }

    /// Deletes what is older than each class is kept for. Notes in `wait` whether that waits.
    #[must_use]
    pub fn retention(&self, days: RetentionDays, wait: Arc<TrimWait>) -> Retention {
        let idle = IdleDevices::new(IdlePorts {
            people: self.store.clone(),
            profiles: self.store.clone(),
            logins: self.store.clone(),
            alerts: self.store.clone(),
        });
        let (audit, operators) = (self.audit(), self.operators());
        Retention::new(self.store.clone(), self.clock.clone(), days, wait, Sweeps { idle, audit, operators })
    }
}

/// Opens the store without its keys.
///
/// # Errors
/// When it does not open.
pub async fn open_locked(settings: &Settings) -> Result<Box<dyn LockedStore>, Fault> {
    let url = settings.store.url.expose_secret();
    store::open_with(url, &settings.retention.days, &settings.store.access)
        .await
        .map_err(|it| Fault::StoreOpen(it.to_string()))
}
