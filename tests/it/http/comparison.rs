//! `GET /v1/logins/{id}/compare/{other}`: whether one browser can have made two logins.

use serde_json::{Value, json};
use watchlight::domain::{tenant::api_key::Scope, time::DAY_MS};

use crate::http::server::{CHROME, Client, FIREFOX, Server, login};

/// A login of a user with a script's measurements, and some of them otherwise.
fn sign_in(server: &Server, client: &Client, user: &str, browser: &str, otherwise: &Value) -> String {
    server.clock.advance_ms(DAY_MS);
    let mut event = login(user, browser);
    let mut components = json!({
        "timezone": "Europe/Helsinki", "languages": [["fi-FI"]], "screenResolution": [1920, 1080],
        "hardwareConcurrency": 8, "deviceMemory": 8, "platform": "Win32", "colorDepth": 24,
        "webGlBasics": {"vendorUnmasked": "Google Inc. (Intel)", "rendererUnmasked": "ANGLE (Intel, UHD 620, D3D11)"},
        "fonts": ["Arial", "Calibri", "Segoe UI"], "audio": 124.04, "canvas": {"geometry": "a1", "text": "b2"}
    });
    for (name, value) in otherwise.as_object().unwrap() {
        components[name] = value.clone();
    }
    let components: serde_json::Map<String, Value> =
        components.as_object().unwrap().iter().map(|(name, it)| (name.clone(), json!({"value": it}))).collect();
    event["client"]["fingerprint"] = json!({"version": "5.2.0", "components": components});
    event["client"]["headers"] = json!({"accept-language": "fi-FI,fi;q=0.9"});
    let answer = client.login(&event);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value()["id"].as_str().unwrap().to_owned()
}

fn compare(client: &Client, one: &str, other: &str) -> Value {
    let answer = client.get(&format!("/v1/logins/{one}/compare/{other}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()
}

fn attribute<'a>(compared: &'a Value, name: &str) -> &'a Value {
    compared["attributes"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()
}

/// Result, and from what to what.
fn change(compared: &Value, name: &str) -> (String, Value, Value) {
    let it = attribute(compared, name);
    (it["result"].as_str().unwrap().to_owned(), it["from"]["value"].clone(), it["to"]["value"].clone())
}

#[test]
fn what_changed_is_named_from_what_to_what() {
    let server = Server::start();
    let client = server.client();
    let home = sign_in(&server, &client, "ana", CHROME, &json!({}));
    let docked = json!({"screenResolution": [2560, 1440], "timezone": "Asia/Tokyo", "audio": {"error": "timeout"}});
    let updated = CHROME.replace("142", "143");
    let away = sign_in(&server, &client, "ana", &updated, &docked);
    let compared = compare(&client, &away, &home);
    assert_eq!(
        (&compared["earlier"]["id"], &compared["later"]["id"]),
        (&json!(home), &json!(away)),
        "in order of time"
    );
    let changed = |result: &str, from: &str, to: &str| (result.to_owned(), json!(from), json!(to));
    assert_eq!(change(&compared, "screen_resolution"), changed("changed", "1920×1080", "2560×1440"));
    assert_eq!(change(&compared, "time_zone"), changed("changed", "Europe/Helsinki", "Asia/Tokyo"));
    assert_eq!(change(&compared, "browser_version"), changed("similar", "Chrome 142", "Chrome 143"));
    assert_eq!(change(&compared, "languages"), changed("agreed", "fi-FI", "fi-FI"));
    assert_eq!(change(&compared, "gpu_vendor"), changed("agreed", "Intel", "Intel"));
    assert_eq!(change(&compared, "device_memory"), changed("agreed", "8 GB", "8 GB"));
    assert_eq!(attribute(&compared, "audio")["result"], "absent");
    assert_eq!(attribute(&compared, "time_zone")["from"]["probable"], true);
    let bits = |it: &Value| it["bits"].as_f64().unwrap();
    assert!(bits(attribute(&compared, "screen_resolution")) < 0.0 && bits(attribute(&compared, "gpu_renderer")) > 0.0);
    let verdict = &compared["verdict"];
    assert!(bits(verdict) > 0.0 && verdict["score"].as_f64().unwrap() > 0.5, "{verdict}");
    assert_eq!(compared, compare(&client, &home, &away), "whichever is named first");
}

#[test]
fn two_browsers_are_told_apart_and_one_browser_of_two_users_is_found() {
    let server = Server::start();
    let client = server.client();
    let ana = sign_in(&server, &client, "ana", CHROME, &json!({}));
    let other = sign_in(&server, &client, "ana", FIREFOX, &json!({"platform": "Linux x86_64"}));
    let bob = sign_in(&server, &client, "bob", CHROME, &json!({}));
    let apart = compare(&client, &ana, &other);
    assert_eq!((&apart["verdict"]["gate"], &apart["same_device"]), (&json!("other_operating_system"), &json!(false)));
    assert!(apart["sentences"][1].as_str().unwrap().starts_with("They are two browsers"), "{apart}");
    let same = compare(&client, &ana, &bob);
    assert_eq!((&same["same_fingerprint"], &same["earlier"]["user_id"]), (&json!(true), &json!("ana")));
    assert!(same["verdict"]["score"].as_f64().unwrap() > 0.99, "{same}");
    assert!(same["sentences"][0].as_str().unwrap().starts_with("The logins are of two users, 2 days apart"), "{same}");
    for user in ["ana", "bob"] {
        let reads = client.get(&format!("/v1/users/{user}/reads")).value();
        assert_eq!(reads["data"][0]["action"], "person.read", "{user}: {reads}");
    }
}

#[test]
fn both_logins_must_be_there_and_readable() {
    let server = Server::start();
    let client = server.client();
    let ana = sign_in(&server, &client, "ana", CHROME, &json!({}));
    let bob = sign_in(&server, &client, "bob", CHROME, &json!({}));
    let elsewhere = server.client_of("other", &Scope::ALL);
    let theirs = sign_in(&server, &elsewhere, "cem", CHROME, &json!({}));
    let get = |client: &Client, one: &str, other: &str| client.get(&format!("/v1/logins/{one}/compare/{other}"));
    get(&client, &ana, &theirs).problem(404, "not_found");
    get(&client, &theirs, &ana).problem(404, "not_found");
    get(&client, &ana, "lgn_00000000000000000000000000").problem(404, "not_found");
    get(&client, &ana, "x").problem(404, "not_found");
    get(&server.client_of("acme", &[Scope::LoginsWrite]), &ana, &bob).problem(403, "insufficient_scope");
    let put = client.with("Content-Type", "application/json");
    assert_eq!(put.send("PUT", "/v1/users/bob/processing", br#"{"mode": "restricted"}"#).status, 200);
    get(&client, &ana, &bob).problem(423, "restricted");
    get(&client, &bob, &ana).problem(423, "restricted");
}
