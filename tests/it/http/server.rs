//! A whole service on a free port of loopback, with a memory store, and a client for it.

use std::{
    net::TcpListener,
    sync::{Arc, LazyLock, mpsc},
    thread::JoinHandle,
};

use actix_web::dev::ServerHandle;
use tokio::sync::watch;
use watchlight::{
    adapters::{
        clock::ManualClock,
        geo::maxmind::MaxmindGeo,
        mail::{memory::MemoryMail, message::Composer},
        store::memory::store::{Memory, MemoryStore},
        web::{exchange::SystemResolver, hooks::HooksClient, issuer::provider::IssuerClient, target::Reach},
    },
    domain::{
        history::retention_days::RetentionDays,
        ids::TenantId,
        keyring::Keyring,
        policy::policy::Policy,
        tenant::api_key::Scope,
        time::{DAY_MS, Timestamp},
    },
    http::{
        door::{
            connection,
            limit::Limits,
            state::{HttpSettings, State},
        },
        server,
    },
    ports::{Clock, DevMail, Mail, Store},
    service::{
        alarm::{
            counting_watch::CountingWatch, custody::Custody, mail_health::MailHealth, readiness::Readiness,
            request_watch::RequestWatch, unsealed_watch::UnsealedWatch,
        },
        alert::suppressions::Suppressions,
        history::sessions::Sessions,
        login::observing::Observer,
        outbound::{
            webhooks::{WebhookPorts, Webhooks},
            worker::WebhookWorker,
        },
        privacy::request_worker::RequestWorker,
        tenant::api_keys::ApiKeys,
    },
    wire::webhook::message,
};

pub use crate::http::client::{Answer, CHROME, Client, FIREFOX, login};
use crate::support::{
    agents::CommonAgents,
    issuer::single_sign_on,
    places::shipped_in,
    services::{Process, round},
    wishes::{TestWishes, request_worker, requests},
};

/// What signs reports about mails.
pub const MAIL_EVENTS_SECRET: &[u8; 32] = &[9; 32];
/// 2026-11-22T10:00:00Z
pub const START: Timestamp = Timestamp::from_unix_ms(1_795_341_600_000);
static GEO: LazyLock<Arc<MaxmindGeo>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    Arc::new(MaxmindGeo::open(&shipped_in(folder.path())))
});

/// What a test wants to be other than usual.
#[derive(Default)]
pub struct Options {
    pub settings: HttpSettings,
    pub dev_mail: Option<Arc<dyn DevMail>>,
    pub store: Option<Arc<dyn Store>>,
    /// Other databases of places than those of the folder `geoip`.
    pub geo: Option<Arc<MaxmindGeo>>,
    /// The issuer of operators' identities.
    pub issuer: Option<IssuerClient>,
    /// Whether webhooks must be on the public Internet, as an operator has it.
    pub public_webhooks: bool,
}

pub struct Server {
    pub url: String,
    pub address: std::net::SocketAddr,
    pub clock: Arc<ManualClock>,
    pub keyring: Keyring,
    pub keys: ApiKeys,
    pub store: Arc<dyn Store>,
    pub webhooks: Webhooks,
    pub mail_health: MailHealth,
    pub process: Process,
    pub custody: Arc<Custody>,
    pub wishes: Arc<TestWishes>,
    pub watch: Arc<RequestWatch>,
    runtime: tokio::runtime::Runtime,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    agent: ureq::Agent,
}

/// What runs a test's questions, and a free port of loopback.
fn listen() -> (tokio::runtime::Runtime, TcpListener, std::net::SocketAddr) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(async { connection::listen(([127, 0, 0, 1], 0).into()) }).unwrap();
    let address = listener.local_addr().unwrap();
    (runtime, listener, address)
}

/// On threads of its own.
fn serve(listener: TcpListener, state: State) -> (ServerHandle, JoinHandle<()>) {
    let (started, handle) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let (tails, (_stop, stopped)) = (state.tails.clone(), watch::channel(false));
            actix_web::rt::spawn(async move { tails.run(stopped).await });
            let server = server::serve(listener, state, 2, None).unwrap();
            started.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (handle.recv().unwrap(), thread)
}

/// Whether a server over these could record logins; its mails stay in memory.
fn readiness(
    store: &Arc<dyn Store>,
    custody: &Arc<Custody>,
    mail_health: &MailHealth,
    geo: &Arc<MaxmindGeo>,
    watch: &Arc<RequestWatch>,
) -> Readiness {
    let composer = Composer::new("Acme <security@acme.example>", "Acme", "http://127.0.0.1").unwrap();
    Readiness {
        store: store.clone(),
        records: store.clone(),
        custody: custody.clone(),
        mail: Arc::new(MemoryMail::new(composer)),
        mail_health: mail_health.clone(),
        geo: geo.clone(),
        requests: watch.clone(),
        unsealed: Arc::new(UnsealedWatch::new(store.clone())),
        counting: Arc::new(CountingWatch::new(store.clone())),
    }
}

impl Server {
    pub fn start() -> Self {
        Self::with(Options::default())
    }

    #[expect(clippy::too_many_lines, reason = "a line for each of the services")]
    pub fn with(options: Options) -> Self {
        let (runtime, listener, address) = listen();
        let (clock, keyring) = (Arc::new(ManualClock::at(START)), Keyring::new([7; 32]));
        let store = options.store.unwrap_or_else(|| {
            Arc::new(MemoryStore::over(Memory::default(), keyring.clone(), &RetentionDays::default()))
        });
        let keys = ApiKeys::new(store.clone(), clock.clone(), keyring.clone());
        let settings = HttpSettings { product: "Acme".to_owned(), ..options.settings };
        let (geo, observer) = observer(options.geo, clock.clone());
        let process = Process::over(store.clone(), clock.clone(), keyring.clone());
        let webhooks = told_webhooks(&process, options.public_webhooks);
        let intake = process.intake(observer.clone(), Policy::default());
        let mail_health = MailHealth::new(process.storms.clone(), clock.clone());
        let (wishes, watch): (Arc<TestWishes>, Arc<RequestWatch>) = Default::default();
        let sessions = Sessions::new(store.clone(), store.clone(), observer, keyring.clone(), 180 * DAY_MS);
        let state = State {
            policies: intake.policies(),
            inquiries: process.inquiries(sessions.clone(), intake.policies()),
            intake: Arc::new(intake),
            history: process.history(),
            tails: process.tails(),
            saved_searches: process.searches.clone(),
            sessions,
            devices: process.devices(),
            erasures: process.erasures(),
            people: process.people(),
            notes: process.notes(),
            verdicts: process.verdicts(),
            exports: process.exports(),
            alerts: process.alerts(),
            requests: requests(&process, wishes.clone()),
            suppressions: Suppressions::new(store.clone(), keyring.clone()),
            custody: process.custody.clone(),
            clock: clock.clone(),
            bounces: process.bounces(),
            mail_events_secret: Some(Arc::from(*MAIL_EVENTS_SECRET)),
            webhooks: webhooks.clone(),
            audit: process.audit(),
            api_keys: keys.clone(),
            operators: process.operators(),
            single_sign_on: options.issuer.map(|it| single_sign_on(it, &process)),
            keyring: keyring.clone(),
            readiness: readiness(&store, &process.custody, &mail_health, &geo, &watch),
            geo,
            dev_mail: options.dev_mail,
            limits: Arc::new(Limits::new(settings.per_key, settings.per_address)),
            settings: Arc::new(settings),
            health: Arc::default(),
            metrics: Arc::new(|| "watchlight_up 1\n".to_owned()),
        };
        let (handle, thread) = serve(listener, state);
        Self {
            url: format!("http://{address}"),
            address,
            clock,
            keyring,
            keys,
            store,
            webhooks,
            mail_health,
            custody: process.custody.clone(),
            process,
            wishes,
            watch,
            runtime,
            handle,
            thread: Some(thread),
            agent: ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into(),
        }
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A worker that posts what waits, when the test lets it.
    pub fn webhook_worker(&self) -> WebhookWorker {
        WebhookWorker::new(self.store.clone(), self.clock.clone(), self.webhooks.clone())
    }

    /// A worker that takes the steps of people's requests, when the test lets it, and mails by `mail`.
    pub fn request_worker(&self, mail: Arc<dyn Mail>) -> RequestWorker {
        request_worker(&self.process, self.wishes.clone(), mail, &self.watch)
    }

    /// Has everything posted that is due now; how many pieces of work there were.
    pub fn post_what_is_due(&self) -> usize {
        let webhook_worker = self.webhook_worker();
        self.run(async {
            let mut done = 0;
            loop {
                match round(&webhook_worker).await.unwrap() {
                    0 => return done,
                    more => done += more,
                }
            }
        })
    }

    /// Runs what a test asks of a service past HTTP.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A key of a tenant.
    pub fn key(&self, tenant: &str, scopes: &[Scope]) -> String {
        let mut entropy = [0; 30];
        let name = blake3::hash(format!("{tenant} {scopes:?}").as_bytes());
        entropy.copy_from_slice(&name.as_bytes()[..30]);
        let tenant = TenantId::parse(tenant).unwrap();
        self.run(self.keys.create(tenant, scopes.to_vec(), &entropy)).unwrap().reveal().to_owned()
    }

    /// A client whose key of tenant `acme` allows everything.
    pub fn client(&self) -> Client {
        self.client_of("acme", &Scope::ALL)
    }

    pub fn client_of(&self, tenant: &str, scopes: &[Scope]) -> Client {
        let key = self.key(tenant, scopes);
        self.stranger().with("Authorization", &format!("Bearer {key}"))
    }

    /// A client without a key.
    pub fn stranger(&self) -> Client {
        Client::to(&self.url, self.agent.clone())
    }
}

/// What is made of logins before they are judged, and the places that it knows.
fn observer(geo: Option<Arc<MaxmindGeo>>, clock: Arc<ManualClock>) -> (Arc<MaxmindGeo>, Observer) {
    let geo = geo.unwrap_or_else(|| GEO.clone());
    (geo.clone(), Observer { agents: CommonAgents::shared(), geo, clock })
}

/// What posts to webhooks.
fn hooks(public_only: bool) -> HooksClient {
    let reach = if public_only { Reach::Public([443].into()) } else { Reach::Everywhere };
    HooksClient::new(reach, Arc::new(SystemResolver), HooksClient::public_roots()).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.runtime.block_on(self.handle.stop(false));
        let ended = self.thread.take().unwrap().join();
        assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
    }
}

fn told_webhooks(process: &Process, public_only: bool) -> Webhooks {
    let Process { store, clock, keyring, searches, .. } = process.clone();
    let hooks = Arc::new(hooks(public_only));
    let (webhooks, alerts, logins) = (store.clone(), store.clone(), store.clone());
    let (requests, notes) = (store.clone(), store);
    Webhooks::new(WebhookPorts { webhooks, alerts, logins, requests, notes, searches, hooks, clock }, keyring, message)
}
