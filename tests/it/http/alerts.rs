//! Alerts that are sent again, and addresses that get no more mail.

use serde_json::{Value, json};
use watchlight::{
    domain::{
        alert::{
            alert::Suppressed,
            delivery::Settlement,
            suppression::{Cause, Suppression},
        },
        history::retention::{Stock, Stocks, TrimMemory},
        ids::TenantId,
        tenant::api_key::Scope,
    },
    ports::LeasedAlert,
};

use crate::{
    http::server::{Answer, CHROME, Client, FIREFOX, START, Server, login},
    support::services::deliveries,
};

/// A login that raises an alert, whose lease the test holds.
fn leased(server: &Server) -> (String, LeasedAlert) {
    let client = server.client();
    client.login(&login("ana", CHROME));
    let alert = client.login(&login("ana", FIREFOX)).value()["alert"]["id"].as_str().unwrap().to_owned();
    let leased = server.run(server.store.lease(START, START.plus_ms(1_000), 1)).unwrap().remove(0);
    (alert, leased)
}

fn settle(server: &Server, leased: &LeasedAlert, settlement: Settlement) {
    assert!(server.run(deliveries(&server.store).settle(leased, START, settlement, None)).unwrap());
}

fn post(client: &Client, path: &str, body: &Value) -> Answer {
    client.with("Content-Type", "application/json").post(path, body.to_string())
}

#[test]
fn what_has_failed_is_found_and_sent_again() {
    let server = Server::start();
    let client = server.client();
    let (alert, leased) = leased(&server);
    let resend = format!("/v1/alerts/{alert}/resend");
    client.post(&resend, "").problem(409, "alert_not_over");
    settle(&server, &leased, Settlement::GivenUp("the mail server answered 421".to_owned()));
    let failed = client.get("/v1/alerts?state=failed").value();
    assert_eq!((&failed["data"][0]["id"], &failed["data"][0]["reason"]), (&json!(alert), &Value::Null));
    assert_eq!(failed["data"][0]["last_error"], "the mail server answered 421");
    let again = client.post(&resend, "");
    assert_eq!((again.status, again.value()["state"].as_str()), (202, Some("queued")), "{again:?}");
    assert_eq!(client.get("/v1/alerts?state=failed").value()["data"], json!([]));
    client.post(&resend, "").problem(409, "alert_not_over");
}

#[test]
fn a_forgotten_address_must_be_given() {
    let server = Server::start();
    let client = server.client();
    let (alert, leased) = leased(&server);
    let resend = format!("/v1/alerts/{alert}/resend");
    settle(&server, &leased, Settlement::Suppressed(Suppressed::AddressSuppressed));
    let held = client.get("/v1/alerts?reason=address_suppressed").value();
    assert_eq!(held["data"][0]["id"], json!(alert));
    assert!(client.post(&resend, "").problem(422, "invalid_field").contains("email"));
    assert!(post(&client, &resend, &json!({"email": "nobody"})).problem(422, "invalid_field").contains("email"));
    post(&client, &resend, &json!({"mail": "ana@example.com"})).problem(400, "unexpected_field");
    client.post(&resend, "{}").problem(415, "unsupported_media_type");
    assert_eq!(post(&client, &resend, &json!({"email": "ana@example.com"})).status, 202);
}

#[test]
fn alerts_are_sent_again_by_their_tenant_with_the_scope_for_it() {
    let server = Server::start();
    let (alert, leased) = leased(&server);
    settle(&server, &leased, Settlement::GivenUp("x".to_owned()));
    let resend = format!("/v1/alerts/{alert}/resend");
    server.client_of("other", &Scope::ALL).post(&resend, "").problem(404, "not_found");
    server.client().post("/v1/alerts/nonsense/resend", "").problem(404, "not_found");
    let reader = server.client_of("acme", &[Scope::LoginsRead]);
    assert!(reader.post(&resend, "").problem(403, "insufficient_scope").contains("alerts:write"));
    assert!(reader.get("/v1/alerts?reason=rain").problem(400, "invalid_parameter").contains("reason"));
}

#[test]
fn addresses_without_mail_are_counted_looked_up_and_lifted() {
    let server = Server::start();
    let client = server.client();
    let (acme, address) = (TenantId::parse("acme").unwrap(), json!({"email": "Ana@example.com"}));
    let mailbox = server.keyring.tenant(&acme).email("ana@example.com");
    let why = Suppression { cause: Cause::Bounced, since: START };
    server.run(server.store.suppress(&acme, mailbox, why)).unwrap();
    let counts = client.get("/v1/suppressions").value();
    assert_eq!(counts, json!({"refused": 0, "bounced": 1, "complained": 0}));
    let found = post(&client, "/v1/suppressions/lookup", &address).value();
    assert_eq!(found, json!({"suppressed": true, "cause": "bounced", "since": "2026-11-22T10:00:00.000Z"}));
    let other = server.client_of("other", &Scope::ALL);
    assert_eq!(post(&other, "/v1/suppressions/lookup", &address).value()["suppressed"], false);
    post(&other, "/v1/suppressions/lift", &address).problem(404, "not_found");
    let reader = server.client_of("acme", &[Scope::LoginsRead]);
    post(&reader, "/v1/suppressions/lift", &address).problem(403, "insufficient_scope");
    assert_eq!(post(&client, "/v1/suppressions/lift", &address).status, 204);
    post(&client, "/v1/suppressions/lift", &address).problem(404, "not_found");
    assert!(
        post(&client, "/v1/suppressions/lookup", &json!({"email": "a@b"}))
            .problem(422, "invalid_field")
            .contains("email")
    );
    let nothing = json!({"suppressed": false, "cause": null, "since": null});
    assert_eq!(post(&client, "/v1/suppressions/lookup", &address).value(), nothing);
}

#[test]
fn readiness_tells_that_mails_do_not_leave() {
    let server = Server::start();
    server.mail_health.breaker.refused(START, "535");
    let ready = server.stranger().get("/readyz").value();
    assert_eq!((&ready["status"], &ready["checks"][1]["status"]), (&json!("degraded"), &json!("failed")));
    assert!(ready["checks"][1]["detail"].as_str().unwrap().contains("refuses us"), "{ready}");
    server.mail_health.breaker.accepted();
    assert_eq!(server.stranger().get("/readyz").value()["status"], "ready");
}

#[test]
fn readiness_tells_that_forgetting_waits() {
    let server = Server::start();
    let stocks = Stocks { logins: Stock { newest: Some(START), older: 100, kept: 0 }, ..Stocks::default() };
    server.mail_health.trim_wait.begin(START, &stocks, &TrimMemory::begin(START).waiting(START));
    let ready = server.stranger().get("/readyz");
    assert_eq!((ready.status, &ready.value()["status"]), (200, &json!("degraded")), "logins are recorded");
    assert!(ready.value()["checks"][3]["detail"].as_str().unwrap().contains("is the clock right"), "{ready:?}");
    server.mail_health.trim_wait.end();
    assert_eq!(server.stranger().get("/readyz").value()["status"], "ready");
}
