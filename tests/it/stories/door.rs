//! The one door to the stories: lines go through the real intake into a real store, and the real dispatch sends.

use std::sync::Arc;

use tokio::runtime::Runtime;
use watchlight::{
    adapters::{
        clock::ManualClock,
        mail::{
            memory::{MemoryMail, SentMail},
            message::Composer,
        },
    },
    domain::{
        alert::alert::Speaker,
        browser::attributes::Attribute,
        ids::{TenantId, UserId},
        keyring::Keyring,
        policy::policy::Policy,
        time::{DAY_MS, Timestamp},
        user::{device::Trust, profile::Profile},
    },
    ports::{Clock, Store},
    service::{
        alert::dispatch::Dispatch,
        login::{
            intake::{Intake, NewLogin, Recorded},
            observing::Observer,
        },
        user::devices::Devices,
    },
};

use crate::support::{
    services::{Process, round},
    stores::open_at,
};
use crate::{
    stories::{
        line::{Event, Login, What, parse},
        world::Atlas,
    },
    support::agents::CommonAgents,
};

/// Tells a story and compares each answer with what follows `=>` on its line. An answer reads
/// `status matched_by (changed, …) [signals] mailed`, less what there is not.
#[track_caller]
pub fn check(story: &str) -> Story {
    let mut told = Story::begin(Policy::default());
    told.goes_on(story);
    told
}

/// A service in memory whose clock the lines feed.
pub struct Story {
    runtime: Runtime,
    tenant: TenantId,
    keyring: Keyring,
    clock: Arc<ManualClock>,
    store: Arc<dyn Store>,
    mail: Arc<MemoryMail>,
    atlas: Arc<Atlas>,
    intake: Intake,
    devices: Devices,
    dispatch: Dispatch,
    /// The logins so far by line; none where something was said of a device.
    told: Vec<Option<Recorded>>,
    /// Mails so far that told of what was not mailed alone.
    digests: usize,
}

impl Story {
    /// With a store in memory.
    pub fn begin(policy: Policy) -> Self {
        Self::over("memory:", policy)
    }

    /// With the store that `url` names.
    pub fn over(url: &str, policy: Policy) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let store = runtime.block_on(open_at(url));
        let (clock, atlas) = (Arc::new(ManualClock::at(Timestamp::from_unix_ms(0))), Arc::new(Atlas::default()));
        let composer = Composer::new("security@example.com", "Example", "https://login.example.com").unwrap();
        let mail = Arc::new(MemoryMail::new(composer));
        let keyring = Keyring::new([3; 32]);
        let process = Process::over(store.clone(), clock.clone(), keyring.clone());
        let observer = Observer { agents: CommonAgents::shared(), geo: atlas.clone(), clock: clock.clone() };
        Self {
            runtime,
            tenant: TenantId::parse("acme").unwrap(),
            intake: process.intake(observer, policy),
            devices: process.devices(),
            dispatch: process.dispatch(mail.clone(), "https://login.example.com/a/{token}"),
            keyring,
            clock,
            store,
            mail,
            atlas,
            told: Vec::new(),
            digests: 0,
        }
    }

    /// Tells more of it.
    #[track_caller]
    pub fn goes_on(&mut self, story: &str) {
        let lines = story.lines().map(str::trim).filter(|it| !it.is_empty());
        let (mut actual, mut expected) = (Vec::new(), Vec::new());
        for line in lines {
            let (event, answer) = line.split_once("=>").unwrap_or((line, ""));
            let event = event.trim();
            expected.push(format!("{event:<60} => {}", answer.trim()));
            actual.push(format!("{event:<60} => {}", self.tell(event)));
        }
        let [actual, expected] = [actual, expected].map(|it| it.join("\n"));
        assert!(actual == expected, "the story went otherwise:\n{actual}\nthan it was told:\n{expected}");
    }

    /// Tells one line; what is answered, and whether a mail left.
    pub fn tell(&mut self, line: &str) -> String {
        let Event { received_at, user, what } = parse(line, &self.atlas);
        self.clock.set(received_at);
        let digests = self.send();
        self.digests += digests;
        let told = self.tell_now(user.as_str(), what);
        if digests == 0 { told } else { format!("after a digest {told}") }
    }

    fn tell_now(&mut self, user: &str, what: What) -> String {
        match what {
            What::Said(word, of) => {
                let answer = self.say(user, &word, of);
                self.told.push(None);
                answer
            }
            What::Login(login) => {
                let recorded = self.log_in(*login);
                let answer = answer(&recorded, self.send());
                self.told.push(Some(recorded));
                answer
            }
        }
    }

    fn log_in(&self, mut login: Login) -> Recorded {
        login.draft.client.device_token =
            login.token_of.map(|it| self.line(it).device_token.clone().expect("a failed login has no token"));
        let login = NewLogin {
            draft: login.draft,
            body: format!("line {}", self.told.len()).into(),
            idempotency_key: None,
            request_id: format!("line {}", self.told.len()),
            purpose: login.purpose,
        };
        self.runtime.block_on(self.intake.record(&self.tenant, login)).unwrap()
    }

    fn say(&self, user: &str, word: &str, of: usize) -> String {
        let (user, device) = (UserId::parse(user).unwrap(), self.line(of).record.device.id);
        let trust = match word {
            "confirms" => Some(Trust::Confirmed),
            "denies" => Some(Trust::Denied),
            _ => None,
        };
        let done = match trust {
            Some(it) => self.runtime.block_on(self.devices.set_trust(&self.tenant, &user, device, it, Speaker::API)),
            None => self.runtime.block_on(self.devices.forget(&self.tenant, &user, device)),
        };
        match (done.unwrap(), trust) {
            (None, _) => "no such device".to_owned(),
            (Some(it), Some(_)) => it.trust.as_str().to_owned(),
            (Some(_), None) => "removed".to_owned(),
        }
    }

    /// Empties the outbox; how many mails left.
    fn send(&self) -> usize {
        let before = self.mail.sent().len();
        while self.runtime.block_on(round(&self.dispatch)).unwrap() > 0 {}
        self.mail.sent().len() - before
    }

    /// The mails so far.
    pub fn mails(&self) -> Vec<SentMail> {
        self.mail.sent()
    }

    /// The login of a line, from 1.
    pub fn line(&self, number: usize) -> &Recorded {
        self.told[number - 1].as_ref().unwrap_or_else(|| panic!("line {number} is no login"))
    }

    /// What is known of a user.
    pub fn profile(&self, user: &str) -> Profile {
        let user = self.keyring.tenant(&self.tenant).user(&UserId::parse(user).unwrap());
        self.runtime.block_on(self.store.load(&user, None, self.clock.now())).unwrap().profile
    }
}

/// Nothing may wait for ever: a mail that a story has queued has been sent when the story ends.
impl Drop for Story {
    fn drop(&mut self) {
        let queued = |it: &&Recorded| it.record.alert.is_some_and(|it| it.suppressed.is_none());
        let queued = self.told.iter().flatten().filter(queued).count();
        if !std::thread::panicking() {
            // What waits for the budget leaves within a day.
            self.clock.set(self.clock.now().plus_ms(DAY_MS));
            let digests = self.digests + self.send();
            let waiting = self.runtime.block_on(self.store.next_due());
            assert_eq!(waiting.unwrap(), None, "something waits in the outbox");
            assert_eq!(self.mail.sent().len(), queued + digests, "each queued alert is one mail");
        }
    }
}

fn answer(recorded: &Recorded, mails: usize) -> String {
    let record = &recorded.record;
    let mut said = vec![record.device.status.as_str().to_owned()];
    said.extend(record.device.matched_by.map(|it| it.as_str().to_owned()));
    let changed: Vec<&str> = record.device.changed.iter().map(Attribute::name).collect();
    if !changed.is_empty() {
        said.push(format!("({})", changed.join(", ")));
    }
    let signals: Vec<&str> = record.assessment.signals.iter().map(|it| it.kind.as_str()).collect();
    if !signals.is_empty() {
        said.push(format!("[{}]", signals.join(" ")));
    }
    match (record.alert.map(|it| it.suppressed), mails) {
        (None, 0) => {}
        (Some(None), 1) => said.push("mailed".to_owned()),
        (Some(Some(reason)), 0) => said.push(format!("not mailed: {}", reason.as_str())),
        (alert, mails) => said.push(format!("{mails} mails for {alert:?}")),
    }
    said.join(" ")
}
