//! Gathers a campaign, login by login, in whatever order.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use jiff::tz::TimeZone;

use crate::domain::{
    agent::{Browser, Os},
    alert::{
        alert::{Answer, AnsweredBy, Delivery, State},
        statements::{Statement, Statements},
    },
    history::login_record::LoginRecord,
    ids::UserId,
    inquiry::campaign::{
        Campaign, Common, Lasted, Link, MAX_SOURCES, MAX_USERS, MAX_VALUES, Reach, Shared, Source, Target, Tries,
    },
    login::login::Outcome,
    place::{Asn, Network},
    privacy::note::{Note, Verdict},
    time::Timestamp,
};

/// A login of a campaign, and what people have said of it.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The login.
    pub login: &'a LoginRecord,
    /// What has become of its warning, if it raised one that is still kept.
    pub delivery: Option<&'a Delivery>,
    /// The verdict that holds.
    pub verdict: Option<&'a Note>,
}

/// A campaign that is being gathered.
#[derive(Debug, Default)]
pub struct Gathering {
    tries: Tries,
    lasted: Option<Lasted>,
    sources: Vec<Source>,
    users: Vec<Target>,
    /// The indexes of sources and users.
    source_at: HashMap<String, usize>,
    user_at: HashMap<UserId, usize>,
    /// By indexes of source and user.
    links: HashMap<(usize, usize), Tries>,
    /// By value: how many logins, and the indexes of users.
    values: HashMap<Common, (u64, HashSet<usize>)>,
    hours: [u64; 24],
    /// By whose clock they are; none: UTC's.
    zone: Option<TimeZone>,
}

impl Gathering {
    /// One whose hours are those of a zone.
    #[must_use]
    pub fn by_clock_of(zone: TimeZone) -> Self {
        Self { zone: Some(zone), ..Self::default() }
    }

    fn hour(&self, at: Timestamp) -> usize {
        let Some(zone) = &self.zone else { return at.hour_of_day() };
        let at = jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap_or_default().to_zoned(zone.clone());
        usize::from(at.hour().unsigned_abs())
    }

    /// Adds a login.
    pub fn add(&mut self, attempt: &Attempt<'_>) {
        let login = attempt.login;
        let (at, outcome) = (login.occurred_at, login.outcome);
        self.tries.add(outcome);
        self.lasted = Lasted::with(self.lasted, at);
        self.hours[self.hour(at)] += 1;
        let (source, user) = (self.source(login), self.user(login));
        let from = &mut self.sources[source];
        from.tries.add(outcome);
        from.lasted = Lasted::with(from.lasted, at);
        note(&mut self.users[user], attempt);
        self.links.entry((source, user)).or_default().add(outcome);
        for value in values(login) {
            let (logins, users) = self.values.entry(value).or_default();
            *logins += 1;
            users.insert(user);
        }
    }

    fn source(&mut self, login: &LoginRecord) -> usize {
        let address = login.ip.to_string();
        if let Some(known) = self.source_at.get(&address) {
            return *known;
        }
        let origin = login.whereabouts.origin();
        self.source_at.insert(address.clone(), self.sources.len());
        self.sources.push(Source {
            address,
            country: origin.country,
            asn: origin.asn,
            tries: Tries::default(),
            users: 0,
            entered: 0,
            lasted: None,
        });
        self.sources.len() - 1
    }

    fn user(&mut self, login: &LoginRecord) -> usize {
        if let Some(known) = self.user_at.get(&login.user) {
            return *known;
        }
        self.user_at.insert(login.user.clone(), self.users.len());
        self.users.push(Target {
            user: login.user.clone(),
            tries: Tries::default(),
            sources: 0,
            lasted: None,
            entered_at: None,
            warned: false,
            told: false,
            answer: Answer::None,
            answered_by: None,
            statements: Statements::default(),
            is_contradicted: false,
            verdict: None,
        });
        self.users.len() - 1
    }

    /// What was gathered.
    #[must_use]
    pub fn finish(mut self) -> Campaign {
        for (&(source, user), tries) in &self.links {
            self.users[user].sources += 1;
            self.sources[source].users += 1;
            self.sources[source].entered += u64::from(tries.successes > 0);
        }
        let reach = reach(&self.users);
        let shared = shared(self.values);
        let source_rank = |it: &Source| (Reverse(it.users), Reverse(all(it.tries)), it.address.clone());
        let user_rank = |it: &Target| {
            (it.tries.successes == 0, !it.must_reset(), Reverse(all(it.tries)), it.user.as_str().to_owned())
        };
        let source_count = self.sources.len() as u64;
        let (sources, source_places) = ranked(self.sources, source_rank, MAX_SOURCES);
        let (users, user_places) = ranked(self.users, user_rank, MAX_USERS);
        let told = self.links.into_iter().filter_map(|((source, user), tries)| {
            Some(Link { source: source_places[source]?, user: user_places[user]?, tries })
        });
        let mut links: Vec<Link> = told.collect();
        links.sort_by_key(|it| (it.source, it.user));
        let (tries, lasted, hours) = (self.tries, self.lasted, self.hours);
        Campaign { tries, lasted, source_count, reach, sources, users, links, shared, hours }
    }
}

fn all(tries: Tries) -> u64 {
    tries.failures + tries.successes
}

fn note(user: &mut Target, attempt: &Attempt<'_>) {
    let Attempt { login, delivery, verdict } = *attempt;
    let at = login.occurred_at;
    user.tries.add(login.outcome);
    user.lasted = Lasted::with(user.lasted, at);
    if login.outcome == Outcome::Success {
        user.entered_at = Some(user.entered_at.map_or(at, |it| it.min(at)));
    }
    user.warned |= login.alert.is_some();
    user.told |= delivery.is_some_and(|it| it.state == State::Sent);
    if let Some(delivery) = delivery {
        answered(user, &delivery.statements);
        user.is_contradicted |= delivery.statements.contradict(verdict);
    }
    let verdict = verdict.and_then(|it| it.verdict);
    let verdict_rank = |it: Option<Verdict>| {
        [Some(Verdict::Safe), Some(Verdict::Unsure), Some(Verdict::Compromised)].iter().position(|of| *of == it)
    };
    if verdict_rank(verdict) > verdict_rank(user.verdict) {
        user.verdict = verdict;
    }
}

/// Notes what was said of one of a user's warnings.
fn answered(user: &mut Target, said: &Statements) {
    // What the user has said themselves counts more than what somebody else has said for them.
    let rank = |(answer, by): (Answer, Option<AnsweredBy>)| {
        let place = [Answer::None, Answer::Confirmed, Answer::Denied].iter().position(|of| *of == answer);
        (place, by == Some(AnsweredBy::User))
    };
    let is = (said.answer(), said.answered_by());
    if rank(is) > rank((user.answer, user.answered_by)) {
        (user.answer, user.answered_by) = is;
    }
    let of = |it: &Option<Statement>| it.as_ref().map(|it| (it.answer, it.by)).unwrap_or_default();
    let Statements { own, colleague } = &mut user.statements;
    for (before, now) in [(own, &said.own), (colleague, &said.colleague)] {
        if rank(of(now)) > rank(of(before)) {
            before.clone_from(now);
        }
    }
}

fn values(login: &LoginRecord) -> Vec<Common> {
    let (origin, agent) = (login.whereabouts.origin(), login.device.agent);
    let name = login.whereabouts.network.as_ref().map_or_else(String::new, |it: &Network| it.name.clone());
    let network = origin.asn.map(|it: Asn| Common::Network(it, name));
    let browser = Some(agent.browser).filter(|it| *it != Browser::Unknown).map(Common::Browser);
    let system = Some(agent.os).filter(|it| *it != Os::Unknown).map(Common::System);
    let method = login.method.clone().map(Common::Method);
    let fingerprint = Some(Common::Fingerprint(login.fingerprint));
    let all = [network, origin.country.map(Common::Country), browser, system, method, fingerprint];
    all.into_iter().flatten().collect()
}

fn reach(users: &[Target]) -> Reach {
    let count = |is: fn(&Target) -> bool| users.iter().filter(|it| is(it)).count() as u64;
    Reach {
        tried: users.len() as u64,
        entered: count(|it| it.tries.successes > 0),
        cleared: count(|it| it.tries.successes > 0 && !it.must_reset()),
        told: count(|it| it.told),
        denied: count(|it| it.answer == Answer::Denied),
        denied_themselves: count(|it| it.answer == Answer::Denied && it.answered_by == Some(AnsweredBy::User)),
        compromised: count(|it| it.verdict == Some(Verdict::Compromised)),
    }
}

fn shared(values: HashMap<Common, (u64, HashSet<usize>)>) -> Vec<Shared> {
    let told = values.into_iter();
    let told = told.map(|(value, (logins, users))| Shared { value, logins, users: users.len() as u64 });
    let mut told: Vec<Shared> = told.collect();
    told.sort_by_cached_key(|it| (it.value.kind(), Reverse(it.logins), format!("{:?}", it.value)));
    let groups = told.chunk_by(|a, b| a.value.kind() == b.value.kind());
    groups.flat_map(|it| it.iter().take(MAX_VALUES).cloned()).collect()
}

/// The first of some things by rank, and where each of all is among them.
fn ranked<T, Rank: Ord>(all: Vec<T>, rank: impl Fn(&T) -> Rank, most: usize) -> (Vec<T>, Vec<Option<usize>>) {
    let mut places = vec![None; all.len()];
    let mut numbered: Vec<(usize, T)> = all.into_iter().enumerate().collect();
    numbered.sort_by_cached_key(|(_, it)| rank(it));
    numbered.truncate(most);
    for (place, (was, _)) in numbered.iter().enumerate() {
        places[*was] = Some(place);
    }
    (numbered.into_iter().map(|(_, it)| it).collect(), places)
}
