//! `GET /v1/logins/tail`.

use std::{
    collections::BTreeSet,
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use watchlight::{
    domain::{ids::UserId, tenant::api_key::Scope},
    http::door::state::HttpSettings,
};

use super::{
    server::{CHROME, Client, FIREFOX, Options, Server, login},
    store_goes_away::Leaving,
};
use crate::{store::samples::acme, support::events::Events};

fn start() -> Server {
    let settings = HttpSettings { tail_lasts: Duration::from_hours(1), ..HttpSettings::default() };
    Server::with(Options { settings, ..Options::default() })
}

fn follow(server: &Server, question: &str, last_event_id: Option<&str>) -> Events {
    let mut headers = vec![format!("Authorization: Bearer {}", server.key("acme", &[Scope::LoginsRead]))];
    headers.extend(last_event_id.map(|id| format!("Last-Event-ID: {id}")));
    Events::open(server.address, &format!("/v1/logins/tail?{question}"), &headers)
}

fn record(client: &Client, user: &str, agent: &str) -> String {
    client.login(&login(user, agent)).value()["id"].as_str().unwrap().to_owned()
}

/// A login that happened before all others, and is sent only now.
fn record_late(client: &Client, user: &str) -> String {
    let mut late = login(user, CHROME);
    late["occurred_at"] = json!("2026-11-20T07:00:00Z");
    client.login(&late).value()["id"].as_str().unwrap().to_owned()
}

#[test]
fn logins_come_as_they_are_stored_whenever_they_happened() {
    let server = start();
    let client = server.client();
    record(&client, "before", CHROME);
    let mut events = follow(&server, "", None);
    assert_eq!(events.status, 200, "{}", events.head);
    assert!(events.head.contains("content-type: text/event-stream"), "{}", events.head);
    let first = record(&client, "ana", CHROME);
    let late = record_late(&client, "ben");
    let event = events.login().unwrap();
    assert_eq!((&event.id, &event.data["id"]), (&first, &json!(first)));
    assert_eq!(event.data, client.get("/v1/logins?user=ana").value()["data"][0], "as the list shows it");
    assert_eq!(events.logins(1), [late]);
}

#[test]
fn only_what_is_asked_for_comes() {
    let server = start();
    let client = server.client();
    let mut by_language = follow(&server, "q=browser:firefox+-user:cem", None);
    let mut by_parameter = follow(&server, "user=ben&from=2026-11-22T00:00:00Z", None);
    let mut lately = follow(&server, "q=last:1h", None);
    record(&client, "ana", CHROME);
    record(&client, "cem", FIREFOX);
    let late = record_late(&client, "ben");
    let ben = record(&client, "ben", FIREFOX);
    assert_eq!(by_language.logins(1)[0], ben);
    assert_eq!(by_parameter.logins(1)[0], ben);
    assert!(!lately.logins(3).contains(&late));
    let other = server.client_of("other", &Scope::ALL);
    record(&other, "ben", FIREFOX);
    let last = record(&client, "ben", FIREFOX);
    assert_eq!(by_parameter.logins(1), [last], "another tenant's is not shown");
}

#[test]
fn what_cannot_be_followed_is_refused_at_its_place() {
    let server = start();
    let client = server.client();
    for (question, position, reason) in [
        ("q=level:high+mail:failed", Some(16), "q"),
        ("q=like:lgn_01M88BR29V3HMEG27S69NTFQE2", Some(5), "q"),
        ("q=note:any", Some(5), "q"),
        ("q=ana+until:2026-11-22", Some(4), "q"),
        ("q=contry:BR", Some(0), "q"),
        ("to=2026-11-22T00:00:00Z", None, "to"),
        ("cursor=x", None, "cursor"),
        ("limit=5", None, "limit"),
        ("last_event_id=x", None, "last_event_id"),
    ] {
        let answer = client.get(&format!("/v1/logins/tail?{question}"));
        assert!(answer.problem(400, "invalid_parameter").starts_with(reason), "{question}: {answer:?}");
        assert_eq!(answer.value()["position"].as_u64(), position, "{question}: {answer:?}");
    }
}

#[test]
fn whoever_comes_back_misses_nothing() {
    let server = start();
    let client = server.client();
    let mut events = follow(&server, "", None);
    let seen = record(&client, "u0", CHROME);
    assert_eq!(events.logins(1)[0], seen);
    drop(events);
    let missed: Vec<String> = (1..300).map(|it| record_late(&client, &format!("u{it}"))).collect();
    let mut events = follow(&server, "", Some(&seen));
    assert_eq!(events.logins(299), missed);
    let next = record(&client, "u1", CHROME);
    assert_eq!(events.logins(1)[0], next, "and then what is new");
    assert_eq!(follow(&server, &format!("last_event_id={seen}"), None).logins(299), missed, "without the header");
    assert_eq!(follow(&server, "last_event_id=x", Some(&missed[298])).logins(1), [next], "the header wins");
}

#[test]
fn what_was_seen_too_long_ago_is_told_apart_from_nothing_new() {
    let server = start();
    let client = server.client();
    let old = record(&client, "ana", CHROME);
    let theirs = record(&server.client_of("other", &Scope::ALL), "ana", CHROME);
    server.clock.advance_ms(16 * 60 * 1_000);
    record(&client, "ben", CHROME);
    for id in [&old, &theirs, "lgn_01M88BR29V3HMEG27S69NTFQE2", "2026-11-20T00:00:00Z"] {
        let answer = client.get(&format!("/v1/logins/tail?last_event_id={id}"));
        answer.problem(410, "tail_forgotten");
    }
}

#[test]
fn a_key_that_is_revoked_follows_no_longer() {
    let server = start();
    let mut events = follow(&server, "", None);
    let keys = server.run(server.keys.list()).unwrap();
    let key = keys.iter().find(|it| it.scopes == [Scope::LoginsRead]).unwrap();
    server.run(server.keys.revoke(&key.id)).unwrap();
    let revoked = Instant::now();
    let end = events.next().unwrap();
    assert_eq!((end.kind.as_str(), &end.data), ("end", &json!({"reason": "revoked"})));
    assert_eq!(events.next(), None);
    assert!(revoked.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_tail_lasts_as_long_as_it_may() {
    let server = Server::start();
    let mut events = follow(&server, "", None);
    assert_eq!(events.next().unwrap().data, json!({"reason": "time"}));
    assert_eq!(events.next(), None);
}

#[test]
fn a_key_has_so_many_tails_and_gets_them_back() {
    let server = start();
    let mut open: Vec<Events> = (0..8).map(|_| follow(&server, "", None)).collect();
    let refused = follow(&server, "", None);
    assert!(refused.status == 429 && refused.head.contains("tail_limit_reached"), "{}", refused.head);
    let others = Events::open(
        server.address,
        "/v1/logins/tail",
        &[format!("Authorization: Bearer {}", server.key("other", &[Scope::LoginsRead]))],
    );
    assert_eq!(others.status, 200);
    open.pop();
    // It is noticed that a reader has gone when something is written.
    let (client, deadline) = (server.client(), Instant::now() + Duration::from_secs(30));
    while follow(&server, "", None).status != 200 {
        assert!(Instant::now() < deadline);
        record(&client, "ana", CHROME);
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn restricted_persons_are_not_followed() {
    let server = start();
    let client = server.client();
    record(&client, "ana", CHROME);
    let mut events = follow(&server, "", None);
    let seen = record(&client, "ana", CHROME);
    assert_eq!(events.logins(1)[0], seen);
    let json = client.with("Content-Type", "application/json");
    let restricted = json!({"mode": "restricted", "reason": "asked for it"});
    let answer = json.send("PUT", "/v1/users/ana/processing", restricted.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    client.get("/v1/logins/tail?user=ana").problem(423, "restricted");
    // Within a second it is known to whoever follows already.
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let hers = record(&client, "ana", CHROME);
        let other = record(&client, "ben", CHROME);
        let next = events.logins(1);
        if next == [other] {
            break;
        }
        assert!(next == [hers] && Instant::now() < deadline);
        events.logins(1);
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn opening_a_tail_is_one_entry_of_the_audit() {
    let server = start();
    let client = server.client();
    record(&client, "ana", CHROME);
    let mut events = follow(&server, "q=user:ana", None);
    record(&client, "ana", CHROME);
    events.logins(1);
    let found = server.run(server.store.audit_after(&acme(), 0, 100)).unwrap();
    let entries: Vec<_> = found.into_iter().map(|it| it.entry.unwrap().event).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let detail = entries[0].detail.as_ref().unwrap();
    assert_eq!(detail.query.as_deref(), Some("q=user:ana"));
    assert_eq!(detail.user.as_ref().map(UserId::as_str), Some("ana"));
}

#[test]
fn a_reader_who_does_not_keep_up_is_told_and_comes_back() {
    let server = start();
    let client = server.client();
    let headers = [format!("Authorization: Bearer {}", server.key("acme", &[Scope::LoginsRead]))];
    let mut events = Events::over(Events::narrow(server.address), server.address, "/v1/logins/tail", &headers);
    let begun = Instant::now();
    let mut posted = BTreeSet::new();
    // More than fits into what lies between the two, and for longer than a reader may be behind.
    while posted.len() < 600 || begun.elapsed() < Duration::from_secs(6) {
        posted.insert(record(&client, &format!("u{}", posted.len()), CHROME));
    }
    let mut seen = BTreeSet::new();
    let end = loop {
        let event = events.next().expect("it says why it ends");
        if event.kind == "end" {
            break event;
        }
        seen.insert(event.id);
    };
    assert_eq!(end.data, json!({"reason": "slow"}));
    assert!(!seen.is_empty() && seen.len() < posted.len());
    let mut events = follow(&server, "", Some(&events.last_event_id));
    while seen != posted {
        seen.insert(events.login().unwrap().id);
    }
}

#[test]
fn whoever_comes_back_while_the_store_goes_away_is_told_all_the_same() {
    let mut came_back = 0;
    // It goes away after each of the questions that are asked until the reader follows with the others.
    for answers in 0..10 {
        let store = Leaving::new();
        let settings = HttpSettings { tail_lasts: Duration::from_hours(1), ..HttpSettings::default() };
        let server = Server::with(Options { store: Some(store.clone()), settings, ..Options::default() });
        let client = server.client();
        let (seen, missed) = (record(&client, "ana", CHROME), record(&client, "ben", CHROME));
        store.answers_left.store(answers, Ordering::SeqCst);
        let mut events = follow(&server, "", Some(&seen));
        let deadline = Instant::now() + Duration::from_millis(300);
        while store.unanswered.load(Ordering::SeqCst) == 0 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        store.answers_left.store(usize::MAX, Ordering::SeqCst);
        if events.status == 200 {
            let next = record(&client, "cem", CHROME);
            assert_eq!(events.logins(2), [missed, next], "after {answers} answers");
            came_back += 1;
        }
    }
    assert!(came_back > 5, "{came_back}");
}
