//! Verdicts on logins.

use serde_json::{Value, json};
use watchlight::domain::{
    tenant::api_key::Scope::{self, DevicesWrite, LoginsRead},
    time::MINUTE_MS,
};

use super::person::send;
use crate::{
    http::server::{Answer, CHROME, Client, FIREFOX, Server, login},
    support::hooks::{HookServer, Received, Reply},
};

fn judge(client: &Client, login: &Value, body: &Value) -> Answer {
    send(client, "POST", &format!("/v1/logins/{}/verdict", login.as_str().unwrap()), body)
}

fn shown(client: &Client, login: &Value) -> Value {
    client.get(&format!("/v1/logins/{}", login.as_str().unwrap())).value()["verdict"].clone()
}

fn trust(client: &Client, device: &Value) -> Value {
    let devices = client.get("/v1/users/ana/devices").value();
    let known = devices["data"].as_array().unwrap().iter().find(|it| it["id"] == *device);
    known.expect("ana has this device")["trust"].clone()
}

#[test]
fn a_compromised_login_denies_its_device_and_the_tenant_is_told() {
    let hooks = HookServer::start(&[Reply::Status(204)]);
    let server = Server::start();
    let client = server.client();
    let webhook = json!({"url": hooks.url(), "events": ["login.judged", "login.repudiated"]});
    assert_eq!(send(&client, "POST", "/v1/webhooks", &webhook).status, 201);
    client.login(&login("ana", CHROME));
    let taken = client.login(&login("ana", FIREFOX)).value();
    assert_eq!(shown(&client, &taken["id"]), Value::Null);
    let body = json!({"verdict": "compromised", "reason": "Called back: not hers."});
    let given = judge(&client, &taken["id"], &body);
    assert_eq!((given.status, &given.value()["device_denied"]), (201, &json!(true)), "{given:?}");
    assert_eq!(trust(&client, &taken["device"]["id"]), "denied");
    assert_eq!(client.get("/v1/users/ana/alerts").value()["data"][0]["answer"], "denied");
    let verdict = shown(&client, &taken["id"]);
    assert_eq!((&verdict["verdict"], &verdict["text"]), (&json!("compromised"), &body["reason"]));
    server.post_what_is_due();
    let told = hooks.received();
    let told = told.iter().map(Received::value).find(|it| it["type"] == "login.judged").expect("it is told");
    assert_eq!((&told["data"]["verdict"], &told["data"]["login"]["id"]), (&verdict, &taken["id"]));
    server.clock.advance_ms(MINUTE_MS);
    let again = judge(&client, &taken["id"], &body);
    assert_eq!((again.status, again.value()), (200, given.value()), "the same again is one");
    server.post_what_is_due();
    assert_eq!(hooks.received().iter().filter(|it| it.value()["type"] == "login.judged").count(), 1);
    let audit = client.get("/v1/audit?user=ana").value();
    assert!(audit["data"].as_array().unwrap().iter().any(|it| it["action"] == "login.verdict"), "{audit}");
    let export = client.get("/v1/users/ana/export").value();
    assert_eq!(export["notes"], json!([verdict]));
    assert_eq!(client.get("/v1/logins?q=note:any").value()["data"][0]["id"], taken["id"]);
}

#[test]
fn the_word_of_a_colleague_makes_no_device_trusted_and_the_latest_verdict_holds() {
    let server = Server::start();
    let client = server.client();
    client.login(&login("ana", CHROME));
    let new = client.login(&login("ana", FIREFOX)).value();
    let mut history = Vec::new();
    for (verdict, reason) in [("safe", "Her new laptop."), ("unsure", ""), ("safe", "Her new laptop.")] {
        server.clock.advance_ms(MINUTE_MS);
        let given = judge(&client, &new["id"], &json!({"verdict": verdict, "reason": reason}));
        assert_eq!((given.status, &given.value()["device_denied"]), (201, &json!(false)), "{given:?}");
        assert_eq!(shown(&client, &new["id"])["verdict"], verdict);
        history.push(shown(&client, &new["id"]));
    }
    assert_eq!(trust(&client, &new["device"]["id"]), "unconfirmed");
    assert_eq!(client.get("/v1/users/ana/alerts").value()["data"][0]["answer"], "none");
    let notes = client.get(&format!("/v1/logins/{}/notes", new["id"].as_str().unwrap())).value();
    assert_eq!(notes["data"], json!(history));
    let mut failed = login("ana", CHROME);
    failed["outcome"] = json!("failure");
    failed["client"]["user_agent"] = json!("Mozilla/5.0 (X11; Linux x86_64; rv:99.0) Gecko/20100101 Firefox/99.0");
    let failed = client.login(&failed).value();
    let given = judge(&client, &failed["id"], &json!({"verdict": "compromised"}));
    assert_eq!((given.status, &given.value()["device_denied"]), (201, &json!(false)), "a failed login adds no device");
}

#[test]
fn what_is_no_verdict_is_refused() {
    let server = Server::start();
    let client = server.client();
    let id = client.login(&login("ana", CHROME)).value()["id"].clone();
    for (body, field) in [
        (json!({}), "verdict"),
        (json!({"verdict": "guilty"}), "verdict"),
        (json!({"verdict": "safe", "reason": "a\u{0}b"}), "reason"),
        (json!({"verdict": "safe", "reason": "x".repeat(4097)}), "reason"),
    ] {
        let answer = judge(&client, &id, &body);
        answer.problem(422, "invalid_field");
        assert_eq!(answer.value()["field"], field);
    }
    judge(&client, &id, &json!({"verdict": "safe", "why": "x"})).problem(400, "unexpected_field");
    let safe = json!({"verdict": "safe"});
    judge(&server.client_of("other", &Scope::ALL), &id, &safe).problem(404, "not_found");
    judge(&server.client_of("acme", &[LoginsRead]), &id, &safe).problem(403, "insufficient_scope");
    let restricted = json!({"mode": "restricted"});
    assert_eq!(send(&client, "PUT", "/v1/users/ana/processing", &restricted).status, 200);
    judge(&server.client_of("acme", &[DevicesWrite]), &id, &safe).problem(423, "restricted");
}
