//! Import: a line for a line.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::{Value, json};
use watchlight::domain::tenant::api_key::Scope;

use super::server::{CHROME, FIREFOX, Server, login};

fn lines(body: &str) -> Vec<Value> {
    body.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

#[test]
fn every_line_is_answered_and_blank_ones_count() {
    let server = Server::start();
    let client = server.client().with("Content-Type", "application/x-ndjson");
    let mut past = login("ana", CHROME);
    past["occurred_at"] = json!("2026-10-01T08:00:00Z");
    let body = [
        past.to_string().into_bytes(),
        b"".to_vec(),
        b"{\"user\":{\"id\":\"ana\"}}\r".to_vec(),
        b"{\"usr\":1}".to_vec(),
        b"not json".to_vec(),
        b"{\"user\":{\"id\":\"\xff\"}}".to_vec(),
        b" \t".to_vec(),
        "x".repeat(256 * 1024 + 1).into_bytes(),
        "y".repeat(3 * 1024 * 1024).into_bytes(),
        login("bob", FIREFOX).to_string().into_bytes(),
    ]
    .join(&b'\n');
    let answer = client.post("/v1/logins/import", &body);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")));
    let told: Vec<(u64, String, u64, String)> = lines(&answer.body)
        .iter()
        .map(|it| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let status = it["problem"]["status"].as_u64().unwrap_or(0);
            (it["line"].as_u64().unwrap(), text(&it["status"]), status, text(&it["problem"]["type"]))
        })
        .collect();
    let expected = [
        (1, "created", 0, ""),
        (3, "failed", 422, "invalid_field"),
        (4, "failed", 400, "unexpected_field"),
        (5, "failed", 400, "malformed_json"),
        (6, "failed", 400, "malformed_json"),
        (8, "failed", 413, "body_too_large"),
        (9, "failed", 413, "body_too_large"),
        (10, "created", 0, ""),
    ];
    assert_eq!(told, expected.map(|(line, status, code, slug)| (line, status.to_owned(), code, slug.to_owned())));
    let again = lines(&client.post("/v1/logins/import", format!("  {past} \r\n")).body);
    assert_eq!((again[0]["status"].as_str(), &again[0]["id"]), (Some("replayed"), &lines(&answer.body)[0]["id"]));
}

#[test]
fn what_is_imported_is_known_and_mails_nobody() {
    let server = Server::start();
    let client = server.client();
    let body = format!("{}\n{}\n", login("ana", CHROME), login("ana", FIREFOX));
    let answer = client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", body);
    assert_eq!(lines(&answer.body).len(), 2);
    assert_eq!(client.get("/v1/alerts?state=queued").value()["data"], json!([]));
    assert_eq!(client.login(&login("ana", FIREFOX)).value()["device"]["status"], "recognized");
    client.json("").problem(400, "malformed_json");
    let json = client.with("Content-Type", "application/json").post("/v1/logins/import", "{}");
    assert!(json.problem(415, "unsupported_media_type").contains("application/x-ndjson"));
    let empty = client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", "");
    assert_eq!((empty.status, empty.body.as_str()), (200, ""));
}

#[test]
fn an_import_ends_with_its_key() {
    let server = Server::start();
    let key = server.key("acme", &Scope::ALL);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "POST /v1/logins/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/x-ndjson\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answered = String::new();
    for (user, status) in [("ana", "created"), ("ben", "unauthorized")] {
        let line = format!("{}\n", login(user, CHROME));
        stream.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).unwrap();
        while !answered.contains(status) {
            let mut piece = [0; 4_096];
            let read = stream.read(&mut piece).unwrap();
            assert!(read > 0, "it broke off: {answered}");
            answered.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
        let id = server.run(server.keys.list()).unwrap().remove(0).id;
        server.run(server.keys.revoke(&id)).unwrap();
    }
    assert_eq!(server.client().get("/v1/logins").value()["data"].as_array().unwrap().len(), 1, "ana's");
}
