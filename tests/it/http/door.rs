//! Pages that need no key and whom they are for, what is told of limits, and bodies that wait to be asked for.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use watchlight::{
    domain::tenant::api_key::Scope,
    http::door::{
        client_address::TrustedProxies,
        limit::Rate,
        state::{Audience, HttpSettings},
    },
    ports::{DevMail, DevMailEntry, DevMailMessage},
};

use super::{
    server::{Answer, CHROME, Options, Server, login},
    store_goes_away::Leaving,
};

struct OneMail;

impl DevMail for OneMail {
    fn list(&self, _: usize) -> Vec<DevMailEntry> {
        let text = |it: &str| it.to_owned();
        vec![DevMailEntry { name: text("1"), to: text("ana@example.com"), subject: text("s"), date: text("d") }]
    }

    fn read(&self, _: &str) -> Option<DevMailMessage> {
        Some(DevMailMessage { headers: Vec::new(), text: "t".to_owned(), html: "h".to_owned() })
    }
}

/// A server whose pages without a key are all for these.
fn shown_to(audience: Audience, proxies: TrustedProxies) -> Server {
    let settings =
        HttpSettings { mailbox: audience, metrics: audience, docs: audience, proxies, ..HttpSettings::default() };
    Server::with(Options { settings, dev_mail: Some(Arc::new(OneMail)), ..Options::default() })
}

const PAGES: [&str; 6] = ["/mailbox", "/mailbox/1", "/metrics", "/openapi.json", "/docs/", "/docs/swagger-ui.css"];

#[test]
fn what_is_for_this_machine_is_shown_to_no_other() {
    let server = shown_to(Audience::Loopback, TrustedProxies::default());
    let client = server.stranger();
    for page in PAGES {
        assert_eq!(client.get(page).status, 200, "{page}");
        for (header, value) in [
            ("X-Forwarded-For", "203.0.113.7"),
            ("X-Forwarded-For", "127.0.0.1"),
            ("Forwarded", "for=127.0.0.1"),
            ("Via", "1.1 proxy"),
            ("X-Real-IP", "::1"),
            ("X-Forwarded-Host", "localhost"),
        ] {
            client.with(header, value).get(page).problem(404, "not_found");
        }
    }
    // Behind a proxy of ours nobody is on this machine, whatever the proxy says, or does not.
    let proxies =
        TrustedProxies { networks: vec!["127.0.0.0/8".parse().unwrap()], header: Some("cf-connecting-ip".to_owned()) };
    let behind = shown_to(Audience::Loopback, proxies);
    for page in PAGES {
        behind.stranger().get(page).problem(404, "not_found");
        behind.stranger().with("CF-Connecting-IP", "127.0.0.1").get(page).problem(404, "not_found");
    }
}

#[test]
fn what_is_for_nobody_is_not_there_and_what_is_for_everybody_is() {
    let nobody = shown_to(Audience::Nobody, TrustedProxies::default());
    let everybody = shown_to(Audience::Everyone, TrustedProxies::default());
    for page in PAGES {
        nobody.client().get(page).problem(404, "not_found");
        assert_eq!(everybody.stranger().with("X-Forwarded-For", "203.0.113.7").get(page).status, 200, "{page}");
    }
    nobody.stranger().get("/docs").problem(404, "not_found");
    assert_eq!(nobody.stranger().get("/healthz").status, 200);
    assert_eq!(nobody.client().login(&login("ana", CHROME)).status, 201);
}

#[test]
fn how_the_service_is_is_looked_at_once_for_all_who_ask() {
    let store = Leaving::new();
    let settings = HttpSettings { health_lasts: Duration::from_hours(1), ..HttpSettings::default() };
    let server = Server::with(Options { settings, store: Some(store.clone()), ..Options::default() });
    let ready = server.stranger().get("/readyz");
    assert_eq!((ready.status, ready.header("content-type")), (200, Some("application/json")));
    store.answers_left.store(0, Ordering::SeqCst);
    let again = server.stranger().get("/readyz");
    assert_eq!((again.status, again.body), (200, ready.body), "it was not asked again");
    assert_eq!(server.stranger().get("/metrics").status, 200);
}

#[test]
fn every_answer_under_a_limit_tells_of_it() {
    let settings = HttpSettings {
        per_key: Rate { per_second: 1, burst: 3 },
        per_address: Rate { per_second: 2, burst: 50 },
        ..HttpSettings::default()
    };
    let server = Server::with(Options { settings, ..Options::default() });
    let client = server.client();
    let told = |it: &Answer| {
        [it.header("ratelimit-policy"), it.header("ratelimit")].map(|it| it.unwrap_or_default().to_owned())
    };
    let first = client.login(&login("ana", CHROME));
    let policy = "\"address\";q=50;w=25, \"key\";q=3;w=3";
    assert_eq!(
        (first.status, told(&first)),
        (201, [policy, "\"address\";r=49;t=1, \"key\";r=2;t=1"].map(str::to_owned))
    );
    let second = client.get("/v1/logins/nonsense");
    assert_eq!((second.status, told(&second)[0].as_str()), (404, policy));
    assert!(told(&second)[1].contains("\"key\";r=1;"), "{second:?}");
    assert!(told(&client.with("Accept", "text/csv").get("/v1/logins"))[1].contains("\"key\";r=0;"));
    let refused = client.get("/v1/logins");
    assert_eq!((refused.status, told(&refused)[1].as_str()), (429, "\"key\";r=0;t=1"));
    let page = server.stranger().get("/a/none");
    assert_eq!((page.status, told(&page)[0].as_str()), (404, "\"address\";q=50;w=25"));
    let unlimited = server.stranger().get("/healthz");
    assert_eq!(told(&unlimited), ["", ""], "nothing counts that");
}

/// Sends the head of a request whose body waits to be asked for; what comes first.
fn first_line(server: &Server, path: &str, key: &str, length: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n{length}\r\n\
         Expect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (mut line, mut byte) = (Vec::new(), [0]);
    while !line.ends_with(b"\r\n") && stream.read(&mut byte).unwrap() == 1 {
        line.push(byte[0]);
    }
    (stream, String::from_utf8(line).unwrap().trim().to_owned())
}

#[test]
fn a_body_that_waits_to_be_asked_for_is_asked_for_only_if_it_can_be_read() {
    let settings = HttpSettings { per_address: Rate { per_second: 1, burst: 1_000 }, ..HttpSettings::default() };
    let server = Server::with(Options { settings, ..Options::default() });
    let key = server.key("acme", &Scope::ALL);
    let body = login("ana", CHROME).to_string();
    let fits = format!("Content-Length: {}", body.len());
    for (path, key, length, expected) in [
        ("/v1/logins", "nonsense", fits.as_str(), "HTTP/1.1 401 Unauthorized"),
        ("/v1/logins/import", "nonsense", "Content-Length: 10", "HTTP/1.1 401 Unauthorized"),
        ("/v1/logins", "nonsense", "Content-Length: 1000000", "HTTP/1.1 401 Unauthorized"),
        ("/v1/logins", &key, "Content-Length: 1000000", "HTTP/1.1 413 Payload Too Large"),
        ("/v1/mail/events", "", "Content-Length: 1000000", "HTTP/1.1 413 Payload Too Large"),
        ("/a/none", "", "Content-Length: 1000000", "HTTP/1.1 413 Payload Too Large"),
        ("/v1/logins/import", &key, "Content-Length: 1000000", "HTTP/1.1 100 Continue"),
        ("/v1/logins", &key, &fits, "HTTP/1.1 100 Continue"),
        ("/v1/logins", &key, "Transfer-Encoding: chunked", "HTTP/1.1 100 Continue"),
    ] {
        let (mut stream, line) = first_line(&server, path, key, length);
        assert_eq!(line, expected, "{path} {length}");
        if expected.contains("100") {
            continue;
        }
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("application/problem+json") && rest.contains("x-request-id: "), "{rest}");
    }
    let (mut stream, line) = first_line(&server, "/v1/logins", &key, &fits);
    assert_eq!(line, "HTTP/1.1 100 Continue");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = [0; 2_048];
    let mut read = 0;
    while !String::from_utf8_lossy(&answer[..read]).contains("lgn_") {
        read += stream.read(&mut answer[read..]).unwrap();
    }
    assert!(String::from_utf8_lossy(&answer).contains("HTTP/1.1 201 Created"));
}

#[test]
fn a_table_is_kept_under_a_name_and_other_answers_are_shown() {
    let server = Server::start();
    server.client().login(&login("ana", CHROME));
    let answer = |accept: &str| server.client().with("Accept", accept).get("/v1/logins");
    let disposition = |accept: &str| answer(accept).header("content-disposition").map(str::to_owned);
    assert_eq!(disposition("text/csv").as_deref(), Some("attachment; filename=\"logins.csv\""));
    assert_eq!((disposition("application/x-ndjson"), disposition("application/json")), (None, None));
}

#[test]
fn an_event_id_is_looked_at_also_where_a_header_names_the_event() {
    let server = Server::start();
    let client = server.client().with("Idempotency-Key", "k");
    for wrong in ["x".repeat(256), "é".repeat(256), String::new()] {
        let mut event = login("ana", CHROME);
        event["event_id"] = json!(wrong);
        let refused = client.login(&event);
        refused.problem(422, "invalid_field");
        assert_eq!(refused.value()["field"], "event_id");
    }
    let mut event = login("ana", CHROME);
    event["event_id"] = json!("é".repeat(255));
    assert_eq!(client.login(&event).status, 201);
}
