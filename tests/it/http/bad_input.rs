//! The table “Bad input”, row by row: the exact status, and the field by name.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::server::{CHROME, Server, login};

/// A login changed at one place, given as a JSON pointer.
fn changed(pointer: &str, value: Value) -> Value {
    let mut login = login("u_1", CHROME);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    login.pointer_mut(parent).unwrap()[name] = value;
    login
}

#[test]
fn malformed_json_is_400() {
    let server = Server::start();
    let client = server.client();
    let bodies: [(&[u8], &str); 6] = [
        (b"", "EOF"),
        (b"{\"user\":", "EOF"),
        (b"{\"user\":{\"id\":\"\xff\"}}", "line 1"),
        (br#"{"user":{"id":"\ud800"}}"#, "hex escape"),
        (b"{} {}", "trailing"),
        (br#"{"client":{"fingerprint":{"a":1e999}}}"#, "number"),
    ];
    for (body, words) in bodies {
        let detail = client.json(body).problem(400, "malformed_json");
        assert!(detail.contains(words), "{detail}");
    }
}

#[test]
fn what_has_two_meanings_is_400_and_named() {
    let server = Server::start();
    let client = server.client();
    for (body, field) in [
        (r#"{"user":{"id":"a","id":"b"}}"#, "user.id"),
        (r#"{"event_id":"a","event_id":"a"}"#, "event_id"),
        (r#"{"client":{"headers":{"a":"1","a":"1"}}}"#, "client.headers.a"),
        (r#"{"client":{"fingerprint":{"canvas":{"a":1,"a":2}}}}"#, "client.fingerprint.canvas.a"),
    ] {
        let answer = client.json(body);
        let detail = answer.problem(400, "unexpected_field");
        assert_eq!((answer.value()["field"].as_str(), detail), (Some(field), format!("{field} is given twice")));
    }
}

#[test]
fn unknown_fields_and_wrong_types_are_400_and_named() {
    let server = Server::start();
    let client = server.client();
    for (body, field) in [
        (r#"{"usr":{}}"#, "usr"),
        (r#"{"user":{"id":"a","emial":"x"}}"#, "user.emial"),
        (r#"{"client":{"user":"x"}}"#, "client.user"),
        (r#"{"user":{"id":7}}"#, "user.id"),
        (r#"{"user":[]}"#, "user"),
        (r#"{"client":{"ip":{"secret":"canary"}}}"#, "client.ip"),
        (r#"{"client":{"headers":{"a":["1"]}}}"#, "client.headers.a"),
        (r#"{"client":{"fingerprint":"canary"}}"#, "client.fingerprint"),
        (r#"{"client":{"fingerprint":[]}}"#, "client.fingerprint"),
        ("[]", "the body"),
        ("\"canary\"", "the body"),
    ] {
        let answer = client.json(body);
        let detail = answer.problem(400, "unexpected_field");
        assert_eq!(answer.value()["field"], field, "{detail}");
        assert!(detail.starts_with(field) && !detail.contains("canary"), "{detail}");
    }
}

#[test]
fn nesting_beyond_16_levels_is_400() {
    let server = Server::start();
    let client = server.client();
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        let (head, tail) = (r#"{"user":{"id":"u"},"client":{"ip":"10.0.0.1","fingerprint":{"a":"#, "}}}");
        format!("{head}{open}{close}{tail}")
    };
    assert_eq!(client.json(nested(13)).status, 201);
    let detail = client.json(nested(14)).problem(400, "unexpected_field");
    assert!(detail.contains("16") && detail.starts_with("client.fingerprint.a"), "{detail}");
    client.json(nested(100_000)).problem(400, "unexpected_field");
}

#[test]
fn unsound_fields_are_422_and_named() {
    let server = Server::start();
    let client = server.client();
    let long = "x".repeat(4097);
    for (pointer, value, field) in [
        ("/user/id", json!(""), "user.id"),
        ("/user/id", json!("x".repeat(257)), "user.id"),
        ("/user/id", json!("a\0b"), "user.id"),
        ("/user/id", Value::Null, "user.id"),
        ("/user/email", json!("a@example.com\r\nBcc: b@example.com"), "user.email"),
        ("/user/email", json!("a@example.com,b@example.com"), "user.email"),
        ("/user/email", json!("a@b@c"), "user.email"),
        ("/user/email", json!("u@localhost"), "user.email"),
        ("/user/email", json!("u@[127.0.0.1]"), "user.email"),
        ("/user/name", json!(long), "user.name"),
        ("/user/created_at", json!("yesterday"), "user.created_at"),
        ("/occurred_at", json!("2026-11-22"), "occurred_at"),
        ("/outcome", json!("maybe"), "outcome"),
        ("/method", json!("x".repeat(41)), "method"),
        ("/event_id", json!("x".repeat(256)), "event_id"),
        ("/client/ip", json!("1.2.3"), "client.ip"),
        ("/client/ip", Value::Null, "client.ip"),
        ("/client/user_agent", json!(long), "client.user_agent"),
        ("/client/headers", json!({"a": long}), "client.headers.a"),
    ] {
        let answer = client.login(&changed(pointer, value));
        let detail = answer.problem(422, "invalid_field");
        assert_eq!(answer.value()["field"], field);
        assert!(detail.starts_with(field), "{detail}");
    }
    let ahead = client.login(&changed("/occurred_at", json!("2026-11-22T10:05:00.001Z")));
    assert!(ahead.problem(422, "occurred_in_future").starts_with("occurred_at"));
    assert_eq!(client.login(&changed("/occurred_at", json!("2026-11-22T12:05:00+02:00"))).status, 201);
    client.with("Idempotency-Key", &"x".repeat(256)).login(&login("u_1", CHROME)).problem(422, "invalid_field");
}

#[test]
fn strange_names_of_users_are_opaque() {
    let server = Server::start();
    let client = server.client();
    for (user, path) in
        [("../..", "..%2F.."), ("*", "*"), ("{x}", "%7Bx%7D"), (":", ":"), ("a/b?c#d%2F", "a%2Fb%3Fc%23d%252F")]
    {
        let mut event = login("u", CHROME);
        event["user"] = json!({"id": user});
        let answer = client.login(&event);
        assert_eq!((answer.status, answer.value()["user_id"].as_str()), (201, Some(user)));
        let devices = client.get(&format!("/v1/users/{path}/devices")).value();
        assert_eq!(devices["data"].as_array().unwrap().len(), 1, "{user}");
    }
}

#[test]
fn a_null_is_the_same_as_nothing() {
    let server = Server::start();
    let body = r#"{"event_id":null,"occurred_at":null,"outcome":null,"method":null,"session_id":null,
        "user":{"id":"u","email":null,"name":null,"locale":null,"time_zone":null,"created_at":null},
        "client":{"ip":"10.0.0.1","user_agent":null,"headers":{"x":null},"device_token":null,"fingerprint":null}}"#;
    assert_eq!(server.client().json(body).status, 201);
}

#[test]
fn only_json_is_taken() {
    let server = Server::start();
    let client = server.client();
    let body = login("u", CHROME).to_string();
    for content_type in ["text/plain", "application/x-ndjson", "application/json; charset=latin1", ""] {
        client.with("Content-Type", content_type).post("/v1/logins", &body).problem(415, "unsupported_media_type");
    }
    let json = client.with("Content-Type", "application/json; charset=UTF-8");
    assert_eq!(json.post("/v1/logins", &body).status, 201);
    json.with("Content-Encoding", "gzip").post("/v1/logins", &body).problem(415, "unsupported_media_type");
}

/// Sends bytes as they are and reads until the connection ends; what came, if anything.
fn raw(server: &Server, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for part in parts {
        // A server that has refused already may have closed its side.
        if stream.write_all(part).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(server: &Server, more: &str) -> String {
    let key = server.key("acme", &watchlight::domain::tenant::api_key::Scope::ALL);
    format!(
        "POST /v1/logins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n{more}\r\n"
    )
}

#[test]
fn a_body_over_256_kib_is_413_announced_or_not() {
    let server = Server::start();
    let client = server.client();
    let padded = |bytes: usize| {
        let event = r#"{"user":{"id":"u"},"client":{"ip":"10.0.0.1"}}"#;
        format!("{event}{}", " ".repeat(bytes - event.len()))
    };
    assert_eq!(client.json(padded(256 * 1024)).status, 201);
    client.json(padded(256 * 1024 + 1)).problem(413, "body_too_large");
    let announced = raw(&server, &[head(&server, "Content-Length: 100000000\r\n").as_bytes()]);
    assert!(announced.starts_with("HTTP/1.1 413"), "{announced}");
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let head = head(&server, "Transfer-Encoding: chunked\r\n");
    let chunks: Vec<&[u8]> = std::iter::once(head.as_bytes()).chain(std::iter::repeat_n(chunk.as_bytes(), 5)).collect();
    let endless = raw(&server, &chunks);
    assert!(endless.starts_with("HTTP/1.1 413"), "{endless}");
}

#[test]
fn a_body_that_does_not_arrive_is_408_within_10_seconds() {
    let server = Server::start();
    let started = Instant::now();
    let answer = raw(&server, &[head(&server, "Content-Length: 1000\r\n").as_bytes(), b"{"]);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
    assert!((9..12).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[test]
fn ten_thousand_headers_are_refused() {
    let server = Server::start();
    let many = (0..10_000).map(|it| format!("x-{it}: {it}\r\n")).collect::<Vec<_>>().concat();
    let answer = raw(&server, &[head(&server, &many).as_bytes()]);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(server.stranger().get("/healthz").status, 200, "and the server goes on");
}
