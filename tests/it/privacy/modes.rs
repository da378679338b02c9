//! How much of a person's logins is used: all, little, or nothing but that they happened.

use serde_json::{Value, json};
use watchlight::domain::{browser::attributes::Attribute, time::MINUTE_MS};

use super::person::send;
use crate::http::{
    browsers::browser,
    server::{CHROME, Client, FIREFOX, Server, login},
};

fn put(client: &Client, user: &str, mode: &str) {
    let answer = send(client, "PUT", &format!("/v1/users/{user}/processing"), &json!({"mode": mode}));
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn later(server: &Server) {
    server.clock.set(server.clock_now().plus_ms(MINUTE_MS));
}

/// A login with what a script measured.
fn scripted(user: &str) -> Value {
    let mut login = login(user, CHROME);
    login["client"]["fingerprint"] = json!({"platform": "Win32", "hardwareConcurrency": 8, "canvas": "0123456789"});
    login
}

#[test]
fn a_restricted_persons_login_is_answered_and_nothing_comes_of_it() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    put(&client, "ana", "restricted");
    later(&server);
    let answer = client.login(&login("ana", FIREFOX));
    let said = answer.value();
    assert_eq!((answer.status, &said["restricted"]), (201, &json!(true)));
    assert_eq!((&said["device"]["status"], &said["action"]), (&json!("unknown"), &json!("allow")));
    assert_eq!((&said["risk"]["signals"], &said["alert"], &said["location"]), (&json!([]), &Value::Null, &Value::Null));
    assert_eq!(said["device"]["token"], Value::Null);
    assert_eq!(server.post_what_is_due(), 0, "no event waits");

    put(&client, "ana", "full");
    let kept = client.get(&format!("/v1/logins/{}", said["id"].as_str().unwrap())).value();
    assert_eq!((&kept["restricted"], &kept["ip"], &kept["method"]), (&json!(true), &json!("0.0.0.0"), &Value::Null));
    assert_eq!(client.get("/v1/users/ana/devices").value()["data"].as_array().unwrap().len(), 1, "nothing was learned");
    later(&server);
    let now = client.login(&login("ana", FIREFOX)).value();
    assert_eq!((&now["device"]["status"], &now["restricted"]), (&json!("new"), &json!(false)));
}

#[test]
fn a_restricted_person_cannot_be_read_and_is_in_no_list() {
    let server = Server::start();
    let client = server.client();
    for user in ["ana", "ben"] {
        client.login(&login(user, CHROME));
        later(&server);
        client.login(&login(user, FIREFOX));
    }
    let of_ana = |path: &str| client.get(&format!("{path}?user=ana")).value()["data"][0]["id"].clone();
    let (login_id, alert) = (of_ana("/v1/logins"), of_ana("/v1/alerts"));
    let device = client.get("/v1/users/ana/devices").value()["data"][0]["id"].clone();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    put(&client, "ana", "restricted");
    for path in [
        "/v1/users/ana/devices".to_owned(),
        "/v1/users/ana/alerts".to_owned(),
        "/v1/logins?user=ana".to_owned(),
        "/v1/alerts?user=ana".to_owned(),
        format!("/v1/logins/{}", text(&login_id)),
        format!("/v1/alerts/{}", text(&alert)),
        format!("/v1/logins/{}/notes", text(&login_id)),
    ] {
        client.get(&path).problem(423, "restricted");
        let whole = client.with("Accept", "application/x-ndjson").get(&path);
        assert_eq!(whole.status, 423, "{path}");
    }
    for path in [
        format!("/v1/users/ana/devices/{}/confirm", text(&device)),
        format!("/v1/users/ana/devices/{}/deny", text(&device)),
        format!("/v1/alerts/{}/resend", text(&alert)),
    ] {
        client.post(&path, "").problem(423, "restricted");
    }
    let users = |path: &str| {
        let data = client.get(path).value()["data"].as_array().unwrap().clone();
        data.iter().map(|it| text(&it["user_id"])).collect::<Vec<_>>()
    };
    assert_eq!((users("/v1/logins"), users("/v1/alerts")), (vec!["ben".to_owned(); 2], vec!["ben".to_owned()]));
    for format in ["application/x-ndjson", "text/csv"] {
        let whole = client.with("Accept", format).get("/v1/logins").body;
        assert!(whole.contains("ben") && !whole.contains("ana"), "{whole}");
    }
    put(&client, "ana", "full");
    assert_eq!((users("/v1/logins").len(), users("/v1/alerts").len()), (4, 2));
    assert_eq!(client.get("/v1/users/ana/devices").status, 200);
}

#[test]
fn of_a_minimal_login_what_a_script_measured_is_neither_used_nor_kept() {
    let server = Server::start();
    let client = server.client();
    put(&client, "ana", "minimal");
    let with_script = client.login(&scripted("ana")).value();
    later(&server);
    let without = client.login(&login("ana", CHROME)).value();
    assert_eq!(with_script["fingerprint"], without["fingerprint"]);
    assert_eq!(
        (&without["device"]["status"], &without["device"]["matched_by"]),
        (&json!("recognized"), &json!("exact"))
    );
    let full = client.login(&scripted("ben")).value();
    assert_ne!(full["fingerprint"], with_script["fingerprint"], "what a script measured counts otherwise");
    assert_eq!((&with_script["restricted"], &with_script["location"]["country"]), (&json!(false), &json!("SE")));
}

#[test]
fn of_a_browser_no_more_is_kept_than_may_be() {
    let server = Server::start();
    let client = server.client();
    for (user, mode) in [("ana", "minimal"), ("ben", "restricted")] {
        put(&client, user, mode);
    }
    let minimal = client.login(&scripted("ana")).value();
    let kept = browser(&server, "ana", &minimal).unwrap().traits;
    assert_eq!((kept.scripted, kept.attributes.get(Attribute::HardwareConcurrency)), (false, 0));
    assert_eq!(client.login(&scripted("ben")).status, 201);
    put(&client, "ben", "full");
    let whole = client.login(&scripted("cem")).value();
    assert!(browser(&server, "cem", &whole).is_some());
    assert_eq!(browser(&server, "ben", &whole), None, "nothing came of it");
}
