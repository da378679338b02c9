//! Keys, scopes, tenants, limits, and what a retry gets.

use std::time::{Duration, Instant};

use watchlight::{
    domain::tenant::api_key::Scope,
    http::door::{limit::Rate, state::HttpSettings},
};

use super::server::{Answer, CHROME, FIREFOX, Options, Server, login};

/// A refusal without what differs from request to request.
fn said(answer: &Answer) -> (u16, String) {
    let mut problem = answer.value();
    problem["request_id"].take();
    (answer.status, problem.to_string())
}

#[test]
fn whoever_has_no_valid_key_is_told_the_same() {
    let server = Server::start();
    let revoked = server.key("revoked", &Scope::ALL);
    server.run(server.keys.revoke(&revoked[8..24])).unwrap().unwrap();
    let missing = server.stranger().get("/v1/logins");
    missing.problem(401, "unauthorized");
    let unknown = server.key("other", &Scope::ALL).replace("wl_live_", "wl_live_0");
    for header in
        [format!("Bearer {revoked}"), format!("Bearer {unknown}"), "Basic abc".to_owned(), "Bearer ".to_owned()]
    {
        let answer = server.stranger().with("Authorization", &header).get("/v1/logins");
        assert_eq!((said(&answer), answer.header("www-authenticate")), (said(&missing), Some("Bearer")), "{header}");
    }
    // Before the body is looked at.
    server.stranger().post("/v1/logins", "nonsense").problem(401, "unauthorized");
}

#[test]
fn a_key_that_is_revoked_is_worth_nothing_at_once_here_and_after_a_second_in_another_process() {
    let server = Server::start();
    let other = Server::with(Options { store: Some(server.store.clone()), ..Options::default() });
    let key = server.key("acme", &[Scope::LoginsRead]);
    let [here, there] = [&server, &other].map(|it| it.stranger().with("Authorization", &format!("Bearer {key}")));
    assert_eq!((here.get("/v1/logins").status, there.get("/v1/logins").status), (200, 200));
    server.run(server.keys.revoke(&key[8..24])).unwrap().unwrap();
    let revoked_at = Instant::now();
    assert_eq!(here.get("/v1/logins").status, 401);
    loop {
        let is_late = revoked_at.elapsed() >= Duration::from_secs(1);
        match there.get("/v1/logins").status {
            401 => break,
            status => assert!(status == 200 && !is_late, "{status} after {:?}", revoked_at.elapsed()),
        }
    }
}

#[test]
fn a_key_works_from_the_moment_it_is_made_in_every_process() {
    let server = Server::start();
    let other = Server::with(Options { store: Some(server.store.clone()), ..Options::default() });
    for number in 0..2 {
        let elsewhere = Server::start();
        let key = elsewhere.key(&format!("tenant{number}"), &[Scope::LoginsRead]);
        let early = other.stranger().with("Authorization", &format!("Bearer {key}"));
        assert_eq!(early.get("/v1/logins").status, 401, "nobody has made it here");
        assert_eq!(server.key(&format!("tenant{number}"), &[Scope::LoginsRead]), key);
        assert_eq!(early.get("/v1/logins").status, 200);
    }
}

#[test]
fn a_key_opens_its_scopes_only() {
    let server = Server::start();
    for (scope, open, shut) in [
        (Scope::LoginsRead, ("GET", "/v1/logins"), ("POST", "/v1/logins")),
        (Scope::LoginsRead, ("GET", "/v1/alerts"), ("DELETE", "/v1/users/u/devices/d")),
        (Scope::LoginsWrite, ("POST", "/v1/logins"), ("GET", "/v1/users/u/devices")),
        (Scope::DevicesWrite, ("POST", "/v1/users/u/devices/d/deny"), ("GET", "/v1/alerts/a")),
    ] {
        let client = server.client_of("acme", &[scope]);
        let status = client.send(open.0, open.1, b"").status;
        assert!(![401, 403].contains(&status), "{open:?}: {status}");
        let refused = client.send(shut.0, shut.1, b"").problem(403, "insufficient_scope");
        assert!(Scope::ALL.iter().any(|it| *it != scope && refused.contains(it.as_str())), "{refused}");
    }
}

#[test]
fn another_tenants_things_are_as_unknown_as_what_never_was() {
    let server = Server::start();
    let acme = server.client();
    acme.login(&login("ana", CHROME));
    let new = acme.login(&login("ana", FIREFOX)).value();
    let (id, device) = (new["id"].as_str().unwrap(), new["device"]["id"].as_str().unwrap());
    let alert = new["alert"]["id"].as_str().unwrap();
    let other = server.client_of("other", &Scope::ALL);
    let never = said(&other.get("/v1/logins/lgn_00000000000000000000000000"));
    for path in [format!("/v1/logins/{id}"), format!("/v1/alerts/{alert}"), "/v1/logins/nonsense".to_owned()] {
        assert_eq!(said(&other.get(&path)), never, "{path}");
    }
    let deny = format!("/v1/users/ana/devices/{device}/deny");
    assert_eq!(said(&other.post(&deny, "")), never);
    assert_eq!(other.get("/v1/users/ana/devices").value()["data"], serde_json::json!([]));
    assert_eq!(other.get("/v1/logins").value()["data"], serde_json::json!([]));
    assert_eq!(acme.get(&format!("/v1/alerts/{alert}")).value()["state"], "queued");
    assert_eq!(acme.post(&deny, "").value()["trust"], "denied");
    assert_eq!(acme.get(&format!("/v1/alerts/{alert}")).value()["answer"], "denied");
    assert_eq!(acme.send("DELETE", &format!("/v1/users/ana/devices/{device}"), b"").status, 204);
    acme.send("DELETE", &format!("/v1/users/ana/devices/{device}"), b"").problem(404, "not_found");
}

#[test]
fn a_retry_gets_the_same_bytes_and_another_body_does_not() {
    let server = Server::start();
    let client = server.client().with("Idempotency-Key", "k1");
    let first = client.login(&login("ana", CHROME));
    server.clock.advance_ms(60_000);
    let again = client.login(&login("ana", CHROME));
    assert_eq!((first.status, again.status, &first.body), (201, 200, &again.body));
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    client.login(&login("ana", FIREFOX)).problem(422, "idempotency_key_reused");
    let mut named = login("bob", CHROME);
    named["event_id"] = "k1".into();
    server.client().login(&named).problem(422, "idempotency_key_reused");
    assert_eq!(server.client().with("Idempotency-Key", "k2").login(&named).status, 201, "the header wins");
    assert_eq!(server.client_of("other", &Scope::ALL).login(&named).status, 201, "another tenant's keys are its own");
}

#[test]
fn who_sends_too_much_waits() {
    let settings = HttpSettings { per_key: Rate { per_second: 1, burst: 2 }, ..HttpSettings::default() };
    let server = Server::with(Options { settings, ..Options::default() });
    let client = server.client();
    assert_eq!((client.get("/v1/logins").status, client.get("/v1/alerts").status), (200, 200));
    let refused = client.get("/v1/logins");
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"key\";q=2;w=2"));
    assert_eq!(refused.header("ratelimit"), Some("\"key\";r=0;t=1"));
    assert_eq!(server.client_of("other", &Scope::ALL).get("/v1/logins").status, 200, "another key is not touched");
}
