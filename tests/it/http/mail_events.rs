//! `/v1/mail/events`: reports are taken from whoever has the secret.

use serde_json::{Value, json};
use watchlight::{domain::time::MINUTE_MS, service::outbound::signing::signature};

use crate::http::server::{Answer, CHROME, FIREFOX, MAIL_EVENTS_SECRET, Server, login};

/// Posts events, signed as a mail service would, so many milliseconds ago.
fn post(server: &Server, events: &Value, ago_ms: i64) -> Answer {
    let body = json!({ "events": events }).to_string();
    let at = server.clock_now().plus_ms(-ago_ms);
    let seconds = at.unix_ms() / 1_000;
    let signed = signature(MAIL_EVENTS_SECRET, "msg_1", at, body.as_bytes());
    let client = server.stranger().with("Content-Type", "application/json").with("webhook-id", "msg_1");
    let client = client.with("webhook-timestamp", &seconds.to_string());
    client.with("webhook-signature", &format!("v1,other {signed}")).post("/v1/mail/events", body)
}

fn counts(answer: &Answer) -> [u64; 3] {
    ["suppressed", "known", "ignored"].map(|it| answer.value()[it].as_u64().unwrap())
}

#[test]
fn an_address_that_a_mail_service_reports_gets_no_more_mail() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    let alert = client.login(&login("ana", FIREFOX)).value()["alert"]["id"].clone();
    let events = json!([
        {"type": "bounce", "recipient": "ana@example.com", "alert": alert, "status": "5.1.1"},
        {"type": "complaint", "recipient": "ben@example.com", "tenant": "acme"},
        {"type": "bounce", "recipient": "full@example.com", "tenant": "acme", "status": "5.2.2"},
        {"type": "bounce", "recipient": "x@example.com", "token": "forged", "status": "5.1.1"},
    ]);
    assert_eq!(counts(&post(&server, &events, 0)), [2, 0, 2]);
    assert_eq!(counts(&post(&server, &events, 4 * MINUTE_MS)), [0, 2, 2], "the same again");
    let suppressed = client.get("/v1/suppressions").value();
    assert_eq!(suppressed, json!({"refused": 0, "bounced": 1, "complained": 1}));
}

#[test]
fn who_has_not_the_secret_is_refused() {
    let server = Server::start();
    let events = json!([{"type": "complaint", "recipient": "ana@example.com", "tenant": "acme"}]);
    let stranger = server.stranger().with("Content-Type", "application/json");
    let body = json!({ "events": events }).to_string();
    stranger.post("/v1/mail/events", &body).problem(401, "bad_signature");
    server
        .client()
        .with("Content-Type", "application/json")
        .post("/v1/mail/events", &body)
        .problem(401, "bad_signature");
    let seconds = (server.clock_now().unix_ms() / 1_000).to_string();
    let signed = signature(MAIL_EVENTS_SECRET, "msg_1", server.clock_now(), body.as_bytes());
    let named =
        |id| stranger.with("webhook-id", id).with("webhook-timestamp", &seconds).with("webhook-signature", &signed);
    named("msg_2").post("/v1/mail/events", &body).problem(401, "bad_signature");
    named("msg_1").post("/v1/mail/events", body.replace("ana", "ben")).problem(401, "bad_signature");
    post(&server, &events, 6 * MINUTE_MS).problem(401, "bad_signature");
    post(&server, &events, -6 * MINUTE_MS).problem(401, "bad_signature");
    assert_eq!(server.client().get("/v1/suppressions").value()["complained"], 0);
}

#[test]
fn what_is_not_sound_is_named_and_nothing_is_taken() {
    let server = Server::start();
    let sound = json!({"type": "complaint", "recipient": "ana@example.com", "tenant": "acme"});
    for (event, member) in [
        (json!({"type": "complaint", "recipient": "ana", "tenant": "acme"}), "recipient"),
        (json!({"type": "delivery", "recipient": "ana@example.com", "tenant": "acme"}), "type"),
        (json!({"type": "bounce", "recipient": "ana@example.com", "tenant": "acme", "status": "bad"}), "status"),
        (json!({"type": "bounce", "recipient": "ana@example.com"}), "token"),
        (json!({"type": "bounce", "recipient": "ana@example.com", "tenant": "acme", "token": "x"}), "token"),
        (json!({"type": "bounce", "recipient": "ana@example.com", "alert": "x"}), "alert"),
        (json!({"type": "bounce", "recipient": "ana@example.com", "tenant": "A!"}), "tenant"),
    ] {
        let refused = post(&server, &json!([sound, event]), 0).problem(422, "invalid_field");
        assert!(refused.contains(&format!("events[1].{member}")), "{refused}");
    }
    post(&server, &json!([{"type": "complaint", "to": "ana@example.com"}]), 0).problem(400, "unexpected_field");
    post(&server, &Value::Array(vec![sound; 501]), 0).problem(422, "invalid_field");
    assert_eq!(server.client().get("/v1/suppressions").value()["complained"], 0);
}
