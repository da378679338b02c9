//! What every handler may use: the services, a few ports, and the settings that callers notice.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use bytes::Bytes;
use tokio::{sync::Mutex, time::sleep};

use crate::{
    domain::{history::retention_days::RetentionDays, keyring::Keyring},
    http::door::{
        client_address::TrustedProxies,
        connection::Patience,
        fault::Fault,
        limit::{Limits, Rate},
    },
    ports::{Clock, DevMail, Geo},
    service::{
        alarm::{custody::Custody, readiness::Readiness},
        alert::{alerts::Alerts, bounces::Bounces, suppressions::Suppressions},
        history::{search::History, sessions::Sessions, tail::tails::Tails},
        inquiry::explaining::Inquiries,
        login::intake::Intake,
        operator::{operators::Operators, single_sign_on::SingleSignOn},
        outbound::webhooks::Webhooks,
        privacy::{
            audit::Audit, erasures::Erasures, export::Exports, notes::Notes, people::People, requests::Requests,
            verdicts::Verdicts,
        },
        tenant::{api_keys::ApiKeys, policies::TenantPolicies, saved_searches::SavedSearches},
        user::devices::Devices,
    },
    words::{catalogue::Catalogue, facts::AddressForm},
};

/// The settings of this layer.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// Where this service is reached from outside, without a slash at the end.
    pub public_url: String,
    /// The name of what users sign in to, for the answer page.
    pub product: String,
    /// How much of an address users are shown.
    pub addresses: AddressForm,
    /// The words of the answer page, by tenant and language.
    pub catalogue: Catalogue,
    /// Whom to believe about a caller's address.
    pub proxies: TrustedProxies,
    /// Requests of one API key.
    pub per_key: Rate,
    /// Requests from one address.
    pub per_address: Rate,
    /// How long a client may take to read what is written for it.
    pub patience: Patience,
    /// Who sees the mails that were written to a folder.
    pub mailbox: Audience,
    /// Who sees the service's numbers.
    pub metrics: Audience,
    /// Who sees the description of the API.
    pub docs: Audience,
    /// The console.
    pub console: ConsoleSettings,
    /// For how many days each class of records is kept, for exports.
    pub retention: RetentionDays,
    /// For how long what `/readyz` and `/metrics` have found is told to others, too.
    pub health_lasts: Duration,
    /// How long somebody may follow logins by one request.
    pub tail_lasts: Duration,
}

/// How operators get at the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Whether there is one.
    pub is_enabled: bool,
    /// The header in which a trusted proxy names the operator for whom it vouches, if one does.
    pub proxy_header: Option<String>,
}

impl Default for ConsoleSettings {
    fn default() -> Self {
        Self { is_enabled: true, proxy_header: None }
    }
}

/// Who may see a page that needs no key. To others it is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Whoever asks.
    #[default]
    Everyone,
    /// Whoever asks from this machine, and not for somebody else.
    Loopback,
    /// Nobody.
    Nobody,
}

impl Audience {
    /// Reads the value of a setting.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "everyone" => Some(Self::Everyone),
            "loopback" => Some(Self::Loopback),
            "off" => Some(Self::Nobody),
            _ => None,
        }
    }
}

/// So many are told what was found last at once, and each one more a little later: who asks as fast as they can, for no reason,
/// must not keep logins waiting for the processor.
const TOLD_AT_ONCE: u32 = 100;
/// How much later. A probe waits for that, too, and for an answer rarely less than a second.
const LITTLE_LATER: Duration = Duration::from_millis(100);

/// What was found last, for all who ask: while one finds it anew the others wait, and none asks the same again.
pub struct Snapshot<T> {
    last: RwLock<Option<(Instant, T)>>,
    finding: Mutex<()>,
    /// How many were told of what was found last.
    told: AtomicU32,
}

impl<T> Default for Snapshot<T> {
    fn default() -> Self {
        Self { last: RwLock::new(None), finding: Mutex::new(()), told: AtomicU32::new(0) }
    }
}

impl<T: Clone> Snapshot<T> {
    /// What was found within the time that it lasts, or else what `find` finds.
    pub async fn get(&self, lasts: Duration, find: impl Future<Output = T>) -> T {
        if let Some(found) = self.fresh(lasts) {
            if self.told.fetch_add(1, Ordering::Relaxed) >= TOLD_AT_ONCE {
                sleep(LITTLE_LATER).await;
            }
            return found;
        }
        let _finding = self.finding.lock().await;
        if let Some(found) = self.fresh(lasts) {
            return found;
        }
        let found = find.await;
        self.told.store(0, Ordering::Relaxed);
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found.clone()));
        found
    }

    fn fresh(&self, lasts: Duration) -> Option<T> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < lasts).map(|(_, found)| found.clone())
    }
}

/// What is told to all who ask how the service is.
#[derive(Default)]
pub struct Health {
    /// Whether it is ready: the status and the body of the answer.
    pub ready: Snapshot<(StatusCode, Bytes)>,
    /// The metrics.
    pub metrics: Snapshot<Bytes>,
    /// Whether this process is about to stop: nobody is to send it more, and each connection closes after its next answer.
    pub is_stopping: AtomicBool,
}

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// Records logins.
    pub intake: Arc<Intake>,
    /// Past logins.
    pub history: History,
    /// Logins as they are stored.
    pub tails: Tails,
    /// Searches that tenants have saved.
    pub saved_searches: Arc<SavedSearches>,
    /// By what logins are judged.
    pub policies: Arc<TenantPolicies>,
    /// What becomes of sessions.
    pub sessions: Sessions,
    /// Users' devices.
    pub devices: Devices,
    /// Forgets users.
    pub erasures: Erasures,
    /// How users are written to, and how much of their logins may be used.
    pub people: People,
    /// Notes on logins.
    pub notes: Notes,
    /// Looks into one login.
    pub inquiries: Inquiries,
    /// Verdicts on logins.
    pub verdicts: Verdicts,
    /// All that is kept about a person.
    pub exports: Exports,
    /// Warnings.
    pub alerts: Alerts,
    /// What people ask for.
    pub requests: Requests,
    /// Addresses that get no more mail.
    pub suppressions: Suppressions,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Takes reports about mails.
    pub bounces: Bounces,
    /// What signs reports about mails; without it nobody's are taken.
    pub mail_events_secret: Option<Arc<[u8]>>,
    /// Whether the store is the one that was used before.
    pub custody: Arc<Custody>,
    /// Where tenants are told.
    pub webhooks: Webhooks,
    /// Notes who reads what about whom.
    pub audit: Audit,
    /// Who may call.
    pub api_keys: ApiKeys,
    /// Who may use the console.
    pub operators: Operators,
    /// Signs operators in with the issuer of their identities, where one is set.
    pub single_sign_on: Option<SingleSignOn>,
    /// Signs cursors and device tokens.
    pub keyring: Keyring,
    /// Whether logins can be recorded.
    pub readiness: Readiness,
    /// Names whom places come from, for pages that show them.
    pub geo: Arc<dyn Geo>,
    /// Mails that were written to a folder, where that is so.
    pub dev_mail: Option<Arc<dyn DevMail>>,
    /// How many requests are let in; the app calls [`Limits::forget_idle`] on a timer.
    pub limits: Arc<Limits>,
    /// The settings.
    pub settings: Arc<HttpSettings>,
    /// How the service was when somebody asked last.
    pub health: Arc<Health>,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl State {
    /// The state that the app around the handler of this request holds.
    ///
    /// # Errors
    /// It holds none: a fault of this service.
    pub fn of(request: &HttpRequest) -> Result<&Self, Fault> {
        let data = request.app_data::<Data<Self>>().ok_or_else(|| Fault::internal(&"the app holds no state"))?;
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_asks_as_fast_as_they_can_is_told_a_little_later() {
        let snapshot = Snapshot::default();
        let told_at_once = || snapshot.get(Duration::from_mins(1), async {}).now_or_never().is_some();
        assert!((0..=TOLD_AT_ONCE).all(|_| told_at_once()), "the one who found it, and so many others");
        assert!(!told_at_once());
        snapshot.get(Duration::from_mins(1), async {}).await;
        snapshot.get(Duration::ZERO, async {}).await;
        assert!(told_at_once(), "of what is found anew so many are told again");
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_told_what_one_has_found() {
        let (snapshot, found) = (Snapshot::default(), AtomicUsize::new(0));
        let find = || async {
            tokio::task::yield_now().await;
            found.fetch_add(1, Ordering::Relaxed)
        };
        let long = Duration::from_mins(1);
        let told = futures_util::future::join_all((0..50).map(|_| snapshot.get(long, find()))).await;
        assert_eq!((told, found.load(Ordering::Relaxed)), (vec![0; 50], 1));
        assert_eq!(snapshot.get(Duration::ZERO, find()).await, 1, "what is too old is found anew");
        assert_eq!(snapshot.get(long, find()).await, 1);
    }
}
