//! Many users of one tenant at once, and what is mailed meanwhile: the real intake and dispatch of one process, or of
//! several over one store.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use watchlight::{
    adapters::clock::ManualClock,
    domain::{
        alert::{
            alert::{Alert, Delivery},
            notice::{News, Notice},
        },
        ids::{AlertId, TenantId},
        keyring::Keyring,
        policy::policy::Policy,
        recognition::verdict::DeviceStatus,
        time::{SECOND_MS, Timestamp},
    },
    ports::{Clock, Mail, MailFault, Store},
    service::{
        alarm::storms::Storms,
        alert::dispatch::Dispatch,
        login::{
            intake::{Intake, NewLogin, Recorded},
            observing::Observer,
        },
    },
};

use crate::support::{
    services::{Process, round},
    stores::open_at,
};
use crate::{
    stories::{
        line::{What, parse, time},
        world::Atlas,
    },
    support::agents::CommonAgents,
};

/// A mail as it was given to the mail server.
#[derive(Clone, Debug)]
pub struct Told {
    pub recipient: String,
    /// How many sign-ins it tells of.
    pub total: u64,
    /// What it shows: of a digest the newest and the riskiest.
    pub shown: Vec<Alert>,
}

impl Told {
    pub fn shows(&self, user: &str) -> bool {
        self.shown.iter().any(|it| it.user.as_str() == user)
    }
}

/// A mail server that takes everything.
#[derive(Default)]
pub struct Sink(Mutex<Vec<Told>>);

#[async_trait]
impl Mail for Sink {
    async fn send(&self, _now: Timestamp, notice: &Notice<'_>) -> Result<(), MailFault> {
        let (total, shown) = match notice.news {
            News::Alert(alert) => (1, vec![alert.clone()]),
            News::Digest(it) => (it.total, vec![it.newest.clone(), it.riskiest.clone()]),
            News::Request(_) => (0, Vec::new()),
        };
        let recipient = notice.recipient.to_owned();
        self.0.lock().unwrap().push(Told { recipient, total, shown });
        Ok(())
    }

    async fn probe(&self) -> Result<(), MailFault> {
        Ok(())
    }
}

/// Someone who signs in.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    pub user: &'a str,
    /// The machine, or with `headers` its browser's version.
    pub machine: u32,
    pub ip: &'a str,
    /// Where the user is mailed, if not at an address of their own.
    pub email: Option<&'a str>,
    /// Further words of a story's line, such as `headers` or `failed`.
    pub words: &'a str,
}

impl<'a> Visit<'a> {
    pub fn new(user: &'a str, machine: u32, ip: &'a str) -> Self {
        Self { user, machine, ip, email: None, words: "" }
    }
}

/// One process.
pub struct Flood {
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub sink: Arc<Sink>,
    pub storms: Arc<Storms>,
    pub tenant: TenantId,
    pub keyring: Keyring,
    atlas: Arc<Atlas>,
    intake: Intake,
    dispatch: Dispatch,
    /// What makes each login another one, in all processes.
    number: Arc<Mutex<u64>>,
}

impl Flood {
    /// The first process over the store that `url` names.
    pub async fn over(url: &str) -> Self {
        let store = open_at(url).await;
        Self::of(store, Arc::new(ManualClock::at(time("0.09:00"))), Arc::default(), Arc::default())
    }

    /// Another process beside this one, or in its place after a restart.
    pub fn another(&self) -> Self {
        Self::of(self.store.clone(), self.clock.clone(), self.sink.clone(), self.number.clone())
    }

    fn of(store: Arc<dyn Store>, clock: Arc<ManualClock>, sink: Arc<Sink>, number: Arc<Mutex<u64>>) -> Self {
        let (keyring, atlas) = (Keyring::new([3; 32]), Arc::new(Atlas::default()));
        let now: Arc<dyn Clock> = clock.clone();
        let observer = Observer { agents: CommonAgents::shared(), geo: atlas.clone(), clock: now.clone() };
        let process = Process::over(store.clone(), now, keyring.clone());
        Self {
            intake: process.intake(observer, Policy::default()),
            dispatch: process.dispatch(sink.clone(), "https://login.example.com/a/{token}"),
            storms: process.storms,
            tenant: TenantId::parse("acme").unwrap(),
            keyring,
            store,
            clock,
            sink,
            atlas,
            number,
        }
    }

    /// A login now.
    pub async fn sign_in(&self, visit: Visit<'_>) -> Recorded {
        let browser = if visit.words.contains("headers") { 60 + visit.machine } else { 142 };
        let machine = visit.machine % 60_000;
        let line = format!("0.00:00 {} FI chrome-{browser}/windows machine-{machine} {}", visit.user, visit.words);
        let What::Login(mut login) = parse(line.trim(), &self.atlas).what else { panic!("no login: {line}") };
        login.draft.occurred_at = None;
        login.draft.client.ip = Some(visit.ip.to_owned());
        login.draft.user.email = visit.email.map(str::to_owned).or(login.draft.user.email);
        let number = {
            let mut number = self.number.lock().unwrap();
            *number += 1;
            *number
        };
        let login = NewLogin {
            draft: login.draft,
            body: format!("{number}").into(),
            idempotency_key: None,
            request_id: format!("{number}"),
            purpose: login.purpose,
        };
        self.intake.record(&self.tenant, login).await.unwrap()
    }

    /// A login from a device that the user has not had; the alert that it raises.
    #[track_caller]
    pub fn intrude(&self, visit: Visit<'_>) -> impl Future<Output = AlertId> {
        let caller = std::panic::Location::caller();
        async move {
            let recorded = self.sign_in(visit).await.record;
            let alert = recorded.alert.filter(|_| recorded.device.status == DeviceStatus::New);
            alert.unwrap_or_else(|| panic!("no alert of {visit:?} at {caller}: {:?}", recorded.device.status)).id
        }
    }

    /// Lets users have a device of theirs, named `{name}{number}`, each from a network of their own; then a day passes.
    pub async fn establish(&self, name: &str, users: u32) {
        for number in 0..users {
            self.sign_in(Visit::new(&format!("{name}{number}"), 1, &network(number))).await;
        }
        self.pass_s(26 * 3_600);
        self.rounds().await;
    }

    /// An address in a place, such as `BR`.
    pub fn place(&self, name: &str) -> String {
        self.atlas.address(name).to_string()
    }

    /// Sends what is due.
    pub async fn rounds(&self) {
        while round(&self.dispatch).await.unwrap() > 0 {}
    }

    pub fn pass_s(&self, seconds: i64) {
        self.clock.advance_ms(seconds * SECOND_MS);
    }

    /// Lets so many seconds pass, and sends what is due in each of them.
    pub async fn live_s(&self, seconds: i64) {
        for _ in 0..seconds {
            self.pass_s(1);
            self.rounds().await;
        }
    }

    pub fn mails(&self) -> Vec<Told> {
        self.sink.0.lock().unwrap().clone()
    }

    /// The mails to an address.
    pub fn mails_to(&self, address: &str) -> Vec<Told> {
        self.mails().into_iter().filter(|it| it.recipient == address).collect()
    }

    pub async fn delivery(&self, alert: AlertId) -> Delivery {
        self.store.alert(alert, self.clock.now()).await.unwrap().unwrap().1
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn is_stormy(&self) -> bool {
        !self.storms.stormy(self.clock.now()).is_empty()
    }
}

/// The address of the user with this number: in a network of its own.
pub fn network(number: u32) -> String {
    format!("11.{}.{}.9", number / 256, number % 256)
}
