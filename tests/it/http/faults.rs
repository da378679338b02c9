//! The store goes away and comes back; callers send what they should not, and go before they are answered.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use watchlight::ports::{DevMail, DevMailEntry, DevMailMessage};

use super::{
    server::{CHROME, Options, Server, login},
    store_goes_away::Leaving,
};

#[test]
fn while_the_store_is_away_everything_is_503_and_nothing_is_told_of_why() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let client = server.client();
    assert_eq!(client.login(&login("ana", CHROME)).status, 201);
    store.answers_left.store(0, Ordering::SeqCst);
    let answers = [
        client.login(&login("ana", CHROME)),
        client.get("/v1/logins"),
        client.with("Accept", "text/csv").get("/v1/logins"),
        client.get("/v1/alerts"),
        client.get("/v1/users/ana/devices"),
        client.get("/v1/regions"),
        client.get("/v1/policy/versions/pol_0123456789abcdef"),
        client.with("Content-Type", "application/json").send("PUT", "/v1/policy", b"{}"),
        client.send("DELETE", "/v1/policy", b""),
        client.with("Content-Type", "application/json").post("/v1/sessions/s_1/end", r#"{"user":{"id":"ana"}}"#),
        client
            .with("Content-Type", "application/json")
            .post("/v1/activity", r#"{"session_id":"s_1","user":{"id":"ana"},"client":{"ip":"89.160.20.112"}}"#),
    ];
    for answer in &answers {
        answer.problem(503, "store_unavailable");
        let retry_after: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((5..=30).contains(&retry_after), "{retry_after}");
        assert!(!answer.body.contains("canary"), "{answer:?}");
    }
    let ready = client.get("/readyz");
    assert_eq!((ready.status, ready.value()["status"].as_str()), (503, Some("unavailable")));
    assert_eq!((ready.value()["checks"][0]["status"].as_str(), ready.body.contains("canary")), (Some("failed"), false));
    assert_eq!(client.get("/healthz").status, 200, "the process lives");
    store.answers_left.store(usize::MAX, Ordering::SeqCst);
    assert_eq!((client.login(&login("ana", CHROME)).status, client.get("/readyz").status), (201, 200));
}

#[test]
fn a_stream_that_cannot_be_finished_breaks_off() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let client = server.client();
    let lines: Vec<String> = (0..1_100).map(|it| login(&format!("u{it}"), CHROME).to_string()).collect();
    client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", lines.join("\n"));
    // Whom the list leaves out, the first page, and that it is noted.
    store.answers_left.store(3, Ordering::SeqCst);
    let key = server.key("acme", &watchlight::domain::tenant::api_key::Scope::ALL);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = "GET /v1/logins HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\n";
    stream.write_all(format!("{head}Authorization: Bearer {key}\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("lgn_"), "it had begun");
    assert!(!answer.ends_with("0\r\n\r\n"), "nobody takes it for the whole list");
}

#[test]
fn who_is_refused_while_still_sending_is_told_why() {
    let server = Server::start();
    let large = "x".repeat(20 * 1024 * 1024);
    server.stranger().with("Content-Type", "application/json").post("/v1/logins", &large).problem(401, "unauthorized");
    server.client().json(&large).problem(413, "body_too_large");
    assert_eq!(server.stranger().get("/healthz").status, 200);
}

struct OneMail;

impl DevMail for OneMail {
    fn list(&self, limit: usize) -> Vec<DevMailEntry> {
        assert!(limit > 0);
        let text = |it: &str| it.to_owned();
        let subject = text("New <b>sign-in</b>");
        vec![DevMailEntry { name: text("mail_1"), to: text("ana@example.com"), subject, date: text("today") }]
    }

    fn read(&self, name: &str) -> Option<DevMailMessage> {
        let headers = vec![("Subject".to_owned(), "New".to_owned())];
        (name == "mail_1").then(|| DevMailMessage { headers, text: "plain".to_owned(), html: "<p>rich</p>".to_owned() })
    }
}

#[test]
fn mails_in_a_folder_are_shown_without_running_anything() {
    let server = Server::with(Options { dev_mail: Some(Arc::new(OneMail)), ..Options::default() });
    let (list, mail) = (server.stranger().get("/mailbox"), server.stranger().get("/mailbox/mail_1"));
    assert!(list.body.contains("/mailbox/mail_1") && !list.body.contains("<b>"), "{}", list.body);
    assert!(mail.body.contains("sandbox") && !mail.body.contains("<p>rich"), "{}", mail.body);
    for page in [&list, &mail] {
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    }
    server.stranger().get("/mailbox/..%2Fmail_1").problem(404, "not_found");
}

#[test]
fn devices_are_listed_as_they_are_known() {
    let server = Server::start();
    let client = server.client();
    let first = client.login(&login("ana", CHROME)).value();
    server.clock.advance_ms(1_500);
    let again = client.login(&login("ana", CHROME)).value();
    assert_eq!((&again["device"]["status"], &again["device"]["id"]), (&json!("recognized"), &first["device"]["id"]));
    let devices = client.get("/v1/users/ana/devices").value();
    let expected = json!({"data": [{
        "id": first["device"]["id"], "name": "Chrome 142 on Windows 10", "browser": "Chrome", "browser_version": "142",
        "os": "Windows", "os_version": "10", "type": "desktop", "first_seen_at": "2026-11-22T10:00:00.000Z",
        "last_seen_at": "2026-11-22T10:00:01.500Z", "logins": 2, "trust": "unconfirmed"
    }]});
    assert_eq!(devices, expected);
    let id = first["device"]["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/v1/users/ana/devices/{id}/confirm"), "").value()["trust"], "confirmed");
    assert_eq!(client.get("/v1/users/nobody/devices").value(), json!({"data": []}));
}
