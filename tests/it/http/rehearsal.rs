//! `POST /v1/policy/rehearsal`: what a change of policy would have done.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use watchlight::{
    adapters::geo::MaxmindGeo,
    domain::{tenant::api_key::Scope, time::DAY_MS},
};

use crate::{
    http::server::{Answer, CHROME, Client, FIREFOX, Options, Server, login},
    privacy::every_route::audit,
};

/// In Linköping, Sweden.
const HOME: &str = "89.160.20.112";
/// In Milton, United States.
const ABROAD: &str = "216.160.83.56";

/// A server that knows cities and networks.
pub fn server() -> (Server, TempDir) {
    let folder = TempDir::new().unwrap();
    for file in ["GeoIP2-City-Test.mmdb", "GeoLite2-ASN-Test.mmdb"] {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/geoip/");
        std::fs::copy(format!("{data}{file}"), folder.path().join(file)).unwrap();
    }
    let geo = Some(Arc::new(MaxmindGeo::open(folder.path())));
    (Server::with(Options { geo, ..Options::default() }), folder)
}

/// A login of a user from an address, by password.
pub fn sign_in(client: &Client, user: &str, ip: &str, browser: &str, outcome: &str) -> Value {
    let mut event = login(user, browser);
    event["client"]["ip"] = json!(ip);
    (event["method"], event["outcome"]) = (json!("password"), json!(outcome));
    if user.contains('<') {
        event["user"]["email"] = json!("hostile@example.com");
    }
    let answer = client.login(&event);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value()
}

fn rehearse(client: &Client, q: &str, change: &Value) -> Answer {
    let asked: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    client.with("Content-Type", "application/json").post(&format!("/v1/policy/rehearsal?{asked}"), change.to_string())
}

/// Ana and bob are at home for weeks; then somebody abroad gets into ana's account with another browser, and bob buys one.
fn seeded(server: &Server, client: &Client) -> (String, String) {
    for _ in 0..3 {
        for user in ["ana", "bob"] {
            sign_in(client, user, HOME, CHROME, "success");
        }
        server.clock.advance_ms(10 * DAY_MS);
    }
    let attack = sign_in(client, "ana", ABROAD, FIREFOX, "success");
    let new = sign_in(client, "bob", HOME, FIREFOX, "success");
    let id = |it: &Value| it["id"].as_str().unwrap().to_owned();
    let json = client.with("Content-Type", "application/json");
    for (login, verdict) in [(id(&attack), "compromised"), (id(&new), "safe")] {
        let given = json.post(&format!("/v1/logins/{login}/verdict"), json!({"verdict": verdict}).to_string());
        assert_eq!(given.status, 201, "{given:?}");
    }
    (id(&attack), id(&new))
}

#[test]
fn a_change_says_which_mails_it_saves_and_which_attacks_it_lets_through() {
    let (server, _places) = server();
    let client = server.client();
    let (attack, new) = seeded(&server, &client);
    let policy = client.get("/v1/policy").value();

    let nothing = rehearse(&client, "last:90d", &json!({})).value();
    assert_eq!((&nothing["from"], &nothing["to"]), (&policy["version"], &policy["version"]), "{nothing}");
    assert_eq!((&nothing["changed"], &nothing["logins"], &nothing["left_out"]), (&json!(0), &json!(8), &json!(0)));
    assert_eq!(nothing["mailed"], json!({"was": 2, "is": 2, "lost": 0, "gained": 0}));
    assert_eq!((&nothing["at_least"], &nothing["untold"], &nothing["data"]), (&json!(false), &json!([]), &json!([])));
    assert!(nothing["query"].as_str().unwrap().starts_with("since:"));

    let muted = rehearse(&client, "last:90d", &json!({"excluded_users": ["bob"]})).value();
    assert_eq!(muted["mailed"], json!({"was": 2, "is": 1, "lost": 1, "gained": 0}), "{muted}");
    assert_eq!(muted["harmless"]["mailed"]["lost"], json!(1));
    assert_eq!(muted["attacks"]["noticed"], json!({"was": 1, "is": 1, "lost": 0, "gained": 0}));
    assert_eq!((&muted["data"][0]["login"], &muted["data"][0]["known"]), (&json!(new), &json!("harmless")));
    assert_eq!(
        (&muted["data"][0]["was"]["told"], &muted["data"][0]["is"]["told"]),
        (&json!("mailed"), &json!("muted"))
    );

    let blind = json!({"muted": true, "muted_signals": ["new_device", "new_country"], "learning_days": 3});
    let blind = rehearse(&client, "last:90d", &blind).value();
    assert_eq!(blind["attacks"]["noticed"]["lost"], json!(1), "{blind}");
    assert_eq!(blind["data"][0]["login"], json!(attack), "attacks that slip through come first: {blind}");
    assert_eq!(blind["unrehearsed"], json!(["learning_days"]));
    let of = |signal: &str| {
        let signals = blind["signals"].as_array().unwrap();
        signals.iter().find(|it| it["signal"] == signal).unwrap_or_else(|| panic!("{signal}: {blind}")).clone()
    };
    assert_eq!(of("new_device")["mailed"]["lost"], json!(2));
    assert_eq!(of("new_country")["mailed"]["lost"], json!(1));
    let levels: u64 = blind["levels"].as_array().unwrap().iter().map(|it| it["logins"].as_u64().unwrap()).sum();
    assert_eq!(levels, 2, "{blind}");
    assert_eq!(client.get("/v1/policy").value(), policy, "nothing is changed");
}

#[test]
fn a_trusted_network_hides_what_comes_from_it() {
    let (server, _places) = server();
    let client = server.client();
    let (attack, _) = seeded(&server, &client);
    let trusted = json!({"trusted_networks": [{"name": "VPN", "ranges": ["216.160.83.0/24"]}]});
    let rehearsed = rehearse(&client, "user:ana", &trusted).value();
    let changed = &rehearsed["data"][0];
    assert_eq!((&changed["login"], rehearsed["changed"].as_u64()), (&json!(attack), Some(1)), "{rehearsed}");
    assert_eq!(changed["is"]["reason"], "new_device");
    assert_eq!(rehearsed["attacks"]["noticed"]["lost"], json!(0), "a new device is mailed from anywhere");
}

#[test]
fn who_is_named_is_in_the_audit_and_who_is_restricted_is_left_out() {
    let (server, _places) = server();
    let client = server.client();
    seeded(&server, &client);
    let before = audit(&server).len();
    rehearse(&client, "last:90d", &json!({"muted": true}));
    let left: Vec<_> = audit(&server).split_off(before);
    let named: Vec<_> = left.iter().filter_map(|it| it.event.detail.as_ref()?.user.clone()).collect();
    assert_eq!(named.len(), 2, "{left:?}");
    assert_eq!(left.len(), 3, "and one for the rehearsal itself");
    assert!(left[2].event.detail.as_ref().unwrap().query.as_ref().unwrap().contains("last"), "{left:?}");

    let json = client.with("Content-Type", "application/json");
    let wish = json.send("PUT", "/v1/users/ana/processing", json!({"mode": "restricted"}).to_string().as_bytes());
    assert_eq!(wish.status, 200, "{wish:?}");
    let rehearsed = rehearse(&client, "last:90d", &json!({"muted": true})).value();
    assert_eq!(rehearsed["logins"], json!(4), "{rehearsed}");
    assert!(!rehearsed.to_string().contains("\"ana\""), "{rehearsed}");
    rehearse(&client, "user:ana", &json!({})).problem(423, "restricted");
}

#[test]
fn what_cannot_be_rehearsed_is_refused() {
    let (server, _places) = server();
    let client = server.client();
    seeded(&server, &client);
    rehearse(&client, "contry:SE", &json!({})).problem(400, "invalid_parameter");
    rehearse(&client, "", &json!({"medium_from": 2})).problem(422, "invalid_field");
    rehearse(&client, "", &json!({"medium_from": 0.9})).problem(422, "invalid_field");
    rehearse(&client, "", &json!({"medium_form": 1})).problem(400, "unexpected_field");
    rehearse(&client, "", &json!({"version": "pol_0000000000000000"})).problem(409, "policy_changed");
    let json = client.with("Content-Type", "application/json");
    json.post("/v1/policy/rehearsal?limit=5", "{}").problem(400, "invalid_parameter");
    rehearse(&server.client_of("acme", &[Scope::PolicyWrite]), "", &json!({})).problem(403, "insufficient_scope");
    let other = rehearse(&server.client_of("other", &Scope::ALL), "user:ana", &json!({"muted": true})).value();
    assert_eq!((&other["logins"], &other["data"]), (&json!(0), &json!([])), "another tenant's logins are not there");
}
