//! What holds for every route: problems, headers, forwarded addresses, health, the description.

use std::net::TcpListener;

use serde_json::Value;
use watchlight::http::door::{client_address::TrustedProxies, limit::Rate, state::HttpSettings};

use super::server::{CHROME, Options, Server, login};

#[test]
fn what_is_not_there_says_so() {
    let server = Server::start();
    let client = server.stranger();
    client.get("/nothing").problem(404, "not_found");
    client.get("/v1/").problem(404, "not_found");
    client.get("/mailbox").problem(404, "not_found");
}

#[test]
fn every_answer_is_named_and_kept_out_of_caches() {
    let server = Server::start();
    let ids: Vec<String> = ["/healthz", "/v1/logins", "/nothing", "/a/x"]
        .iter()
        .map(|path| {
            let answer = server.stranger().with("X-Request-Id", "mine").get(path);
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
            answer.header("x-request-id").unwrap().to_owned()
        })
        .collect();
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    assert!(ids.iter().all(|it| it.len() == 36));
}

#[test]
fn health_names_what_is_amiss() {
    let server = Server::start();
    let client = server.stranger();
    assert_eq!((client.get("/healthz").status, client.send("HEAD", "/healthz", b"").body.as_str()), (200, ""));
    let ready = client.get("/readyz");
    assert_eq!((ready.status, ready.value()["status"].as_str()), (200, Some("ready")), "{ready:?}");
    let names: Vec<Value> = ready.value()["checks"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["store", "mail", "geo", "retention", "records", "requests", "sealing", "counting"]);
    let metrics = client.get("/metrics");
    assert_eq!((metrics.status, metrics.body.as_str()), (200, "watchlight_up 1\n"));
}

#[test]
fn the_description_is_whole_and_is_shown() {
    let server = Server::start();
    let description = server.stranger().get("/openapi.json").value();
    assert_eq!(description["openapi"], "3.1.0");
    // Every reference leads somewhere.
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|it| it.split('"').next().unwrap()) {
        assert!(description.pointer(reference).is_some(), "{reference}");
    }
    let docs = server.stranger().get("/docs/");
    assert_eq!(docs.status, 200);
    assert!(docs.body.contains("swagger-ui"), "{docs:?}");
    assert!(!docs.body.contains("https://"), "it loads nothing from elsewhere");
    assert_eq!(server.stranger().get("/docs").header("location"), Some("/docs/"));
}

#[test]
fn numbers_are_described_as_they_are() {
    let server = Server::start();
    let described = server.stranger().get("/openapi.json").value();
    let schema = |of: &str, member: &str| described["components"]["schemas"][of]["properties"][member].clone();
    let limits = |it: &Value| (it["minimum"].as_f64(), it["maximum"].as_f64());
    let asn = schema("LocationBody", "asn");
    assert_eq!((limits(&asn), asn["format"].as_str()), ((Some(0.0), Some(4_294_967_295.0)), Some("uint32")));
    for (of, member, least, most) in [
        ("LocationBody", "latitude", -90.0, 90.0),
        ("LocationBody", "longitude", -180.0, 180.0),
        ("LocationBody", "accuracy_km", 0.0, 65_535.0),
        ("RiskBody", "score", 0.0, 1.0),
        ("SignalBody", "weight", 0.0, 1.0),
        ("PolicyBody", "recognized_from", 0.0, 1.0),
        ("PolicyBody", "learning_days", 0.0, 3_650.0),
        ("AttemptBody", "status", 100.0, 599.0),
        ("Problem", "status", 400.0, 599.0),
    ] {
        assert_eq!(limits(&schema(of, member)), (Some(least), Some(most)), "{of}.{member}");
    }
    // No number without a sign is said to end at half of what it can be, and no count to be less than none.
    let text = described.to_string();
    assert!(!text.contains("\"int32\""), "a number of 32 bits is said to have a sign");
    for (of, member) in [("SessionBody", "length_s"), ("RegionBody", "users"), ("ImportLine", "line")] {
        assert!(schema(of, member)["minimum"].as_f64() >= Some(0.0), "{of}.{member}");
    }
}

#[test]
fn the_page_behind_a_mail_says_all_that_it_can_answer() {
    let server = Server::start();
    let described = server.stranger().get("/openapi.json").value();
    let statuses = |method: &str| {
        let answers = described["paths"]["/a/{token}"][method]["responses"].as_object().unwrap();
        answers.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(statuses("get"), ["200", "404", "429", "503"]);
    assert_eq!(statuses("post"), ["200", "400", "403", "404", "408", "413", "415", "429", "503"]);
}

#[test]
fn an_answer_has_every_key_that_is_described() {
    let server = Server::start();
    let described = server.stranger().get("/openapi.json").value();
    let answer = server.client().login(&login("u_1", CHROME)).value();
    let members = |it: &Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&described["components"]["schemas"]["LoginBody"]["properties"]), {
        let mut keys = members(&answer);
        keys.sort();
        keys
    });
    for key in ["token", "score", "matched_by", "browser_version", "os_version", "type", "changed", "name"] {
        assert!(answer["device"].get(key).is_some(), "{key}: {answer}");
    }
}

#[test]
fn a_forwarded_address_counts_only_from_a_listed_proxy() {
    let once = Rate { per_second: 1, burst: 1 };
    let settings = |networks: &[&str]| HttpSettings {
        per_address: once,
        proxies: TrustedProxies {
            networks: networks.iter().map(|it| it.parse().unwrap()).collect(),
            header: Some("X-Real".to_owned()),
        },
        ..HttpSettings::default()
    };
    let ask = |server: &Server, from: &str| {
        let client = server.stranger().with("X-Real", from).with("X-Forwarded-For", "9.9.9.9").with("Forwarded", from);
        client.get("/a/none").status
    };
    let trusting = Server::with(Options { settings: settings(&["127.0.0.0/8"]), ..Options::default() });
    assert_eq!((ask(&trusting, "1.1.1.1"), ask(&trusting, "6.6.6.6, 2.2.2.2")), (404, 404));
    assert_eq!(ask(&trusting, "7.7.7.7, 2.2.2.2"), 429, "what a caller wrote on the left is not believed");
    let strict = Server::with(Options { settings: settings(&["10.0.0.0/8"]), ..Options::default() });
    assert_eq!((ask(&strict, "1.1.1.1"), ask(&strict, "2.2.2.2")), (404, 429), "the peer is no proxy");
}

#[test]
fn a_server_that_is_told_to_stop_frees_its_port() {
    let server = Server::start();
    let address = server.address;
    assert_eq!(server.stranger().get("/healthz").status, 200);
    drop(server);
    assert!(TcpListener::bind(address).is_ok());
}
