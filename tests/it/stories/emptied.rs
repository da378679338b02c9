//! A Redis server that is emptied, restarted empty, or told to drop records, while backends post.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    stories::service::{Client, Place, Service, login, wait_for},
    support::redis::RedisServer,
};

const THREADS: usize = 8;

/// Posts logins of ever new users from several threads, and does `strike` among them. The statuses of the logins that were
/// begun after that, until `over`.
fn under_load(clients: &[Client], strike: impl FnOnce(), over: impl Fn(&[u16]) -> bool) -> Vec<u16> {
    let (struck, ended, number) = (AtomicBool::new(false), AtomicBool::new(false), AtomicUsize::new(0));
    let after = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (client, struck, ended, number, after) =
                (&clients[thread % clients.len()], &struck, &ended, &number, &after);
            scope.spawn(move || {
                while !ended.load(Ordering::SeqCst) {
                    let is_after = struck.load(Ordering::SeqCst);
                    let number = number.fetch_add(1, Ordering::SeqCst);
                    let event = login(&format!("user{number}"), "chrome-142/windows", 1, &format!("event {number}"));
                    let status = client.post(&event).status;
                    if is_after {
                        after.lock().unwrap().push(status);
                    } else {
                        assert!(status == 201 || status == 503, "{status}");
                    }
                }
            });
        }
        wait_for("the load runs", || (number.load(Ordering::SeqCst) > 100).then_some(()));
        strike();
        struck.store(true, Ordering::SeqCst);
        wait_for("it is over", || over(&after.lock().unwrap()).then_some(()));
        ended.store(true, Ordering::SeqCst);
    });
    after.into_inner().unwrap()
}

#[test]
fn nobody_is_told_401_or_201_by_an_emptied_redis_under_load() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let place = Place::new(&server.url());
    let key = place.key();
    let services = [place.serve(), place.serve()];
    let clients = services.each_ref().map(|it| it.client(&key));
    // Whatever was under way at the strike was let in before it.
    let after = under_load(&clients, || drop(server.command(&["FLUSHALL"])), |after| after.len() > 200);
    assert!(after.iter().all(|it| *it == 503), "{after:?}");
    services.into_iter().for_each(Service::stop);
}

#[test]
fn nobody_is_told_401_or_201_by_a_redis_that_comes_back_empty() {
    let mut server = RedisServer::start(&[]);
    let place = Place::new(&server.url());
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).status, 201);
    server.kill();
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "b")).value()["type"], "store_unavailable");
    server.restart();
    wait_for("it is seen to be empty", || {
        let answer = client.post(&login("ana", "chrome-142/windows", 1, "b"));
        assert_eq!(answer.status, 503, "{answer:?}");
        (answer.value()["type"] == "store_changed").then_some(())
    });
    service.stop();
    let service = place.serve();
    let answer = service.client(&key).post(&login("ana", "chrome-142/windows", 1, "b"));
    assert_eq!((answer.status, answer.value()["type"].as_str()), (503, Some("store_changed")), "after a restart, too");
    service.stop();
}

#[test]
fn a_redis_that_begins_to_drop_records_under_load_is_seen_within_moments() {
    let server = RedisServer::start(&[]);
    let place = Place::new(&server.url());
    let key = place.key();
    let service = place.serve();
    let begin = || drop(server.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]));
    let after = under_load(&[service.client(&key)], begin, |after| {
        after.len() > 200 && after[after.len() - 100..].iter().all(|it| *it == 503)
    });
    let taken = after.iter().filter(|it| **it == 201).count();
    println!("{taken} of {} logins were taken after the server began to drop records", after.len());
    let first_refused = after.iter().position(|it| *it == 503).unwrap();
    let late = after[first_refused..].iter().filter(|it| **it == 201).count();
    assert!(late <= THREADS, "{late} were taken after the first was refused: {after:?}");
    service.stop();
}

#[test]
fn a_redis_that_begins_to_drop_records_acknowledges_no_login() {
    let server = RedisServer::start(&[]);
    let place = Place::new(&server.url());
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    let mut posted = 0;
    let mut post = || {
        posted += 1;
        client.post(&login(&format!("user{posted}"), "chrome-142/windows", 1, &format!("event {posted}"))).status
    };
    assert_eq!(post(), 201);
    server.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    wait_for("logins are refused", || (post() == 503).then_some(()));
    assert!((0..20).all(|_| post() == 503));
    let ready = client.get("/readyz");
    assert_eq!((ready.status, ready.value()["status"].as_str()), (503, Some("unavailable")));
    assert!(ready.body.contains("maxmemory-policy"), "{ready:?}");
    server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    wait_for("logins are taken", || (post() == 201).then_some(()));
    service.stop();
}
