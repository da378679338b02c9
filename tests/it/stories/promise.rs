//! The promise, asked of whole services: a new device is one alert and one mail, and the same event is one login.

use std::{
    collections::BTreeMap,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use crate::{
    stories::service::{Answer, Client, Place, Service, login, message_ids, wait_for},
    support::{redis::RedisServer, smtp::ScriptedSmtp},
};

/// The story of the README: a key, a service, a browser that updates itself, and a stranger.
fn two_commands(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    let later = client.post(&login("ana", "chrome-143/windows", 1, "b")).value();
    assert_eq!(
        (&later["device"]["status"], &later["device"]["changed"][0]),
        (&"recognized".into(), &"browser_version".into())
    );
    assert_eq!(later["alert"], serde_json::Value::Null);
    let stranger = client.post(&login("ana", "firefox-145/linux", 9, "c")).value();
    assert_eq!(stranger["device"]["status"], "new");
    let alerts = client.sent_alerts(1);
    assert_eq!((&alerts[0]["id"], &alerts[0]["login_id"]), (&stranger["alert"]["id"], &stranger["id"]));
    let mails = place.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ana@example.com") && mails[0].contains("Firefox"), "{}", mails[0]);
    let mailbox = client.get("/mailbox");
    assert!(mailbox.status == 200 && mailbox.body.contains("ana@example.com"), "{mailbox:?}");
    assert_eq!(client.list("/v1/logins?user=ana").len(), 3);
    service.stop();
}

#[test]
fn two_commands_are_enough_with_sqlite() {
    two_commands("sqlite");
}

#[test]
fn two_commands_are_enough_with_redis() {
    two_commands(&RedisServer::start(&["--appendonly", "yes"]).url());
}

/// Fifty logins at once from one device that the user has never had, spread over `processes` services.
fn fifty_at_once(store_url: &str, processes: usize) {
    let sink = ScriptedSmtp::start(&[]);
    let mut place = Place::new(store_url);
    place.mail_to(&sink);
    let key = place.key();
    let services: Vec<_> = (0..processes).map(|_| place.serve()).collect();
    let clients: Vec<Client> = services.iter().map(|it| it.client(&key)).collect();
    assert_eq!(clients[0].post(&login("ana", "chrome-142/windows", 1, "home")).device_status(), "first");
    let start = Barrier::new(50);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|number| {
                let (client, start) = (&clients[number % processes], &start);
                scope.spawn(move || {
                    start.wait();
                    client.post(&login("ana", "firefox-145/linux", 9, &format!("event {number}")))
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    for it in &answers {
        *statuses.entry(it.device_status()).or_default() += 1;
    }
    assert_eq!(statuses, BTreeMap::from([("new".to_owned(), 1), ("recognized".to_owned(), 49)]));
    assert_eq!(answers.iter().filter(|it| !it.value()["alert"].is_null()).count(), 1);
    let alerts = clients[0].sent_alerts(1);
    assert_eq!((&alerts[0]["attempts"], sink.received().len()), (&1.into(), 1));
    for client in &clients {
        assert_eq!(client.list("/v1/logins?user=ana").len(), 51);
    }
    services.into_iter().for_each(Service::stop);
    assert_eq!(message_ids(&sink).len(), 1);
}

#[test]
fn fifty_first_logins_at_once_are_one_alert_and_one_mail_with_sqlite() {
    fifty_at_once("sqlite", 1);
}

#[test]
fn fifty_first_logins_at_once_are_one_alert_and_one_mail_with_redis() {
    fifty_at_once(&RedisServer::start(&["--appendonly", "yes"]).url(), 1);
}

#[test]
fn fifty_first_logins_at_once_are_one_alert_and_one_mail_from_two_processes() {
    fifty_at_once(&RedisServer::start(&["--appendonly", "yes"]).url(), 2);
}

#[test]
fn fifty_first_logins_at_once_are_one_alert_and_one_mail_from_two_processes_on_one_file() {
    fifty_at_once("sqlite", 2);
}

/// The same event two hundred times at once, and again after the service was killed.
fn the_same_event_again_and_again(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let mut service = place.serve();
    let event = login("ana", "chrome-142/windows", 1, "the event");
    let at_once = |client: &Client, times: usize| -> Vec<Answer> {
        let start = Barrier::new(times);
        thread::scope(|scope| {
            let post = || {
                start.wait();
                client.post(&event)
            };
            let threads: Vec<_> = (0..times).map(|_| scope.spawn(post)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        })
    };
    let mut answers = at_once(&service.client(&key), 200);
    assert_eq!(answers.iter().filter(|it| it.status == 201).count(), 1);
    service.kill();
    let service = place.serve();
    let client = service.client(&key);
    let after = at_once(&client, 20);
    assert!(after.iter().all(|it| it.status == 200), "{after:?}");
    answers.extend(after);
    for it in &answers {
        assert!(matches!(it.status, 200 | 201) && it.body == answers[0].body, "{it:?}\n{:?}", answers[0]);
    }
    assert_eq!(client.list("/v1/logins").len(), 1);
    let mut other = event.clone();
    other["method"] = "passkey".into();
    assert_eq!(client.post(&other).value()["type"], "idempotency_key_reused");
}

#[test]
fn the_same_event_is_one_login_with_sqlite() {
    the_same_event_again_and_again("sqlite");
}

#[test]
fn the_same_event_is_one_login_with_redis() {
    the_same_event_again_and_again(&RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]).url());
}

#[test]
fn a_login_is_told_soon_that_the_store_is_away() {
    let redis = RedisServer::start(&[]);
    let place = Place::new(&redis.url());
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "before")).device_status(), "first");
    // By then it has to be asked again whether somebody guesses passwords; and the key is known, which would be asked for before.
    let posted = Instant::now();
    wait_for("a second has passed", || (posted.elapsed() > Duration::from_millis(1_100)).then_some(()));
    assert_eq!(client.get("/v1/logins").status, 200);
    redis.signal("STOP");
    for number in 0..3 {
        let sent = Instant::now();
        let answer = client.post(&login("ana", "chrome-142/windows", 1, &format!("away {number}")));
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(sent.elapsed() < Duration::from_secs(1), "after {:?}", sent.elapsed());
    }
    redis.signal("CONT");
    service.stop();
}
