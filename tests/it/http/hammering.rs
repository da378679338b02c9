//! Many logins of one user at once: most of them by somebody who tries passwords.

use std::{
    sync::{Arc, atomic::Ordering},
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    server::{Answer, CHROME, Client, FIREFOX, Options, Server, login},
    store_goes_away::Leaving,
};

fn failed(user: &str, number: usize) -> Value {
    let mut login = login(user, FIREFOX);
    (login["outcome"], login["event_id"]) = (json!("failure"), json!(format!("{user} {number}")));
    login
}

fn slow_failures() -> (Arc<Leaving>, Server) {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    (store, server)
}

/// Waits until a failed login is being stored.
fn until_one_is_stored(store: &Leaving) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while store.begun.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < deadline, "no failed login was stored");
        thread::sleep(Duration::from_millis(2));
    }
}

fn all(threads: Vec<ScopedJoinHandle<'_, Answer>>) -> Vec<Answer> {
    threads.into_iter().map(|it| it.join().unwrap()).collect()
}

#[test]
fn the_owner_of_a_hammered_account_waits_for_no_failed_login() {
    let (store, server) = slow_failures();
    let client = server.client();
    assert_eq!(client.login(&login("ana", CHROME)).status, 201);
    let held = server.run(store.failures.write());
    thread::scope(|scope| {
        let hammer = |number| {
            let client = &client;
            scope.spawn(move || client.login(&failed("ana", number)))
        };
        let failures: Vec<_> = (0..60).map(hammer).collect();
        until_one_is_stored(&store);
        for _ in 0..3 {
            assert_eq!(client.login(&login("ana", CHROME)).status, 201, "while the failed ones wait");
        }
        drop(held);
        assert!(all(failures).iter().all(|it| it.status == 201));
    });
    let outcomes = |of: &str| client.get(&format!("/v1/logins?limit=500&outcome={of}")).value();
    let count = |of: &str| outcomes(of)["data"].as_array().unwrap().len();
    assert_eq!((count("success"), count("failure")), (4, 60), "each is in the history, once");
    let signals = client.login(&login("ana", CHROME)).value()["risk"]["signals"].to_string();
    assert!(signals.contains("failed_attempts"), "and they count: {signals}");
}

#[test]
fn many_logins_at_once_are_stored_although_another_process_is_always_faster() {
    let (store, server) = slow_failures();
    let client = server.client();
    store.most_together.store(1, Ordering::SeqCst);
    let held = server.run(store.failures.write());
    thread::scope(|scope| {
        let client = &client;
        let posted = (0..100).map(|number| scope.spawn(move || client.login(&failed("ana", number)))).collect();
        until_one_is_stored(&store);
        drop(held);
        assert!(all(posted).iter().all(|it| it.status == 201));
    });
    assert_eq!(client.get("/v1/logins?limit=500").value()["data"].as_array().unwrap().len(), 100);
}

#[test]
fn what_comes_twice_in_one_batch_is_stored_once() {
    let (store, server) = slow_failures();
    let client = server.client();
    let held = server.run(store.failures.write());
    let answers: Vec<(bool, Answer)> = thread::scope(|scope| {
        let first = scope.spawn(|| client.login(&failed("ana", 0)));
        until_one_is_stored(&store);
        let post = |changed: bool| {
            let mut login = failed("ana", 1);
            if changed {
                login["method"] = json!("passkey");
            }
            let client = &client;
            (changed, scope.spawn(move || client.login(&login)))
        };
        let posted = [false, false, true, false, true].map(post);
        drop(held);
        assert_eq!(first.join().unwrap().status, 201);
        posted.into_iter().map(|(changed, it)| (changed, it.join().unwrap())).collect()
    });
    let stored: Vec<_> = answers.iter().filter(|(_, it)| it.status == 201).collect();
    let [(taken, answer)] = stored[..] else { panic!("one is stored: {answers:?}") };
    for (changed, it) in &answers {
        match it.status {
            201 => {}
            200 => assert_eq!((changed, &it.body), (taken, &answer.body)),
            _ => {
                it.problem(422, "idempotency_key_reused");
                assert_ne!(changed, taken);
            }
        }
    }
    assert_eq!(client.get("/v1/logins").value()["data"].as_array().unwrap().len(), 2);
}

#[test]
fn passwords_tried_at_five_accounts_at_once_are_counted_one_by_one() {
    let server = Server::start();
    let client = server.client();
    let spray = |client: &Client, users: &[&str], each: usize| {
        thread::scope(|scope| {
            let tries = users.iter().flat_map(|user| (0..each).map(|number| failed(user, number)));
            let posted = tries.map(|it| scope.spawn(move || client.login(&it))).collect();
            assert!(all(posted).iter().all(|it| it.status == 201));
        });
    };
    let is_guessed = || {
        server.clock.advance_ms(1_000);
        client.login(&login("ana", FIREFOX)).value()["risk"].to_string().contains("credential_stuffing")
    };
    spray(&client, &["a", "b", "c", "d"], 3);
    assert!(!is_guessed(), "four users are too few");
    spray(&client, &["e"], 3);
    assert!(is_guessed(), "five users, fifteen attempts");
}
