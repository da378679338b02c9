//! Lists: filters, pages, cursors, streams.

use serde_json::{Value, json};
use watchlight::domain::tenant::api_key::Scope;

use super::server::{CHROME, Client, FIREFOX, Server, login};

/// Ten logins of two users, a minute apart, from two addresses.
fn seed(server: &Server) -> Client {
    let client = server.client();
    for at in 0..10 {
        let mut event = login(if at % 2 == 0 { "ana" } else { "=bob" }, if at < 8 { CHROME } else { FIREFOX });
        event["client"]["ip"] = json!(if at == 3 { "10.1.2.3" } else { "89.160.20.112" });
        event["outcome"] = json!(if at == 5 { "failure" } else { "success" });
        event["user"]["email"] = Value::Null;
        assert_eq!(client.login(&event).status, 201);
        server.clock.advance_ms(60_000);
    }
    client
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_join_to_the_whole_list_newest_first() {
    let server = Server::start();
    let client = seed(&server);
    let whole = ids(&client.get("/v1/logins").value());
    assert_eq!(whole.len(), 10);
    assert!(whole.is_sorted_by(|a, b| a > b), "{whole:?}");
    let (mut joined, mut path, mut pages) = (Vec::new(), "/v1/logins?limit=3".to_owned(), 0);
    loop {
        let page = client.get(&path).value();
        joined.extend(ids(&page));
        pages += 1;
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/logins?limit=3&cursor={cursor}");
    }
    assert_eq!((joined, pages), (whole, 4));
    assert_eq!(client.get("/v1/logins?limit=10").value()["next_cursor"], Value::Null, "no empty page follows");
}

#[test]
fn a_cursor_goes_with_its_tenant_and_question_only() {
    let server = Server::start();
    let client = seed(&server);
    let page = client.get("/v1/logins?limit=1&user=ana").value();
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(client.get(&format!("/v1/logins?user=ana&cursor={cursor}&limit=2")).status, 200);
    let flipped = format!("{}{}", if cursor.starts_with('A') { 'B' } else { 'A' }, &cursor[1..]);
    for query in
        [format!("cursor={cursor}"), format!("user=%3Dbob&cursor={cursor}"), format!("user=ana&cursor={flipped}")]
    {
        let detail = client.get(&format!("/v1/logins?{query}")).problem(400, "invalid_parameter");
        assert!(detail.starts_with("cursor"), "{detail}");
    }
    let other = server.client_of("other", &Scope::ALL);
    other.get(&format!("/v1/logins?user=ana&cursor={cursor}")).problem(400, "invalid_parameter");
}

#[test]
fn filters_find_what_they_name() {
    let server = Server::start();
    let client = seed(&server);
    let newest = client.get("/v1/logins?limit=1").value()["data"][0].clone();
    let (device, fingerprint) = (newest["device"]["id"].as_str().unwrap(), newest["fingerprint"].as_str().unwrap());
    for (query, expected) in [
        ("user=ana".to_owned(), 5),
        ("user=nobody".to_owned(), 0),
        ("user=%3Dbob&outcome=success".to_owned(), 4),
        ("ip=10.1.2.3".to_owned(), 1),
        ("ip=10.0.0.0/8".to_owned(), 1),
        ("ip=89.160.20.0/25".to_owned(), 9),
        ("ip=::ffff:10.1.2.3".to_owned(), 1),
        ("country=SE".to_owned(), 9),
        ("country=fi".to_owned(), 0),
        ("outcome=failure".to_owned(), 1),
        ("status=first".to_owned(), 2),
        ("status=new".to_owned(), 2),
        // Two new devices, and one that is only just recognized.
        ("signal=new_device".to_owned(), 3),
        (format!("device={device}"), 1),
        (format!("fingerprint={fingerprint}"), 2),
        ("from=2026-11-22T10:02:00Z&to=2026-11-22T10:05:00Z".to_owned(), 3),
        ("from=2026-11-22T10:02:00Z&to=2026-11-22T10:02:00Z".to_owned(), 0),
    ] {
        let page = client.get(&format!("/v1/logins?{query}")).value();
        assert_eq!(ids(&page).len(), expected, "{query}");
        assert_eq!(page["next_cursor"], Value::Null, "{query}");
    }
}

#[test]
fn parameters_that_mean_nothing_are_400_and_named() {
    let server = Server::start();
    let client = server.client();
    for (path, field) in [
        ("/v1/logins?usr=ana", "usr"),
        ("/v1/logins?user=a&user=b", "user"),
        ("/v1/logins?user=", "user"),
        ("/v1/logins?ip=1.2.3", "ip"),
        ("/v1/logins?ip=1.2.3.0/33", "ip"),
        ("/v1/logins?country=Finland", "country"),
        ("/v1/logins?asn=-1", "asn"),
        ("/v1/logins?device=x", "device"),
        ("/v1/logins?fingerprint=x", "fingerprint"),
        ("/v1/logins?status=old", "status"),
        ("/v1/logins?level=extreme", "level"),
        ("/v1/logins?signal=smell", "signal"),
        ("/v1/logins?outcome=maybe", "outcome"),
        ("/v1/logins?from=today", "from"),
        ("/v1/logins?to=2026-11-22", "to"),
        ("/v1/logins?from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z", "from"),
        ("/v1/logins?limit=0", "limit"),
        ("/v1/logins?limit=501", "limit"),
        ("/v1/logins?limit=1000000000", "limit"),
        ("/v1/logins?limit=-1", "limit"),
        ("/v1/logins?cursor=x", "cursor"),
        ("/v1/alerts?state=lost", "state"),
        ("/v1/alerts?level=low", "level"),
        ("/v1/alerts?limit=0", "limit"),
        ("/v1/users/u/devices?limit=1", "limit"),
    ] {
        let answer = client.get(path);
        let detail = answer.problem(400, "invalid_parameter");
        assert_eq!(answer.value()["field"], field, "{path}");
        assert!(detail.starts_with(field), "{detail}");
    }
}

#[test]
fn one_login_has_its_evidence() {
    let server = Server::start();
    let client = seed(&server);
    let newest = client.get("/v1/logins?user=ana&limit=1").value()["data"][0].clone();
    let one = client.get(&format!("/v1/logins/{}", newest["id"].as_str().unwrap())).value();
    let attributes = one["evidence"]["attributes"].as_array().unwrap();
    assert_eq!(attributes.len(), 40);
    for it in attributes.iter().chain([&one["evidence"]["network"]]) {
        assert!(["agreed", "similar", "changed", "absent"].contains(&it["result"].as_str().unwrap()), "{it}");
        assert!(it["bits"].is_number());
        assert!(it["explanation"].as_str().unwrap().len() > 10, "{it}");
    }
    assert_eq!(one["evidence"]["gate"], "other_operating_system");
    assert_eq!((&one["ip"], &one["device"]["id"]), (&json!("89.160.20.112"), &newest["device"]["id"]));
    let first = client.get("/v1/logins?status=first&user=ana").value()["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(client.get(&format!("/v1/logins/{first}")).value()["evidence"], Value::Null);
}

#[test]
fn the_whole_list_streams_as_lines_and_as_a_table() {
    let server = Server::start();
    let client = seed(&server);
    let whole = ids(&client.get("/v1/logins").value());
    let lines = client.with("Accept", "application/x-ndjson").get("/v1/logins?limit=1");
    assert_eq!(lines.header("content-type"), Some("application/x-ndjson"));
    let read: Vec<Value> = lines.body.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(read.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), whole);
    let table = client.with("Accept", "text/csv").get("/v1/logins");
    assert!(table.header("content-type").unwrap().starts_with("text/csv"));
    let mut rows = csv::Reader::from_reader(table.body.as_bytes());
    let names = rows.headers().unwrap().clone();
    let (id, user) = (names.iter().position(|it| it == "id"), names.iter().position(|it| it == "user_id"));
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|it| it[id.unwrap()].to_owned()).collect::<Vec<_>>(), whole);
    assert!(rows.iter().any(|it| &it[user.unwrap()] == "'=bob"), "a formula is none");
    let none = client.with("Accept", "application/x-ndjson").get("/v1/logins?user=nobody");
    assert_eq!((none.status, none.body.as_str()), (200, ""));
    let html = client.with("Accept", "text/html, */*").get("/v1/logins");
    assert_eq!(html.header("content-type"), Some("application/json"));
}

#[test]
fn a_long_list_streams_over_many_pages() {
    let server = Server::start();
    let client = server.client();
    let line = |at: u32| {
        let mut event = json!({"event_id": format!("e{at}"), "client": {"ip": "10.0.0.1"}});
        event["user"] = json!({"id": format!("u{}", at % 50)});
        event["occurred_at"] = json!(format!("2026-11-{:02}T10:{:02}:{:02}Z", 1 + at / 600, at / 60 % 10, at % 60));
        event.to_string()
    };
    let body = (0..1_203).map(line).collect::<Vec<_>>().join("\n");
    let imported = client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", body);
    assert_eq!(imported.body.lines().filter(|it| it.contains("created")).count(), 1_203);
    let lines = client.with("Accept", "application/x-ndjson").get("/v1/logins");
    let mut ids: Vec<Value> =
        lines.body.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()["id"].clone()).collect();
    assert!(ids.is_sorted_by(|a, b| a.as_str() > b.as_str()));
    ids.dedup();
    assert_eq!(ids.len(), 1_203);
}
