//! Redis as it is run: Sentinels and Clusters whose masters die or are cut off, and slots that move, under load. What was
//! acknowledged is there afterwards, and nobody was told of a fault of this program.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    stories::service::{Client, Place, login, wait_for},
    support::redis_topologies::{RedisCluster, RedisSentinels, ask_all},
};

const THREADS: usize = 4;

/// A user of servers that are cut off from each other: replicas and Sentinels come as another.
const APP: [&str; 7] = ["--user", "app", "on", "nopass", "~*", "&*", "+@all"];

/// What was answered to logins of one user after the other, each from a device that is new.
#[derive(Default)]
struct Ledger {
    acknowledged: Mutex<Vec<String>>,
    statuses: Mutex<BTreeMap<u16, usize>>,
    latest: Mutex<Option<Instant>>,
}

impl Ledger {
    fn acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Posts until it is told to stop. What was refused for the moment is sent again.
    fn post(&self, client: &Client, next: &AtomicUsize, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let event = login(&format!("user-{number}"), "chrome-142/windows", 1, &format!("event-{number}"));
            loop {
                let answer = client.post(&event);
                *self.statuses.lock().unwrap().entry(answer.status).or_default() += 1;
                // 200 is one that was stored before, and is acknowledged now.
                if matches!(answer.status, 200 | 201) {
                    self.acknowledged.lock().unwrap().push(answer.value()["id"].as_str().unwrap().to_owned());
                    *self.latest.lock().unwrap() = Some(Instant::now());
                    break;
                }
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// Waits until so many more logins are acknowledged.
    fn wait_for_more(&self, count: usize) {
        let before = self.acknowledged();
        wait_for("more logins are acknowledged", || (self.acknowledged() >= before + count).then_some(()));
    }

    fn check(&self, client: &Client) {
        let statuses = self.statuses.lock().unwrap();
        println!("answers: {statuses:?}");
        // 409 is a login that was sent again before the first attempt had ended.
        assert!(statuses.keys().all(|it| matches!(it, 200 | 201 | 409 | 503)), "{statuses:?}");
        let (acknowledged, stored) = (self.acknowledged.lock().unwrap(), history(client));
        let lost: Vec<_> = acknowledged.iter().filter(|it| !stored.contains(*it)).collect();
        assert!(lost.is_empty(), "{} acknowledged logins are lost: {lost:?}", lost.len());
    }
}

/// Ends the posting also where something is waited for in vain: else the test would never end.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The ids of all logins, page by page. A page may be 503 for a moment, as a login may.
fn history(client: &Client) -> BTreeSet<String> {
    let (mut ids, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = wait_for("a page is read", || {
            Some(client.get(&format!("/v1/logins?limit=500{cursor}"))).filter(|it| it.status == 200)
        });
        let page = page.value();
        ids.extend(page["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { return ids };
        cursor = format!("&cursor={next}");
    }
}

/// Posts logins at a service while `happens` happens. Nothing that was acknowledged may be lost.
fn under_load(place: &Place, happens: impl FnOnce(&Ledger)) {
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    let (ledger, next, stop) = (Ledger::default(), AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let _stopping = Stopping(&stop);
        for _ in 0..THREADS {
            scope.spawn(|| ledger.post(&client, &next, &stop));
        }
        ledger.wait_for_more(50);
        happens(&ledger);
        ledger.wait_for_more(50);
    });
    ledger.check(&client);
    service.stop();
}

fn place(url: &str, durability: &str) -> Place {
    let mut place = Place::new(url);
    place.set("STORE__DURABILITY", durability);
    // Nobody is mailed here.
    place.set("LIMITS__PER_KEY_PER_SECOND", "0");
    place.set("LIMITS__PER_IP_PER_SECOND", "0");
    place
}

/// Says how long nothing was acknowledged after `begun`.
fn say_recovery(ledger: &Ledger, begun: Instant) {
    wait_for("a login is acknowledged again", || {
        let latest = (*ledger.latest.lock().unwrap())?;
        (latest > begun).then(|| println!("acknowledged again {} ms afterwards", (latest - begun).as_millis()))
    });
}

#[test]
fn a_master_that_sentinels_watch_is_killed_and_nothing_is_lost() {
    let mut redis = RedisSentinels::start(&[]);
    under_load(&place(&redis.url(), "wait:1"), |ledger| {
        redis.servers[0].kill();
        let killed = Instant::now();
        wait_for("another server is the master", || redis.master().filter(|it| *it != 0));
        say_recovery(ledger, Instant::now());
        println!("{} ms after the kill", killed.elapsed().as_millis());
    });
}

#[test]
fn a_master_that_is_cut_off_acknowledges_nothing() {
    let redis = RedisSentinels::start(&APP);
    let url = redis.url().replace("://", "://app:any@");
    under_load(&place(&url, "wait:1"), |ledger| {
        let as_app = |commands: &[&[&str]]| {
            let commands = [&[&["AUTH", "app", "any"] as &[&str]], commands].concat();
            let answer = ask_all(redis.ports[0].number(), &commands).unwrap();
            assert!(!answer.contains("\n-") && !answer.starts_with('-'), "{answer}");
        };
        // From here on neither replicas nor Sentinels get in, and the service does.
        as_app(&[&["ACL", "SETUSER", "default", "off"], &["CLIENT", "KILL", "USER", "default"]]);
        let cut_off = Instant::now();
        wait_for("another server is the master", || redis.master().filter(|it| *it != 0));
        wait_for("six seconds have passed", || (cut_off.elapsed() > Duration::from_secs(6)).then_some(()));
        as_app(&[&["ACL", "SETUSER", "default", "on"]]);
        wait_for("the old master is a replica", || {
            ask_all(redis.ports[0].number(), &[&["ROLE"]]).filter(|it| it.contains("slave"))
        });
        say_recovery(ledger, Instant::now());
    });
}

#[test]
fn a_failover_by_hand_loses_nothing() {
    let redis = RedisSentinels::start(&[]);
    under_load(&place(&redis.url(), "wait:1"), |ledger| {
        redis.fail_over();
        wait_for("another server is the master", || redis.master().filter(|it| *it != 0));
        say_recovery(ledger, Instant::now());
    });
}

#[test]
fn a_master_that_sentinels_have_lost_sight_of_is_left_though_it_answers() {
    let redis = RedisSentinels::start_apart();
    let url = redis.url().replace("://", "://:kept@");
    under_load(&place(&url, "wait:1"), |ledger| {
        // The service sees all of them, and this replica goes on confirming what the first master is given.
        redis.cut_off(0);
        redis.cut_off(1);
        wait_for("the other replica is the master", || redis.master().filter(|it| *it == 2));
        let is_there = || redis.servers[2].command(&["CLIENT", "LIST"]).contains("cmd=wait");
        wait_for("the service stores there", || is_there().then_some(()));
        assert!(redis.servers[0].command(&["ROLE"]).contains("master"), "it was not made a replica first");
        redis.let_in(0);
        redis.let_in(1);
        say_recovery(ledger, Instant::now());
    });
}

#[test]
fn sentinels_that_do_not_answer_are_told_of_and_logins_are_recorded() {
    let mut redis = RedisSentinels::start(&[]);
    let place = place(&redis.url(), "wait:1");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert!(!kept(&client).contains("Sentinels"));
    for (killed, told) in [(0, None), (1, Some("1 of 3 Sentinels")), (2, Some("0 of 3 Sentinels"))] {
        redis.kill_sentinel(killed);
        if let Some(told) = told {
            wait_for("it is told", || kept(&client).contains(told).then_some(()));
        }
        let event = login("user", "chrome-142/windows", 1, &format!("event-{killed}"));
        assert_eq!(client.post(&event).status, 201);
    }
    assert_eq!(service.log().matches("too few Sentinels answer").count(), 1, "{}", service.log());
    service.stop();
}

/// How the store keeps what it acknowledges, as `/readyz` tells it.
fn kept(client: &Client) -> String {
    let answer = client.get("/readyz");
    assert_eq!(answer.status, 200, "{:?}", answer.value());
    answer.value()["checks"][0]["durability"].as_str().unwrap().to_owned()
}

#[test]
fn while_replicas_stand_still_that_is_what_is_told() {
    let redis = RedisSentinels::start(&[]);
    let place = place(&redis.url(), "wait:1");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert!(kept(&client).contains("a master has 2 replicas"), "{}", kept(&client));
    assert!(service.log().contains("a master has 2 replicas"));
    let (ledger, next, stop) = (Ledger::default(), AtomicUsize::new(0), AtomicBool::new(false));
    let refused = || ledger.statuses.lock().unwrap().get(&503).copied().unwrap_or_default();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| ledger.post(&client, &next, &stop));
        }
        ledger.wait_for_more(20);
        redis.servers[1..].iter().for_each(|it| it.signal("STOP"));
        wait_for("readiness says why", || {
            let answer = client.get("/readyz");
            let told = answer.value()["checks"][0]["detail"].as_str()?.to_owned();
            (answer.status == 503 && told.contains("fewer replicas than")).then_some(())
        });
        wait_for("many are refused", || (refused() >= 60).then_some(()));
        redis.servers[1..].iter().for_each(|it| it.signal("CONT"));
        ledger.wait_for_more(20);
        stop.store(true, Ordering::Relaxed);
    });
    let log = service.log();
    assert!(log.contains("0 of the 1 replicas that `store.durability` asks for have confirmed"), "{log}");
    let lines = log.matches("the store is unavailable").count();
    assert!(lines * 3 <= refused(), "{lines} lines for {} that were refused", refused());
    ledger.check(&client);
    service.stop();
}

#[test]
fn a_master_of_a_cluster_is_killed_and_nothing_is_lost() {
    let mut redis = RedisCluster::start(3, 1);
    under_load(&place(&redis.url(), "wait:1"), |ledger| {
        redis.nodes[0].kill();
        let killed = Instant::now();
        wait_for("its replica is a master", || redis.is_master(3).then_some(()));
        // Back as a replica: without one nothing of these slots is confirmed.
        redis.nodes[0].restart();
        say_recovery(ledger, Instant::now());
        println!("{} ms after the kill", killed.elapsed().as_millis());
    });
}

#[test]
fn a_master_of_a_cluster_that_falls_silent_is_left_when_another_has_its_slots() {
    let redis = RedisCluster::start(3, 2);
    under_load(&place(&redis.url(), "wait:1"), |ledger| {
        // Nothing refuses, and no connection ends.
        redis.nodes[0].signal("STOP");
        let silent = Instant::now();
        wait_for("a replica is a master", || [3, 6].into_iter().any(|it| redis.is_master(it)).then_some(()));
        println!("{} ms until a replica is the master", silent.elapsed().as_millis());
        // Of users whose logins belong to those slots as well: of three one does.
        ledger.wait_for_more(100);
        println!("{} ms until 100 more are acknowledged", silent.elapsed().as_millis());
        redis.nodes[0].signal("CONT");
    });
}

#[test]
fn slots_move_while_logins_come() {
    let redis = RedisCluster::start(3, 0);
    under_load(&place(&redis.url(), "none"), |_| {
        for partition in 0..24 {
            redis.move_slot(&format!("{{p{partition:03}}}"), 2);
        }
    });
}
