//! Two processes on one Redis, replaced in turn while backends post to both, as a rolling restart does it.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    stories::service::{Answer, Client, Place, Service, is_refused, login, wait_for},
    support::{redis::RedisServer, smtp::ScriptedSmtp},
};

const THREADS: usize = 4;
/// Each of the two processes is replaced so often.
const ROUNDS: usize = 2;
/// How long a backend waits from one login to the next.
const PACE: Duration = Duration::from_millis(40);
/// How often what stands before the processes looks whether they are ready.
const LOOKS_EVERY: Duration = Duration::from_millis(100);
/// So many logins are answered between two replacements.
const BETWEEN: usize = 60;

/// What stands before the processes: where they are, and what has come of the requests.
struct Front {
    urls: [Mutex<String>; 2],
    /// Whether each said that it is ready, when it was asked last.
    are_ready: [AtomicBool; 2],
    key: String,
    answered: AtomicUsize,
    /// Requests that were sent and got no answer.
    unanswered: AtomicUsize,
    is_over: AtomicBool,
}

impl Front {
    /// Asks whether each is ready, again and again. A connection that waits to be taken when a process ends its listening is
    /// reset, so nobody may be sent there until the last moment.
    fn look(&self) {
        while !self.is_over.load(Ordering::SeqCst) {
            for (url, is_ready) in self.urls.iter().zip(&self.are_ready) {
                let url = url.lock().unwrap().clone();
                let answer = Client::new(&url, &self.key).try_get("/readyz");
                is_ready.store(answer.is_ok_and(|it| it.status == 200), Ordering::SeqCst);
            }
            thread::sleep(LOOKS_EVERY);
        }
    }

    /// Posts a login to one of the processes, or to the other if that one is not ready or takes no connections; and again, if it
    /// died.
    fn post(&self, clients: &mut [Option<Client>; 2], first: usize, event: &Value) -> Answer {
        let deadline = Instant::now() + Duration::from_mins(1);
        for turn in first.. {
            let is_ready = |which: usize| self.are_ready[which].load(Ordering::SeqCst);
            if !is_ready(turn % 2) && is_ready((turn + 1) % 2) {
                continue;
            }
            let url = self.urls[turn % 2].lock().unwrap().clone();
            let client = clients[turn % 2].take().filter(|it| it.url() == url);
            let client = client.unwrap_or_else(|| Client::new(&url, &self.key));
            match client.try_post(event) {
                Ok(answer) => {
                    clients[turn % 2] = Some(client);
                    return answer;
                }
                Err(fault) if is_refused(&fault) => {}
                Err(fault) => {
                    println!("no answer: {fault:?}");
                    self.unanswered.fetch_add(1, Ordering::SeqCst);
                }
            }
            assert!(Instant::now() < deadline, "neither process answers");
        }
        unreachable!("the turns do not end")
    }

    /// Has users sign in from one device and then from a new one, until it is over; how many, and the ids of their logins.
    fn load(&self, thread: usize) -> (usize, Vec<String>) {
        let (mut clients, mut ids) = ([None, None], Vec::new());
        for number in 0.. {
            for (at, browser, machine) in [(0, "chrome-142/windows", 1), (1, "firefox-145/linux", 9)] {
                let event = login(&format!("u{thread}-{number}"), browser, machine, &format!("{thread} {number} {at}"));
                let answer = self.post(&mut clients, number + at, &event);
                assert!(answer.status == 201 || answer.status == 200, "{answer:?}");
                ids.push(answer.value()["id"].as_str().unwrap().to_owned());
                self.answered.fetch_add(1, Ordering::SeqCst);
                thread::sleep(PACE);
            }
            if self.is_over.load(Ordering::SeqCst) {
                return (number + 1, ids);
            }
        }
        unreachable!("users do not end")
    }

    /// Waits until so many more logins were answered.
    fn go_on(&self) {
        let until = self.answered.load(Ordering::SeqCst) + BETWEEN;
        wait_for("logins are answered", || (self.answered.load(Ordering::SeqCst) >= until).then_some(()));
    }
}

/// Replaces each process in turn under load; how many requests got no answer. `mails_are_sent` if no process dies with some.
fn replaced_in_turn(end: impl Fn(Service), mails_are_sent: bool) -> usize {
    let redis = RedisServer::start(&[]);
    let sink = ScriptedSmtp::start(&[]);
    let mut place = Place::new(&redis.url());
    place.mail_to(&sink);
    let key = place.key();
    let mut services = [place.serve(), place.serve()].map(Some);
    let urls = services.each_ref().map(|it| Mutex::new(it.as_ref().unwrap().url.clone()));
    let are_ready = [true, true].map(AtomicBool::new);
    let (answered, unanswered, is_over) = Default::default();
    let front = Front { urls, are_ready, key: key.clone(), answered, unanswered, is_over };
    let loads = thread::scope(|scope| {
        let front = &front;
        scope.spawn(|| front.look());
        let loads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || front.load(thread))).collect();
        for which in (0..ROUNDS).flat_map(|_| [0, 1]) {
            front.go_on();
            end(services[which].take().unwrap());
            front.go_on();
            let service = place.serve();
            front.urls[which].lock().unwrap().clone_from(&service.url);
            services[which] = Some(service);
        }
        front.go_on();
        front.is_over.store(true, Ordering::SeqCst);
        loads.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
    });
    let users: usize = loads.iter().map(|(users, _)| users).sum();
    let client = services[0].as_ref().unwrap().client(&key);
    let alerts = if mails_are_sent { client.sent_alerts(users) } else { client.list("/v1/alerts") };
    let told: BTreeSet<&str> = alerts.iter().map(|it| it["user_id"].as_str().unwrap()).collect();
    assert_eq!((alerts.len(), told.len()), (users, users), "one alert for each new device");
    let stored = client.list("/v1/logins");
    let found: BTreeSet<&str> = stored.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!((stored.len(), found.len()), (2 * users, 2 * users), "each login once");
    let lost: Vec<&String> = loads.iter().flat_map(|(_, ids)| ids).filter(|it| !found.contains(it.as_str())).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    services.into_iter().flatten().for_each(Service::stop);
    front.unanswered.into_inner()
}

#[test]
fn a_rolling_restart_answers_every_request() {
    assert_eq!(replaced_in_turn(Service::stop, true), 0);
}

#[test]
fn of_a_process_that_is_killed_only_what_was_under_way_is_sent_again() {
    let unanswered = replaced_in_turn(|mut service| service.kill(), false);
    println!("{unanswered} requests were under way in processes that were killed");
    assert!(unanswered <= THREADS * 2 * ROUNDS, "{unanswered}");
}

/// How many requests of one key two processes on one store admit, who are asked for as much as they can for so long.
fn admitted_by_two(store_url: &str, lasts: Duration) -> usize {
    let mut place = Place::new(store_url);
    place.set("LIMITS__PER_KEY_PER_SECOND", "20");
    place.set("LIMITS__PER_KEY_BURST", "40");
    let key = place.key();
    let services = [place.serve(), place.serve()];
    let end = Instant::now() + lasts;
    let admitted = thread::scope(|scope| {
        let ask = |service: &Service| {
            let client = service.client(&key);
            let mut admitted = 0;
            while Instant::now() < end {
                match client.get("/v1/logins?limit=1").status {
                    200 => admitted += 1,
                    status => assert_eq!(status, 429),
                }
            }
            admitted
        };
        let asked = services.each_ref().map(|service| scope.spawn(move || ask(service)));
        asked.map(|it| it.join().unwrap()).into_iter().sum()
    });
    services.into_iter().for_each(Service::stop);
    admitted
}

#[test]
fn two_processes_keep_one_limit() {
    let redis = RedisServer::start(&[]);
    for store_url in [redis.url().as_str(), "sqlite"] {
        let admitted = admitted_by_two(store_url, Duration::from_secs(6));
        // One process would admit 40 + 6 × 20. Each may admit its burst before it has heard of the other, and what became free.
        assert!((120..=40 + 40 + 6 * 20 + 30).contains(&admitted), "{admitted} with {store_url}");
    }
}
