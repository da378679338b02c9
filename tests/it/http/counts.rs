//! `GET /v1/logins/counts`.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde_json::{Value, json};
use watchlight::{
    adapters::store::sqlite::store::{Sqlite, SqliteStore},
    domain::{history::retention_days::RetentionDays, tenant::api_key::Scope},
    ports::Store,
    service::history::segmenting::SegmentMaker,
};

use super::server::{CHROME, Client, FIREFOX, Options, Server, login};
use crate::support::stores::root;

/// So many logins, so many minutes apart: of ana by Chrome, and of bob by Firefox.
fn seed(server: &Server, logins: i64, minutes: i64) -> Client {
    let client = server.client();
    for at in 0..logins {
        let is_ana = at % 3 > 0;
        let mut event = if is_ana { login("ana", CHROME) } else { login("bob", FIREFOX) };
        event["method"] = json!(if at % 4 == 0 { "our own" } else { "passkey" });
        event["outcome"] = json!(if at == 5 { "failure" } else { "success" });
        event["client"]["ip"] = json!(if at % 5 == 4 { "10.1.2.3" } else { "89.160.20.112" });
        if at == 7 {
            event["client"]["user_agent"] = json!(FIREFOX);
        }
        assert_eq!(client.login(&event).status, 201);
        server.clock.advance_ms(minutes * 60_000);
    }
    client
}

pub fn asked(q: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish()
}

fn counts(client: &Client, q: &str, by: &str) -> Value {
    client.get(&format!("/v1/logins/counts?by={by}&{}", asked(q))).value()
}

/// The value of a login, as counts name it. Signals are counted each for itself.
fn values(login: &Value, by: &str) -> Vec<String> {
    let word = |it: &Value| it.as_str().map_or_else(|| it.to_string(), |it| it.to_lowercase().replace(' ', "_"));
    let time = login["occurred_at"].as_str().unwrap();
    vec![match by {
        "time" => format!("{}T00:00:00.000Z", &time[..10]),
        "hour" => time[11..13].parse::<u8>().unwrap().to_string(),
        "country" => login["location"]["country"].as_str().unwrap_or("null").to_owned(),
        "asn" => login["location"]["asn"].to_string(),
        "browser" => word(&login["device"]["browser"]),
        "os" => word(&login["device"]["os"]),
        "method" => login["method"].as_str().unwrap_or("null").to_owned(),
        "status" => word(&login["device"]["status"]),
        "level" => word(&login["risk"]["level"]),
        "outcome" => word(&login["outcome"]),
        _ => return login["risk"]["signals"].as_array().unwrap().iter().map(|it| word(&it["name"])).collect(),
    }]
}

const BY: [&str; 11] =
    ["time", "hour", "country", "asn", "browser", "os", "method", "status", "level", "outcome", "signal"];

fn told(page: &Value) -> BTreeMap<String, u64> {
    let name = |it: &Value| it.as_str().unwrap_or("null").to_owned();
    let row = |it: &Value| {
        let values = it["values"].as_array().map(|it| it.iter().map(name).collect::<Vec<_>>().join(","));
        (values.unwrap_or_else(|| name(&it["value"])), it["logins"].as_u64().unwrap())
    };
    page["data"].as_array().unwrap_or_else(|| panic!("{page}")).iter().map(row).collect()
}

#[test]
fn counts_are_those_of_the_logins_that_are_listed() {
    let server = Server::start();
    let client = seed(&server, 12, 100);
    assert_eq!(made(&server), 0, "in memory there are no segments");
    are_those_listed(&client);
}

#[test]
fn counts_by_columns_are_those_of_the_logins_that_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watchlight.db");
    let (server, client) = with_segments(&path);
    are_those_listed(&client);
    // Of segments that cannot be read the logins are looked through, and `/readyz` tells.
    assert_eq!(server.store.unreadable(), 0);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let damage = "UPDATE segment SET bytes = x'63' WHERE number = (SELECT max(number) FROM segment)";
    assert_eq!(connection.execute(damage, []).unwrap(), 10);
    are_those_listed(&client);
    assert_eq!(server.store.unreadable(), 1);
}

/// A server over a file, with two segments of 120 logins each, and some in parts of others.
pub fn with_segments(path: &Path) -> (Server, Client) {
    let store = SqliteStore::over(Sqlite::open(path).unwrap(), root(), &RetentionDays::default());
    let store: Arc<dyn Store> = Arc::new(store);
    let server = Server::with(Options { store: Some(store), ..Options::default() });
    let client = seed(&server, 310, 2);
    assert!(made(&server) >= 2);
    (server, client)
}

/// Makes the segments of all hours that are over; how many.
fn made(server: &Server) -> u64 {
    server.run(SegmentMaker::new(server.store.clone(), server.store.clone(), server.clock.clone()).make_all()).unwrap()
}

fn are_those_listed(client: &Client) {
    for q in [
        "",
        "country:SE",
        "-country:SE",
        "user:ana",
        "10.0.0.0/24",
        "-status:recognized",
        "outcome:success",
        "method:passkey",
        "method:passkey browser:firefox",
        "signal:new_device",
        "-signal:new_device,new_network",
        "risk>0.1 country:SE",
        "mail:none",
        "note:none",
        "last:9h",
        "last:9h browser:chrome",
        "since:2030-01-01",
        "login:lgn_01M88BR29V3HMEG27S69NTFQE2",
    ] {
        let listed = client.get(&format!("/v1/logins?limit=500&{}", asked(q))).value()["data"].clone();
        let listed = listed.as_array().unwrap_or_else(|| panic!("{q}: {listed}"));
        for by in BY {
            let page = counts(client, q, by);
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for it in listed.iter().flat_map(|it| values(it, by)) {
                *expected.entry(it).or_default() += 1;
            }
            assert_eq!(told(&page), expected, "{q} by {by}");
            assert_eq!((&page["logins"], &page["other"]), (&json!(listed.len()), &json!(0)), "{q} by {by}");
            assert_eq!(page["at_least"], Value::Null, "{q} by {by}");
            let and = if by == "hour" { "level" } else { "hour" };
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for it in listed {
                for (first, second) in
                    values(it, by).iter().flat_map(|a| values(it, and).into_iter().map(move |b| (a.clone(), b)))
                {
                    *expected.entry(format!("{first},{second}")).or_default() += 1;
                }
            }
            assert_eq!(told(&counts(client, q, &format!("{by},{and}"))), expected, "{q} by {by},{and}");
        }
    }
}

#[test]
fn the_most_frequent_are_told_first_and_the_rest_is_other() {
    let server = Server::start();
    let client = seed(&server, 12, 100);
    let page = client.get("/v1/logins/counts?by=browser&top=1").value();
    assert_eq!(page["data"], json!([{"value": "chrome", "logins": 7}]));
    assert_eq!((&page["other"], &page["logins"]), (&json!(5), &json!(12)));
    assert_eq!(page.get("query"), None);
    assert_eq!(page["counted_to"], client.get("/v1/logins/counts?by=hour&q=last:1h").value()["counted_to"]);
    let day = client.get("/v1/logins/counts?by=time,browser&tz=Pacific/Auckland&q=last:3d").value();
    let times: Vec<&str> = day["data"].as_array().unwrap().iter().map(|it| it["values"][0].as_str().unwrap()).collect();
    assert!(times.is_sorted() && times.iter().all(|it| it.ends_with("T11:00:00.000Z")), "{times:?}");
    assert!(day["query"].as_str().unwrap().starts_with("since:"));
    let steps = client.get("/v1/logins/counts?by=time&step=15m&top=1").value();
    assert_eq!(steps["data"].as_array().unwrap().len(), 12, "times are all told");
}

#[test]
fn counts_are_a_table_too() {
    let server = Server::start();
    let client = seed(&server, 12, 100);
    let table = client.with("Accept", "text/csv").get("/v1/logins/counts?by=country,outcome");
    assert_eq!(table.status, 200);
    assert_eq!(table.body, "country,outcome,logins\r\nSE,success,9\r\nSE,failure,1\r\n,success,2\r\n");
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let server = Server::start();
    let client = server.client();
    for (asked, parameter) in [
        ("", "by"),
        ("by=", "by"),
        ("by=user", "by"),
        ("by=risk", "by"),
        ("by=country,country", "by"),
        ("by=country,hour,os", "by"),
        ("by=country,", "by"),
        ("by=COUNTRY", "by"),
        ("by=hour&step=1h", "step"),
        ("by=time&step=2h", "step"),
        ("by=hour&tz=Nowhere", "tz"),
        ("by=hour&tz=../../etc/passwd", "tz"),
        ("by=hour&tz=", "tz"),
        ("by=os&top=0", "top"),
        ("by=os&top=1001", "top"),
        ("by=os&top=-1", "top"),
        ("by=os&q=contry:BR", "q"),
        ("by=os&limit=5", "limit"),
        ("by=os&cursor=x", "cursor"),
        ("by=os&country=Brazil", "country"),
        ("by=os&by=asn", "by"),
    ] {
        let refused = client.get(&format!("/v1/logins/counts?{asked}"));
        assert!(refused.problem(400, "invalid_parameter").contains(parameter), "{asked}: {refused:?}");
    }
}

#[test]
fn others_logins_are_not_counted_and_whoever_counts_about_a_person_is_noted() {
    let server = Server::start();
    let client = seed(&server, 12, 100);
    let other = server.client_of("other", &[Scope::LoginsRead]);
    assert_eq!(counts(&other, "", "country")["logins"], 0);
    assert_eq!(counts(&client, "user:ana", "country")["logins"], 8);
    let auditor = server.client_of("acme", &[Scope::PrivacyRead]);
    let entries = auditor.get("/v1/audit").value();
    let about: Vec<&Value> = entries["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["action"] == "persons.search" || it["subject"]["user_id"] == "ana")
        .collect();
    assert_eq!(about.len(), 1, "{entries}");
}
