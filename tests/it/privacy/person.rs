//! How a person is written to is learned, and corrected.

use serde_json::{Value, json};
use watchlight::domain::{privacy::processing::Mode, tenant::api_key::Scope, time::HOUR_MS};

use crate::http::server::{Answer, CHROME, Client, Server, login};

pub fn send(client: &Client, method: &str, path: &str, body: &Value) -> Answer {
    client.with("Content-Type", "application/json").send(method, path, body.to_string().as_bytes())
}

fn patch(client: &Client, user: &str, body: &Value) -> Answer {
    send(client, "PATCH", &format!("/v1/users/{user}"), body)
}

#[test]
fn what_the_latest_login_told_is_corrected_until_a_later_login_tells_otherwise() {
    let server = Server::start();
    let client = server.client();
    let mut told = login("ana", CHROME);
    told["user"]["locale"] = json!("fi");
    told["user"]["time_zone"] = json!("Europe/Helsinki");
    assert_eq!(client.login(&told).status, 201);

    let corrected = patch(&client, "ana", &json!({"email": "ana@new.example", "time_zone": null}));
    let now = "2026-11-22T10:00:00.000Z";
    let expected = json!({"email": "ana@new.example", "locale": "fi", "time_zone": null, "told_at": now});
    assert_eq!((corrected.status, corrected.value()), (200, expected.clone()));
    assert_eq!(patch(&client, "ana", &json!({})).value(), expected, "nothing is named, and nothing changes");

    told["occurred_at"] = json!("2026-11-22T09:00:00.000Z");
    assert_eq!(client.login(&told).status, 201);
    assert_eq!(patch(&client, "ana", &json!({})).value(), expected, "a late event undoes no correction");

    server.clock.set(server.clock_now().plus_ms(HOUR_MS));
    assert_eq!(client.login(&login("ana", CHROME)).status, 201);
    assert_eq!(patch(&client, "ana", &json!({})).value()["email"], "ana@example.com");
}

#[test]
fn a_correction_is_checked_as_a_login_is() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    for (body, field) in [
        (json!({"email": "ana"}), "email"),
        (json!({"email": "a@example.com\r\nBcc: b@example.com"}), "email"),
        (json!({"locale": "f i"}), "locale"),
        (json!({"time_zone": "Europe/Helsinki; DROP"}), "time_zone"),
    ] {
        let answer = patch(&client, "ana", &body);
        answer.problem(422, "invalid_field");
        assert_eq!(answer.value()["field"], field);
    }
    patch(&client, "ana", &json!({"emial": "x"})).problem(400, "unexpected_field");
    patch(&client, "ana", &json!({"email": 7})).problem(400, "unexpected_field");
    assert_eq!(patch(&client, "ana", &json!({})).value()["email"], "ana@example.com", "nothing was changed");
}

#[test]
fn nobody_is_corrected_who_is_not_known_to_the_tenant() {
    let server = Server::start();
    server.client().login(&login("ana", CHROME));
    let other = server.client_of("other", &Scope::ALL);
    let detail = patch(&server.client(), "ben", &json!({"locale": "fi"})).problem(404, "not_found");
    assert_eq!(patch(&other, "ana", &json!({"locale": "fi"})).problem(404, "not_found"), detail);
}

#[test]
fn a_mode_may_be_asked_for_before_the_first_login_and_again() {
    let server = Server::start();
    let client = server.client();
    let path = "/v1/users/ana/processing";
    let nothing = json!({"mode": "full", "reason": null, "since": null});
    assert_eq!(client.get(path).value(), nothing);
    assert_eq!(send(&client, "PUT", path, &json!({"mode": "full"})).value(), nothing);

    let asked = json!({"mode": "restricted", "reason": "case 7"});
    let restricted = send(&client, "PUT", path, &asked);
    let since = "2026-11-22T10:00:00.000Z";
    assert_eq!((restricted.status, &restricted.value()["since"]), (200, &json!(since)));
    server.clock.set(server.clock_now().plus_ms(HOUR_MS));
    assert_eq!(send(&client, "PUT", path, &asked).value(), restricted.value(), "the same again begins nothing anew");
    assert_eq!(client.get(path).value(), restricted.value());
    assert_eq!(client.login(&login("ana", CHROME)).value()["restricted"], true, "at the first login");
    assert_eq!(server.client_of("other", &Scope::ALL).get(path).value(), nothing, "another tenant's of that name");
}

#[test]
fn a_mode_that_is_none_is_refused_by_name() {
    let server = Server::start();
    let client = server.client();
    let put = |body: Value| send(&client, "PUT", "/v1/users/ana/processing", &body);
    for (body, field) in [
        (json!({"mode": "none"}), "mode"),
        (json!({}), "mode"),
        (json!({"mode": "minimal", "reason": "two\nlines"}), "reason"),
        (json!({"mode": "minimal", "reason": "x".repeat(513)}), "reason"),
    ] {
        let answer = put(body);
        answer.problem(422, "invalid_field");
        assert_eq!(answer.value()["field"], field);
    }
    put(json!({"mode": "full", "until": "x"})).problem(400, "unexpected_field");
    assert_eq!(client.get("/v1/users/ana/processing").value()["mode"], Mode::Full.as_str());
}
