//! What becomes of a session after its login.

use std::{sync::Arc, thread};

use serde_json::{Value, json};
use watchlight::{
    adapters::store::memory::store::MemoryStore,
    domain::tenant::api_key::Scope,
    ports::{Clock, Store},
};

use crate::http::server::{Answer, CHROME, Client, FIREFOX, Options, Server, login};

fn post(client: &Client, path: &str, body: &Value) -> Answer {
    client.with("Content-Type", "application/json").post(path, body.to_string())
}

/// A login that names a session; its identifier.
fn begin(client: &Client, user: &str, session: &str) -> String {
    let mut login = login(user, CHROME);
    login["session_id"] = json!(session);
    client.login(&login).value()["id"].as_str().unwrap().to_owned()
}

fn activity(user: &str, session: &str, user_agent: &str, calls: u32) -> Value {
    json!({
        "session_id": session, "calls": calls, "user": {"id": user},
        "client": {"ip": "89.160.20.112", "user_agent": user_agent}
    })
}

#[test]
fn a_session_is_used_ends_once_and_is_shown_with_its_login() {
    let server = Server::start();
    let client = server.client();
    let login = begin(&client, "ana", "s 1");
    let shown = || client.get(&format!("/v1/logins/{login}")).value()["session"].clone();
    assert_eq!((&shown()["id"], &shown()["calls"], &shown()["ended_at"]), (&json!("s 1"), &json!(0), &Value::Null));

    for _ in 0..2 {
        assert_eq!(post(&client, "/v1/activity", &activity("ana", "s 1", CHROME, 20)).status, 200);
    }
    assert_eq!((&shown()["calls"], &shown()["session_changed"]), (&json!(40), &json!(false)));

    server.clock.set(server.clock.now().plus_ms(90_000));
    let ended = post(&client, "/v1/sessions/s%201/end", &json!({"user": {"id": "ana"}}));
    assert_eq!((ended.status, &ended.value()["length_s"]), (200, &json!(90)), "{ended:?}");
    server.clock.set(server.clock.now().plus_ms(90_000));
    let again = post(&client, "/v1/sessions/s%201/end", &json!({"user": {"id": "ana"}}));
    assert_eq!(again.value()["ended_at"], ended.value()["ended_at"]);
    assert_eq!(shown()["length_s"], json!(90));
    let outlived = post(&client, "/v1/activity", &activity("ana", "s 1", CHROME, 1)).value();
    assert_eq!(outlived["changed"], json!(["after_end"]), "{outlived}");
}

#[test]
fn a_stolen_cookie_is_seen_by_another_browser() {
    let server = Server::start();
    let client = server.client();
    begin(&client, "ana", "s_1");
    let stolen = post(&client, "/v1/activity", &activity("ana", "s_1", FIREFOX, 1)).value();
    assert_eq!(stolen["session_changed"], json!(true), "{stolen}");
    assert!(stolen["changed"].as_array().unwrap().contains(&json!("browser")), "{stolen}");
    let owner = post(&client, "/v1/activity", &activity("ana", "s_1", CHROME, 1)).value();
    assert_eq!(owner["changed_at"], stolen["changed_at"], "what was seen once stays");
}

#[test]
fn what_is_not_sound_or_not_there_is_refused() {
    let server = Server::start();
    let client = server.client();
    begin(&client, "ana", "s_1");
    let end =
        |user: &Value, session: &str| post(&client, &format!("/v1/sessions/{session}/end"), &json!({"user": user}));
    end(&json!({"id": "ana"}), "s_2").problem(404, "not_found");
    end(&json!({"id": "bob"}), "s_1").problem(404, "not_found");
    let mut refused = login("bob", CHROME);
    (refused["session_id"], refused["outcome"]) = (json!("s_1"), json!("failure"));
    client.login(&refused);
    end(&json!({"id": "bob"}), "s_1").problem(404, "not_found");
    assert!(end(&json!({}), "s_1").problem(422, "invalid_field").contains("user.id"));
    end(&json!({"id": "ana", "mail": 1}), "s_1").problem(400, "unexpected_field");
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = activity("ana", "s_1", CHROME, 1);
        change(&mut body);
        post(&client, "/v1/activity", &body)
    };
    assert!(refused(&|it| it["session_id"] = json!("")).problem(422, "invalid_field").contains("session_id"));
    assert!(refused(&|it| it["client"]["ip"] = json!("x")).problem(422, "invalid_field").contains("client.ip"));
    refused(&|it| it["calls"] = json!(-1)).problem(400, "unexpected_field");
    refused(&|it| it["occurred_at"] = json!("2099-01-01T00:00:00Z")).problem(422, "occurred_in_future");
    let reader = server.client_of("acme", &[Scope::LoginsRead]);
    post(&reader, "/v1/activity", &activity("ana", "s_1", CHROME, 1)).problem(403, "insufficient_scope");
    let other = server.client_of("other", &[Scope::LoginsWrite]);
    post(&other, "/v1/activity", &activity("ana", "s_1", CHROME, 1)).problem(404, "not_found");
}

#[test]
fn a_login_names_the_policy_that_judged_it() {
    let server = Server::start();
    let client = server.client();
    let policy = client.get("/v1/policy").value();
    assert_eq!((&policy["muted"], &policy["weights"]["new_device"]), (&json!(false), &json!(0.4)), "{policy}");
    let login = begin(&client, "ana", "s_1");
    assert_eq!(client.get(&format!("/v1/logins/{login}")).value()["policy"], policy["version"]);
}

#[test]
fn every_call_counts_however_many_tell_of_them_at_once_and_to_whom() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let servers = [(); 2].map(|()| Server::with(Options { store: Some(store.clone()), ..Options::default() }));
    let login = begin(&servers[0].client(), "ana", "s_1");
    let clients: Vec<Client> = servers.iter().map(Server::client).collect();
    thread::scope(|scope| {
        for number in 0..64 {
            let client = clients[number % 2].clone();
            scope.spawn(move || {
                let answer = post(&client, "/v1/activity", &activity("ana", "s_1", CHROME, 3));
                assert_eq!(answer.status, 200, "{answer:?}");
            });
        }
    });
    assert_eq!(clients[0].get(&format!("/v1/logins/{login}")).value()["session"]["calls"], json!(192));
}

#[test]
fn an_activity_that_is_told_again_counts_once() {
    let server = Server::start();
    let client = server.client();
    begin(&client, "ana", "s_1");
    let told =
        |key: &str| post(&client.with("Idempotency-Key", key), "/v1/activity", &activity("ana", "s_1", CHROME, 3));
    let calls = ["a", "a", "b", "a"].map(|key| told(key).value()["calls"].as_u64().unwrap());
    assert_eq!(calls, [3, 3, 6, 6]);
    assert!(told(&"k".repeat(256)).problem(422, "invalid_field").contains("Idempotency-Key"));
}

#[test]
fn a_session_that_goes_on_elsewhere_has_changed() {
    let server = Server::start();
    let client = server.client();
    begin(&client, "ana", "s_1");
    let from = |ip: &str| {
        let mut used = activity("ana", "s_1", CHROME, 1);
        used["client"]["ip"] = json!(ip);
        post(&client, "/v1/activity", &used).value()
    };
    assert_eq!(from("192.168.1.1")["session_changed"], json!(false), "nowhere is not elsewhere");
    assert_eq!(from("81.2.69.142")["changed"], json!(["network"]), "from Sweden to Britain");
}
