//! Counts the verdicts on a labelled log, ours and those of simpler rules, login by login.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        agent::Agent,
        alert::alert::{AlertNote, Suppressed},
        history::login_record::LoginRecord,
        login::login::{Client, Outcome},
        recognition::{verdict::DeviceStatus, weights::Class},
        time::{DAY_MS, Timestamp},
    },
    lab::{
        evaluation::{
            baselines::{Memory, Raw, Rule},
            curve::{Scores, Source},
            freeman_alone::{FreemanAlone, features},
            rate::Rate,
            situations::{Shares, Situation, gap_ms},
        },
        truth::Truth,
    },
};

/// A login, the verdict on it, and the truth.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// What the browser and the network say.
    pub client: &'a Client,
    /// The user agent, parsed on its own.
    pub agent: Agent,
    /// The verdict.
    pub record: &'a LoginRecord,
    /// The truth.
    pub truth: &'a Truth,
}

/// The right and wrong verdicts of one judge.
#[derive(Clone, Debug)]
pub struct Marks {
    /// Owners' known devices that were called new.
    pub false_alarms: Shares,
    /// Strangers' devices that were recognized.
    pub misses: Shares,
    /// Owners' other devices that were called new, which is right.
    pub new_devices: Rate,
}

/// How long a user counts as new.
pub const EARLY_MS: i64 = 90 * DAY_MS;
/// How many of a user's logins count as their first.
pub const EARLY_LOGINS: u64 = 39;

/// Mails to owners about known devices. Each is a false alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FalseMails {
    /// In the user's first 90 days.
    pub early: u64,
    /// The time over which these were counted, in milliseconds times users.
    pub early_user_ms: i64,
    /// After them.
    pub late: u64,
    /// The time over which these were counted, in milliseconds times users.
    pub late_user_ms: i64,
    /// Within the users' first 39 logins.
    pub in_first_logins: u64,
    /// The most within them that one user got.
    pub most_in_first_logins: u64,
}

/// The evaluation of a labelled log.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// How many logins it has.
    pub logins: u64,
    /// How many failed. They cause no warning and are not judged.
    pub failures: u64,
    /// How many were a user's first device. There is nothing to recognize yet, so they are not judged.
    pub first_devices: u64,
    /// Our verdicts.
    pub ours: Marks,
    /// Owners' logins on known devices that were mailed.
    pub mailed: Shares,
    /// Strangers' logins that raised an alert, mailed or not.
    pub alerted: Shares,
    /// Owners' logins on other devices that were mailed.
    pub new_devices_mailed: Rate,
    /// The verdicts of simpler rules.
    pub baselines: Vec<(Rule, Marks)>,
    /// The verdicts of the model of Freeman et al. alone.
    pub freeman: Marks,
    /// Our scores.
    pub scores: Scores,
    model: FreemanAlone,
    users: BTreeMap<String, User>,
    last: Timestamp,
}

/// What the evaluation remembers of one user.
#[derive(Clone, Debug)]
struct User {
    first: Timestamp,
    owner_logins: u64,
    false_mails: FalseMails,
    /// The classes of the devices that the owner has used.
    classes: Vec<Class>,
    last_seen: HashMap<String, Timestamp>,
    memory: Memory,
}

impl Default for Evaluation {
    fn default() -> Self {
        Self {
            logins: 0,
            failures: 0,
            first_devices: 0,
            ours: Marks::default(),
            mailed: Shares::of_owners(),
            alerted: Shares::of_strangers(),
            new_devices_mailed: Rate::default(),
            baselines: Rule::ALL.map(|rule| (rule, Marks::default())).to_vec(),
            freeman: Marks::default(),
            scores: Scores::default(),
            model: FreemanAlone::default(),
            users: BTreeMap::new(),
            last: Timestamp::from_unix_ms(i64::MIN),
        }
    }
}

impl Evaluation {
    /// Counts a login. They must come in the order of the log.
    pub fn add(&mut self, login: &Labelled<'_>) {
        let record = login.record;
        self.logins += 1;
        self.last = self.last.max(record.occurred_at);
        let user = self.users.entry(record.user.as_str().to_owned()).or_insert_with(|| User::since(record.occurred_at));
        if record.outcome == Outcome::Failure {
            self.failures += 1;
            return;
        }
        let class = Class::of_agent(&record.device.agent);
        let raw = Raw { client: login.client, agent: login.agent, fingerprint: record.fingerprint };
        let rarity = features(record, login.client.user_agent.as_deref(), &login.agent);
        if let Some(source) = source(login, &user.classes) {
            let situations = user.situations(login, source);
            let is_new = record.device.status == DeviceStatus::New;
            self.ours.count(source, &situations, !is_new);
            for (rule, marks) in &mut self.baselines {
                marks.count(source, &situations, user.memory.recognizes(*rule, &raw));
            }
            self.freeman.count(source, &situations, self.model.recognizes(&rarity));
            if let Some(score) = record.device.score.filter(|_| !login.truth.is_full_replay()) {
                self.scores.add(source, score);
            }
            let is_mailed = record.alert.is_some_and(would_mail);
            match source {
                Source::KnownDevice => {
                    self.mailed.count(&situations, is_mailed);
                    user.count_false_mail(record.occurred_at, is_mailed);
                }
                Source::NewDevice => self.new_devices_mailed.count(is_mailed),
                Source::Stranger { .. } => self.alerted.count(&situations, record.alert.is_some()),
            }
        } else {
            self.first_devices += 1;
        }
        user.learn(login, class);
        user.memory.learn(&raw);
        self.model.learn(&rarity);
    }

    /// How many users there are.
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// False mails, and the time over which they were counted: from each user's first login to the end of the log.
    #[must_use]
    pub fn false_mails(&self) -> FalseMails {
        let mut sum = FalseMails::default();
        for user in self.users.values() {
            let (one, span) = (user.false_mails, self.last.ms_since(user.first).max(0));
            sum.early += one.early;
            sum.late += one.late;
            sum.early_user_ms += span.min(EARLY_MS);
            sum.late_user_ms += (span - EARLY_MS).max(0);
            sum.in_first_logins += one.in_first_logins;
            sum.most_in_first_logins = sum.most_in_first_logins.max(one.in_first_logins);
        }
        sum
    }
}

impl Default for Marks {
    fn default() -> Self {
        Self { false_alarms: Shares::of_owners(), misses: Shares::of_strangers(), new_devices: Rate::default() }
    }
}

impl Marks {
    fn count(&mut self, source: Source, situations: &[Situation], recognized: bool) {
        match source {
            Source::KnownDevice => self.false_alarms.count(situations, !recognized),
            Source::NewDevice => self.new_devices.count(!recognized),
            Source::Stranger { .. } => self.misses.count(situations, recognized),
        }
    }
}

impl User {
    fn since(first: Timestamp) -> Self {
        Self {
            first,
            owner_logins: 0,
            false_mails: FalseMails::default(),
            classes: Vec::new(),
            last_seen: HashMap::new(),
            memory: Memory::default(),
        }
    }

    fn situations(&self, login: &Labelled<'_>, source: Source) -> Vec<Situation> {
        let Labelled { client, record, truth, .. } = login;
        let class = Class::of_agent(&record.device.agent);
        let scripted = !client.components.is_empty();
        if let Source::Stranger { .. } = source {
            return Situation::of_stranger(truth, class, &self.classes, scripted);
        }
        let last_seen = truth.device.as_ref().and_then(|device| self.last_seen.get(device)).copied();
        Situation::of_owner(truth, class, gap_ms(record.occurred_at, last_seen), scripted)
    }

    fn count_false_mail(&mut self, at: Timestamp, mailed: bool) {
        if !mailed {
            return;
        }
        if at.ms_since(self.first) < EARLY_MS {
            self.false_mails.early += 1;
        } else {
            self.false_mails.late += 1;
        }
        self.false_mails.in_first_logins += u64::from(self.owner_logins < EARLY_LOGINS);
    }

    /// Learns an owner's login. A stranger's device does not become the user's.
    fn learn(&mut self, login: &Labelled<'_>, class: Class) {
        if !login.truth.owner {
            return;
        }
        self.owner_logins += 1;
        if !self.classes.contains(&class) {
            self.classes.push(class);
        }
        if let Some(device) = &login.truth.device {
            let at = login.record.occurred_at;
            let seen = self.last_seen.entry(device.clone()).or_insert(at);
            *seen = at.max(*seen);
        }
    }
}

/// Whether a mail would be sent. That a log contains no e-mail addresses does not make the alert less of a false one.
const fn would_mail(alert: AlertNote) -> bool {
    matches!(alert.suppressed, None | Some(Suppressed::NoAddress))
}

/// Who a login really came from. `None` if there is nothing to judge: no device of the user is known to us yet, or the
/// login says nothing about its device.
fn source(login: &Labelled<'_>, known: &[Class]) -> Option<Source> {
    let Labelled { record, truth, .. } = login;
    if matches!(record.device.status, DeviceStatus::First | DeviceStatus::Unknown) {
        return None;
    }
    Some(match (truth.owner, truth.known_device) {
        (true, true) => Source::KnownDevice,
        (true, false) => Source::NewDevice,
        (false, _) => Source::Stranger { hard: known.contains(&Class::of_agent(&record.device.agent)) },
    })
}
