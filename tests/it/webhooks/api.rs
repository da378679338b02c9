//! `/v1/webhooks`, as callers use it.

use serde_json::{Value, json};
use watchlight::domain::{tenant::api_key::Scope, time::DAY_MS};

use crate::{
    http::server::{Client, Options, Server},
    support::hooks::{HookServer, Reply},
};

fn json(client: &Client) -> Client {
    client.with("Content-Type", "application/json")
}

/// A webhook that was just made.
fn made(client: &Client, body: &Value) -> Value {
    let answer = json(client).post("/v1/webhooks", body.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    let webhook = answer.value();
    assert_eq!(answer.header("location").unwrap(), format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap()));
    webhook
}

fn place(webhook: &Value) -> String {
    format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap())
}

#[test]
fn a_webhook_is_made_changed_and_removed_and_its_secret_shown_once() {
    let server = Server::start();
    let client = server.client();
    let webhook = made(&client, &json!({"url": "https://acme.example/hooks"}));
    assert!(webhook["secret"].as_str().unwrap().starts_with("whsec_"));
    let mut expected = webhook.clone();
    expected.as_object_mut().unwrap().remove("secret");
    let all = [
        "login.new_device",
        "login.suspicious",
        "login.repudiated",
        "login.judged",
        "search.matched",
        "alert.failed",
        "request.due",
    ];
    assert_eq!(expected["events"], json!(all));
    assert_eq!((&expected["enabled"], &expected["description"]), (&json!(true), &json!("")));
    assert_eq!(expected["previous_secret_expires_at"], Value::Null);
    let place = place(&webhook);
    assert_eq!(client.get(&place).value(), expected);
    assert_eq!(client.get("/v1/webhooks").value(), json!({"data": [expected]}));

    let change =
        json!({"events": ["alert.failed", "login.new_device", "alert.failed"], "enabled": false, "description": null});
    let changed = json(&client).send("PATCH", &place, change.to_string().as_bytes());
    (expected["events"], expected["enabled"]) = (json!(["login.new_device", "alert.failed"]), json!(false));
    assert_eq!((changed.status, changed.value()), (200, expected.clone()));
    assert_eq!(client.get(&place).value(), expected);

    assert_eq!(client.send("DELETE", &place, b"").status, 204);
    client.send("DELETE", &place, b"").problem(404, "not_found");
    client.get(&place).problem(404, "not_found");
    assert_eq!(client.get("/v1/webhooks").value(), json!({"data": []}));
}

#[test]
fn what_is_not_sound_is_refused_and_named() {
    let server = Server::with(Options { public_webhooks: true, ..Options::default() });
    let client = json(&server.client());
    let sound = "https://acme.example/hooks";
    for (body, status, slug, field) in [
        (json!({}), 422, "invalid_field", "url"),
        (json!({"url": ""}), 422, "invalid_field", "url"),
        (json!({"url": "http://acme.example"}), 422, "invalid_field", "url"),
        (json!({"url": "https://127.0.0.1/"}), 422, "invalid_field", "url"),
        (json!({"url": "https://[::ffff:10.0.0.1]/"}), 422, "invalid_field", "url"),
        (json!({"url": "https://user:pass@acme.example"}), 422, "invalid_field", "url"),
        (json!({"url": "https://acme.example/#x"}), 422, "invalid_field", "url"),
        (json!({"url": "https://acme.example/\r\nHost: x"}), 422, "invalid_field", "url"),
        (json!({"url": format!("https://acme.example/{}", "x".repeat(2_048))}), 422, "invalid_field", "url"),
        (json!({"url": sound, "events": []}), 422, "invalid_field", "events"),
        (json!({"url": sound, "events": ["login.new"]}), 422, "invalid_field", "events"),
        (json!({"url": sound, "events": ["webhook.test"]}), 422, "invalid_field", "events"),
        (json!({"url": sound, "description": "x".repeat(201)}), 422, "invalid_field", "description"),
        (json!({"url": sound, "description": "a\nb"}), 422, "invalid_field", "description"),
        (json!({"url": sound, "events": "login.new_device"}), 400, "unexpected_field", "events"),
        (json!({"url": 7}), 400, "unexpected_field", "url"),
        (json!({"url": null}), 400, "unexpected_field", "url"),
        (json!({"url": "https://acme.example:8443/"}), 422, "invalid_field", "url"),
        (json!({"url": "https://acme.example:22/"}), 422, "invalid_field", "url"),
        (json!({"url": "https://192.88.99.1/"}), 422, "invalid_field", "url"),
        (json!({"url": sound, "enabled": "yes"}), 400, "unexpected_field", "enabled"),
        (json!({"url": sound, "secret": "whsec_mine"}), 400, "unexpected_field", "secret"),
    ] {
        let answer = client.post("/v1/webhooks", body.to_string());
        answer.problem(status, slug);
        assert_eq!(answer.value()["field"], field, "{body}");
    }
    client.post("/v1/webhooks", "no json").problem(400, "malformed_json");
    client.post("/v1/webhooks?x=1", "{}").problem(400, "invalid_parameter");
    server.client().post("/v1/webhooks", "{}").problem(415, "unsupported_media_type");
    let webhook = made(&server.client(), &json!({"url": sound}));
    let refused = client.send("PATCH", &place(&webhook), br#"{"url":"https://10.0.0.1"}"#);
    refused.problem(422, "invalid_field");
    let refused = client.send("PATCH", &place(&webhook), br#"{"url":null,"enabled":false}"#);
    assert!(refused.problem(400, "unexpected_field").starts_with("url must be"), "{refused:?}");
    assert_eq!(client.get(&place(&webhook)).value()["url"], sound);
    for path in ["/v1/webhooks/whk_00000000000000000000000000", "/v1/webhooks/nonsense", "/v1/webhooks/%2e%2e"] {
        client.get(path).problem(404, "not_found");
    }
    client.send("PUT", &place(&webhook), b"{}").problem(405, "method_not_allowed");
}

#[test]
fn a_tenant_has_sixteen_at_most() {
    let server = Server::start();
    let client = server.client();
    for it in 0..16 {
        made(&client, &json!({"url": format!("https://acme.example/{it}")}));
    }
    let refused = json(&client).post("/v1/webhooks", r#"{"url":"https://acme.example/16"}"#);
    assert!(refused.problem(409, "webhook_limit_reached").contains("16"));
    made(&server.client_of("other", &Scope::ALL), &json!({"url": "https://other.example"}));
}

#[test]
fn another_tenants_webhook_is_as_unknown_as_what_never_was() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let webhook = made(&server.client(), &json!({"url": hooks.url()}));
    let (other, place) = (json(&server.client_of("other", &Scope::ALL)), place(&webhook));
    assert_eq!(other.get("/v1/webhooks").value(), json!({"data": []}));
    for (method, path, body) in [
        ("GET", place.clone(), ""),
        ("PATCH", place.clone(), "{}"),
        ("DELETE", place.clone(), ""),
        ("POST", format!("{place}/rotate"), ""),
        ("POST", format!("{place}/test"), ""),
        ("GET", format!("{place}/attempts"), ""),
    ] {
        let mut theirs = other.send(method, &path, body.as_bytes()).value();
        let mut never = other.get("/v1/webhooks/whk_00000000000000000000000000").value();
        (theirs["request_id"], never["request_id"]) = (Value::Null, Value::Null);
        assert_eq!(theirs, never, "{method} {path}");
    }
    assert_eq!(hooks.connections(), 0);
    assert_eq!(server.client().get(&place).status, 200);
}

#[test]
fn reading_and_writing_are_two_scopes() {
    let server = Server::start();
    let webhook = place(&made(&server.client(), &json!({"url": "https://acme.example"})));
    let reader = server.client_of("acme", &[Scope::WebhooksRead]);
    let writer = server.client_of("acme", &[Scope::WebhooksWrite]);
    for (method, path) in [
        ("POST", "/v1/webhooks".to_owned()),
        ("PATCH", webhook.clone()),
        ("DELETE", webhook.clone()),
        ("POST", format!("{webhook}/rotate")),
        ("POST", format!("{webhook}/test")),
    ] {
        assert!(reader.send(method, &path, b"").problem(403, "insufficient_scope").contains("webhooks:write"));
    }
    for path in ["/v1/webhooks".to_owned(), webhook.clone(), format!("{webhook}/attempts")] {
        assert_eq!(reader.get(&path).status, 200, "{path}");
        assert!(writer.get(&path).problem(403, "insufficient_scope").contains("webhooks:read"));
    }
    assert_eq!(writer.post(&format!("{webhook}/rotate"), "").status, 200);
    server.client_of("acme", &[Scope::LoginsRead]).get("/v1/webhooks").problem(403, "insufficient_scope");
}

#[test]
fn a_test_message_tells_what_came_of_it() {
    let hooks = HookServer::start(&[Reply::Status(200), Reply::Status(500), Reply::HangUp]);
    let server = Server::start();
    let client = server.client();
    let webhook = made(&client, &json!({"url": hooks.url(), "enabled": false}));
    let place = place(&webhook);
    let attempts = [(); 3].map(|()| client.post(&format!("{place}/test"), "").value());
    let came = attempts.each_ref().map(|it| (it["status"].clone(), it["error"].clone(), it["type"].clone()));
    let test = json!("webhook.test");
    assert_eq!(came[0], (json!(200), Value::Null, test.clone()));
    assert_eq!(came[1], (json!(500), json!("answered 500"), test.clone()));
    assert_eq!(came[2], (Value::Null, json!("the connection broke"), test));
    let listed = client.get(&format!("{place}/attempts")).value();
    assert_eq!(listed, json!({"data": [attempts[2], attempts[1], attempts[0]]}));
    let message = hooks.received().remove(0);
    assert!(message.is_signed_with(webhook["secret"].as_str().unwrap()));
    assert_eq!(message.id(), attempts[0]["event_id"]);
    let expected = json!({"type": "webhook.test", "timestamp": "2026-11-22T10:00:00.000Z", "data": {}});
    assert_eq!(message.value(), expected);
}

#[test]
fn a_rotated_secret_signs_beside_the_new_one_for_a_day() {
    let hooks = HookServer::start(&[Reply::Status(200)]);
    let server = Server::start();
    let client = server.client();
    let webhook = made(&client, &json!({"url": hooks.url()}));
    let place = place(&webhook);
    let rotated = client.post(&format!("{place}/rotate"), "").value();
    let (old, new) = (webhook["secret"].as_str().unwrap(), rotated["secret"].as_str().unwrap());
    assert_ne!(old, new);
    assert_eq!(rotated["previous_secret_expires_at"], "2026-11-23T10:00:00.000Z");
    let signed = |number: usize| {
        client.post(&format!("{place}/test"), "");
        let message = hooks.received().remove(number);
        [old, new].map(|it| message.is_signed_with(it))
    };
    assert_eq!(signed(0), [true, true]);
    server.clock.advance_ms(DAY_MS);
    assert_eq!(signed(1), [false, true]);
}
