//! Logins are followed while readers go away and come back, services are killed, and others store what is followed: none is missed.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use watchlight::{adapters::clock::SystemClock, domain::time::DAY_MS, ports::Clock};

use crate::{
    stories::service::{Client, Place, Service, login},
    support::{
        events::{Event, Events},
        redis::RedisServer,
    },
};

fn address(service: &Service) -> SocketAddr {
    service.url.strip_prefix("http://").unwrap().parse().unwrap()
}

fn follow(service: &Service, key: &str, last_event_id: &str) -> Events {
    let headers = [format!("Authorization: Bearer {key}"), format!("Last-Event-ID: {last_event_id}")];
    let events = Events::open(address(service), "/v1/logins/tail", &headers);
    assert_eq!(events.status, 200, "{}", events.head);
    events
}

fn a_day_ago() -> String {
    SystemClock.now().plus_ms(-DAY_MS).to_text()
}

/// Posts logins until told to stop; the ids of those that were acknowledged.
fn post(client: &Client, thread: usize, is_over: &AtomicBool) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0.. {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        let mut event =
            login(&format!("user{thread}-{}", number % 40), "chrome-142/windows", 1, &format!("{thread} {number}"));
        if number % 3 == 0 {
            // It is sent late, and so sorts before those that were seen already; but none is so old that a trim deletes it.
            event["occurred_at"] = a_day_ago().into();
        }
        if let Ok(answer) = client.try_post(&event)
            && answer.status == 201
        {
            ids.push(answer.value()["id"].as_str().unwrap().to_owned());
        }
    }
    ids
}

/// A hundred readers, one after the other, each of whom goes on where the one before went away.
fn a_hundred_readers(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let service = place.serve();
    let (is_over, posted) = (AtomicBool::new(false), Mutex::new(BTreeSet::new()));
    let (mut seen, mut told) = (BTreeSet::new(), 0);
    let mut last = String::new();
    let first = follow(&service, &key, "");
    thread::scope(|scope| {
        let work = |thread: usize| posted.lock().unwrap().extend(post(&service.client(&key), thread, &is_over));
        let threads: Vec<_> = (0..4).map(|it| scope.spawn(move || work(it))).collect();
        let mut events = first;
        for round in 0..100 {
            for _ in 0..=(round % 7) {
                let event = events.login().expect("it goes on");
                told += 1;
                last.clone_from(&event.id);
                seen.insert(event.id);
            }
            drop(events);
            events = follow(&service, &key, &last);
        }
        is_over.store(true, Ordering::SeqCst);
        for thread in threads {
            thread.join().unwrap();
        }
        let posted = posted.lock().unwrap();
        println!("to come at the end: {:?}", posted.difference(&seen).collect::<Vec<_>>());
        while !posted.is_subset(&seen) {
            let event = events.login().unwrap_or_else(|| panic!("{} are missing", posted.difference(&seen).count()));
            told += 1;
            seen.insert(event.id);
        }
        // On a busy machine the store may be late for one, which gets 503 and is stored nevertheless.
        for id in seen.difference(&posted) {
            let found = service.client(&key).get(&format!("/v1/logins/{id}"));
            assert_eq!(found.status, 200, "nobody is told of what was not stored: {id}");
        }
        println!("{} logins, told {told} times", posted.len());
    });
    service.stop();
}

#[test]
fn a_hundred_readers_miss_nothing_with_sqlite() {
    a_hundred_readers("sqlite");
}

#[test]
fn a_hundred_readers_miss_nothing_with_redis() {
    a_hundred_readers(&RedisServer::start(&["--appendonly", "yes"]).url());
}

/// What is stored while nobody follows, because the service was killed, comes when it is back.
fn killed_while_followed(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let mut service = place.serve();
    let client = service.client(&key);
    let mut events = follow(&service, &key, "");
    let first = client.post(&login("ana", "chrome-142/windows", 1, "a")).value()["id"].clone();
    assert_eq!(events.login().unwrap().id, first.as_str().unwrap());
    let second = client.post(&login("ben", "chrome-142/windows", 1, "b")).value()["id"].clone();
    service.kill();
    while events.next().is_some() {}
    let service = place.serve();
    let client = service.client(&key);
    let third = client.post(&login("cem", "chrome-142/windows", 1, "c")).value()["id"].clone();
    let mut events = follow(&service, &key, first.as_str().unwrap());
    let mut ids: BTreeSet<String> = BTreeSet::new();
    while ids.len() < 2 {
        ids.extend(events.login().map(|it| it.id).filter(|it| first != **it));
    }
    assert_eq!(ids, BTreeSet::from([second, third].map(|it| it.as_str().unwrap().to_owned())));
    // It ends in good order.
    service.terminate();
    let end = events.next();
    let reason = serde_json::json!({"reason": "stopping"});
    assert_eq!(end.map(|Event { kind, data, .. }| (kind, data)), Some(("end".to_owned(), reason)));
    let (status, log) = service.ended();
    assert!(status.success(), "{log}");
}

#[test]
fn what_came_before_a_kill_is_followed_after_it_with_sqlite() {
    killed_while_followed("sqlite");
}

#[test]
fn what_came_before_a_kill_is_followed_after_it_with_redis() {
    killed_while_followed(&RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]).url());
}

#[test]
fn what_one_process_stores_another_tells() {
    let redis = RedisServer::start(&[]);
    let place = Place::new(&redis.url());
    let key = place.key();
    let (one, other) = (place.serve(), place.serve());
    let mut events = follow(&other, &key, "");
    let mut latest = Duration::ZERO;
    for number in 0..10 {
        let posted = Instant::now();
        let answer = one.client(&key).post(&login("ana", "chrome-142/windows", 1, &format!("{number}")));
        let event = events.login().unwrap();
        assert_eq!(answer.value()["id"], event.id.as_str());
        latest = latest.max(posted.elapsed());
    }
    println!("{} ms late at most", latest.as_millis());
    drop(events);
    one.stop();
    other.stop();
}
