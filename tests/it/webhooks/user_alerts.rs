//! `/v1/users/{id}/alerts`: the same alert in the product as in the mail.

use serde_json::{Value, json};
use watchlight::domain::{ids::AlertId, tenant::api_key::Scope};

use crate::http::server::{CHROME, FIREFOX, Server, login};

const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/26.0 Safari/605.1.15";

#[test]
fn a_user_sees_their_alerts_with_the_reference_in_the_mail() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    let answer = client.login(&login("ana", FIREFOX)).value();
    let feed = client.get("/v1/users/ana/alerts").value();
    assert_eq!((feed["data"].as_array().unwrap().len(), &feed["next_cursor"]), (1, &Value::Null));
    let alert = &feed["data"][0];
    let id = alert["id"].as_str().unwrap();
    assert_eq!((&alert["id"], &alert["login_id"]), (&answer["alert"]["id"], &answer["id"]));
    assert_eq!(alert["reference"], server.keyring.reference(AlertId::parse(id).unwrap()));
    assert_eq!(alert["reference"].as_str().unwrap().len(), 6);
    assert_eq!(
        (&alert["state"], &alert["answer"], &alert["kind"]),
        (&json!("queued"), &json!("none"), &json!("new_device"))
    );
    assert_eq!(
        (&alert["browser"], &alert["os"], &alert["ip"]),
        (&json!("Firefox"), &json!("Linux"), &json!("89.160.20.112"))
    );
    assert_eq!((&alert["country"], &alert["method"]), (&json!("SE"), &Value::Null));
    assert!(alert["place"].as_str().unwrap().ends_with("Sweden"), "{alert}");
    assert_eq!(alert["occurred_at"], answer["occurred_at"]);
    assert_eq!(alert["reasons"][0], answer["risk"]["signals"][0]["name"]);
    let device = alert["device_id"].as_str().unwrap();
    client.post(&format!("/v1/users/ana/devices/{device}/confirm"), "");
    assert_eq!(client.get("/v1/users/ana/alerts").value()["data"][0]["answer"], "confirmed");
}

#[test]
fn it_has_pages_and_shows_one_user_of_one_tenant_only() {
    let server = Server::start();
    let client = server.client();
    for user in ["ana", "bob"] {
        for (browser, wait_ms) in [(CHROME, 1_000), (FIREFOX, 1_000), (SAFARI, 1_000)] {
            client.login(&login(user, browser));
            server.clock.advance_ms(wait_ms);
        }
    }
    let first = client.get("/v1/users/ana/alerts?limit=1").value();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = client.get(&format!("/v1/users/ana/alerts?limit=1&cursor={cursor}")).value();
    let browsers = [&first, &second].map(|it| it["data"][0]["browser"].as_str().unwrap().to_owned());
    assert_eq!((browsers, &second["next_cursor"]), (["Safari", "Firefox"].map(str::to_owned), &Value::Null));
    client.get(&format!("/v1/users/bob/alerts?cursor={cursor}")).problem(400, "invalid_parameter");
    client.get("/v1/users/ana/alerts?state=sent").problem(400, "invalid_parameter");
    client.get("/v1/users/ana/alerts?limit=501").problem(400, "invalid_parameter");
    let nothing = json!({"data": [], "next_cursor": null});
    assert_eq!(client.get("/v1/users/nobody/alerts").value(), nothing);
    assert_eq!(server.client_of("other", &Scope::ALL).get("/v1/users/ana/alerts").value(), nothing);
    server.client_of("acme", &[Scope::WebhooksRead]).get("/v1/users/ana/alerts").problem(403, "insufficient_scope");
}
