//! `like:lgn_…` and `GET /v1/logins/{id}/like`: whose logins come from a browser like that of a login.

use serde_json::{Value, json};
use watchlight::domain::tenant::api_key::Scope;

use super::server::{CHROME, Client, Server, login};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";

/// A login from the machine with this number, as a script measures one.
fn from_machine(user: &str, number: u32, user_agent: &str) -> Value {
    let fonts: Vec<String> = (0..40).map(|it| format!("Font {}", it * (number + 1))).collect();
    let mut login = login(user, user_agent);
    login["client"]["headers"] = json!({"accept-language": "de-DE,de;q=0.9"});
    login["client"]["fingerprint"] = json!({"version": "5.2.0", "components": {
        "platform": {"value": "Win32"},
        "fonts": {"value": fonts},
        "audio": {"value": 124.0 + f64::from(number)},
        "canvas": {"value": {"winding": true, "geometry": format!("geometry {number}"), "text": format!("text {number}")}},
        "screenResolution": {"value": [1920 + number, 1080]},
        "hardwareConcurrency": {"value": 4 + number % 8},
        "deviceMemory": {"value": 8},
        "timezone": {"value": "Europe/Berlin"},
        "languages": {"value": [["de-DE"]]},
        "webGlBasics": {"value": {"vendorUnmasked": "Google Inc. (NVIDIA)", "rendererUnmasked": format!("ANGLE (NVIDIA, NVIDIA GeForce {number}, D3D11)")}},
        "math": {"value": {"acos": 1.4}}
    }});
    login
}

fn like(client: &Client, login: &Value) -> Value {
    let answer = client.get(&format!("/v1/logins/{}/like", login["id"].as_str().unwrap()));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.value()
}

fn found(client: &Client, login: &Value, more: &str) -> Vec<String> {
    let q = format!("like%3A{}{more}", login["id"].as_str().unwrap());
    let page = client.get(&format!("/v1/logins?q={q}")).value();
    let mut users: Vec<String> =
        page["data"].as_array().unwrap().iter().map(|it| it["user_id"].as_str().unwrap().to_owned()).collect();
    users.sort();
    users
}

#[test]
fn an_attackers_browser_is_found_in_other_accounts_also_when_it_has_changed() {
    let server = Server::start();
    let client = server.client();
    for (number, user) in ["ana", "ben", "cem", "dan"].into_iter().enumerate() {
        client.login(&from_machine(user, u32::try_from(number).unwrap(), CHROME));
    }
    let attack = client.login(&from_machine("ana", 70, CHROME)).value();
    server.clock.advance_ms(60_000);
    let mut failed = from_machine("ben", 70, CHROME);
    failed["outcome"] = json!("failure");
    client.login(&failed);
    // Ten days later it has another version, another screen and another drawing of its text.
    server.clock.advance_ms(10 * 86_400_000);
    let mut drifted = from_machine("cem", 70, &CHROME.replace("Chrome/142", "Chrome/143"));
    drifted["client"]["fingerprint"]["components"]["screenResolution"]["value"] = json!([2560, 1440]);
    drifted["client"]["fingerprint"]["components"]["canvas"]["value"]["text"] = json!("drawn otherwise");
    client.login(&drifted);

    let told = like(&client, &attack);
    let users: Vec<&str> = told["data"].as_array().unwrap().iter().map(|it| it["user_id"].as_str().unwrap()).collect();
    assert_eq!((users, &told["told_apart"], &told["note"]), (vec!["ben", "cem"], &json!(true), &Value::Null), "{told}");
    let bits: Vec<f64> = told["data"].as_array().unwrap().iter().map(|it| it["bits"].as_f64().unwrap()).collect();
    assert!(bits[0] > bits[1] && bits[1] >= 9.0 && told["most_bits"].as_f64().unwrap() >= bits[1], "{told}");
    assert_eq!((&told["data"][0]["logins"], &told["data"][0]["fingerprint"]), (&json!(1), &attack["fingerprint"]));
    assert_eq!(found(&client, &attack, ""), ["ana", "ben", "cem"]);
    assert_eq!(found(&client, &attack, "%20outcome%3Afailure"), ["ben"]);
    assert_eq!(found(&client, &attack, "%20user%3Acem"), ["cem"]);
    let q = format!("-like%3A{}", attack["id"].as_str().unwrap());
    assert_eq!(client.get(&format!("/v1/logins?q={q}")).value()["data"].as_array().unwrap().len(), 4);
}

#[test]
fn nobody_is_listed_where_nobody_can_be_told_apart() {
    let server = Server::start();
    let client = server.client();
    let phones: Vec<Value> =
        ["ana", "ben"].map(|user| client.login(&from_machine(user, 3, IPHONE)).value()).into_iter().collect();
    let headers: Vec<Value> =
        ["ana", "ben"].map(|user| client.login(&login(user, CHROME)).value()).into_iter().collect();
    for login in phones.iter().chain(&headers) {
        let told = like(&client, login);
        assert_eq!((&told["data"], &told["told_apart"], &told["most_bits"]), (&json!([]), &json!(false), &Value::Null));
        assert!(told["note"].as_str().unwrap().len() > 40, "{told}");
        assert_eq!(found(&client, login, ""), Vec::<String>::new());
    }
}

#[test]
fn whom_a_likeness_names_is_told_in_the_audit_and_restricted_persons_are_left_out() {
    let server = Server::start();
    let client = server.client();
    let attack = client.login(&from_machine("ana", 70, CHROME)).value();
    for user in ["ben", "cem"] {
        client.login(&from_machine(user, 70, CHROME));
    }
    let mode = server.client().with("Content-Type", "application/json");
    assert_eq!(mode.send("PUT", "/v1/users/cem/processing", br#"{"mode": "restricted"}"#).status, 200);
    let told = like(&client, &attack);
    assert_eq!(told["data"].as_array().unwrap().len(), 1, "{told}");
    for (user, expected) in [("ana", 1), ("ben", 1), ("cem", 0)] {
        let reads = client.get(&format!("/v1/users/{user}/reads")).value();
        let reads = reads["data"].as_array().unwrap();
        let of_read = reads.iter().filter(|it| it["action"] == "person.read").count();
        assert_eq!(of_read, expected, "{user}: {reads:?}");
    }
    let other = server.client_of("other", &Scope::ALL);
    other.get(&format!("/v1/logins/{}/like", attack["id"].as_str().unwrap())).problem(404, "not_found");
    assert_eq!(found(&other, &attack, ""), Vec::<String>::new());
}
