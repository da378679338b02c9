//! Logins that say nothing of a device, and what a backend is advised to do.

use serde_json::{Value, json};
use watchlight::domain::{ids::AlertId, tokens::link_token};

use super::server::{CHROME, Client, FIREFOX, Server, login};

/// Addresses in Sweden and in Brazil.
const HOME: &str = "89.160.20.112";
const ABROAD: &str = "200.160.2.3";

/// A login without any word of its browser.
fn thin(user: &str, ip: &str) -> Value {
    json!({"user": {"id": user, "email": format!("{user}@example.com")}, "client": {"ip": ip}})
}

fn post(client: &Client, login: &Value) -> Value {
    let answer = client.login(login);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value()
}

fn devices(client: &Client, user: &str) -> usize {
    client.get(&format!("/v1/users/{user}/devices")).value()["data"].as_array().unwrap().len()
}

#[test]
fn a_login_that_says_nothing_of_a_device_teaches_none_and_is_never_a_new_one() {
    let server = Server::start();
    let client = server.client();
    let unknown = |answer: &Value| {
        let device = &answer["device"];
        assert_eq!(
            (&device["status"], &device["matched_by"], &device["score"], &device["token"]),
            (&json!("unknown"), &Value::Null, &Value::Null, &Value::Null),
            "{answer}"
        );
        assert_eq!((&answer["alert"], &answer["action"]), (&Value::Null, &json!("allow")), "{answer}");
        assert!(answer["risk"]["signals"].as_array().unwrap().iter().all(|it| it["name"] != "new_device"), "{answer}");
    };
    // Before the first device, beside one, and whatever headers came that name no browser.
    unknown(&post(&client, &thin("ana", HOME)));
    assert_eq!(devices(&client, "ana"), 0);
    let first = post(&client, &login("ana", CHROME));
    assert_eq!(first["device"]["status"], "first");
    unknown(&post(&client, &thin("ana", HOME)));
    for (field, value) in [
        ("headers", json!({"accept-language": "fi-FI"})),
        ("user_agent", json!("")),
        ("user_agent", json!("  ")),
        ("headers", json!({"User-Agent": ""})),
        ("device_token", json!("wld_made_up")),
        ("fingerprint", json!({})),
        ("fingerprint", json!({"version": "5.2.0", "components": {}})),
    ] {
        let mut login = thin("ana", HOME);
        login["client"][field] = value;
        unknown(&post(&client, &login));
    }
    assert_eq!(devices(&client, "ana"), 1);
    // A token, a user agent in the headers or a fingerprint are evidence.
    for (field, value, status) in [
        ("device_token", first["device"]["token"].clone(), "recognized"),
        ("headers", json!({"User-Agent": CHROME}), "recognized"),
        ("user_agent", json!(FIREFOX), "new"),
    ] {
        let mut login = thin("ana", HOME);
        login["client"][field] = value;
        assert_eq!(post(&client, &login)["device"]["status"], status, "{login}");
    }
    let listed = client.get("/v1/logins?status=unknown&limit=50").value();
    assert_eq!(listed["data"].as_array().unwrap().len(), 9, "{listed}");
}

#[test]
fn it_is_warned_about_for_its_place_and_its_past_and_the_warning_can_be_answered() {
    let server = Server::start();
    let client = server.client();
    for _ in 0..10 {
        post(&client, &login("ana", CHROME));
    }
    let mut failed = thin("ana", ABROAD);
    failed["outcome"] = json!("failure");
    for _ in 0..5 {
        assert_eq!(post(&client, &failed)["device"]["status"], "unknown");
    }
    let warned = post(&client, &thin("ana", ABROAD));
    let names: Vec<&str> =
        warned["risk"]["signals"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"new_country") && names.contains(&"failed_attempts"), "{warned}");
    let id = AlertId::parse(warned["alert"]["id"].as_str().unwrap()).unwrap();
    let alerts = server.process.alerts();
    let answered = server.run(alerts.deny_by_link(&link_token(&server.keyring, id))).unwrap();
    assert!(answered.is_some(), "there is no device to deny, and the answer counts even so");
    assert_eq!(client.get(&format!("/v1/alerts/{id}")).value()["answer"], "denied");
    assert_eq!(devices(&client, "ana"), 1);
}

#[test]
fn the_advice_is_the_level_and_whether_an_alert_was_raised() {
    let server = Server::start();
    let client = server.client();
    let known: Vec<Value> = (0..10).map(|_| post(&client, &login("ana", CHROME))).collect();
    assert!(known.iter().all(|it| it["action"] == "allow"), "{known:?}");
    // One strong signal makes a medium level and no alert.
    let mut abroad = login("ana", CHROME);
    abroad["client"]["ip"] = json!(ABROAD);
    abroad["client"]["device_token"] = known[0]["device"]["token"].clone();
    let answer = post(&client, &abroad);
    assert_eq!((&answer["alert"], &answer["action"]), (&Value::Null, &json!("allow")), "{answer}");
    assert_eq!(answer["risk"]["level"], "medium", "{answer}");
    let answer = post(&client, &login("ana", FIREFOX));
    assert_eq!((&answer["device"]["status"], &answer["action"]), (&json!("new"), &json!("notify")), "{answer}");
    let device = answer["device"]["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/v1/users/ana/devices/{device}/deny"), "").status, 200);
    let answer = post(&client, &login("ana", FIREFOX));
    assert_eq!((&answer["risk"]["level"], &answer["action"]), (&json!("high"), &json!("challenge")), "{answer}");
}
