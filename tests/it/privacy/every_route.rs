//! The table of routes, walked: what each request leaves in the audit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use watchlight::{
    domain::privacy::{audit::Action, chain::AuditEntry},
    http::{
        door::{access::Access, audited::InAudit, body::Body},
        routes::{Operation, operations},
    },
};

use crate::{
    http::{
        routes::path,
        server::{Answer, CHROME, Client, FIREFOX, Server, login},
    },
    store::samples::acme,
};

fn keyed() -> Vec<Operation> {
    operations().into_iter().filter(|it| matches!(it.access, Access::Key(_) | Access::Either(_))).collect()
}

/// Everything that the audit of `acme` has.
pub fn audit(server: &Server) -> Vec<AuditEntry> {
    let found = server.run(server.store.audit_after(&acme(), 0, 10_000)).unwrap();
    found.into_iter().map(|it| it.entry.unwrap()).collect()
}

/// Asks, and sees that this leaves one entry or none, as the table says.
fn ask(server: &Server, client: &Client, operation: &Operation, path: &str, body: &Value) -> Answer {
    let before = audit(server).len();
    let body = if operation.body == Body::Nothing { String::new() } else { body.to_string() };
    let media_type = if operation.body == Body::Lines { "application/x-ndjson" } else { "application/json" };
    let client = client.with("Content-Type", media_type);
    let answer = client.send(operation.method.as_str(), path, body.as_bytes());
    let tells = matches!(answer.status, 200..=299 | 404 | 409);
    let left: Vec<AuditEntry> = audit(server).split_off(before);
    match operation.in_audit {
        InAudit::As(action) if tells => {
            let outcomes = left.iter().map(|it| (it.event.action, it.event.outcome.as_str())).collect::<Vec<_>>();
            let outcome = match answer.status {
                404 => "nothing_found",
                409 => "refused",
                _ => "done",
            };
            // An explanation and a campaign leave one more for each other person whom they name.
            let names_others = path.ends_with("/explanation") || path.ends_with("/campaign");
            let outcomes = if names_others { &outcomes[outcomes.len() - 1..] } else { &outcomes };
            assert_eq!(outcomes, [(action, outcome)], "{operation:?}: {answer:?}");
        }
        InAudit::As(_) | InAudit::Absent => assert_eq!(left, [], "{operation:?}: {answer:?}"),
    }
    answer
}

#[test]
fn only_these_routes_are_not_in_the_audit() {
    let absent = keyed().into_iter().filter(|it| it.in_audit == InAudit::Absent);
    let absent: BTreeSet<String> = absent.map(|it| format!("{} {}", it.method, it.path)).collect();
    let expected = [
        // What the product posts.
        "POST /v1/logins",
        "POST /v1/logins/import",
        "POST /v1/activity",
        "POST /v1/sessions/{session_id}/end",
        // What is about no person.
        "GET /v1/regions",
        "GET /v1/erasures/{receipt}",
        "GET /v1/suppressions",
        "GET /v1/webhooks",
        "GET /v1/webhooks/{id}",
        "GET /v1/webhooks/{id}/attempts",
        "POST /v1/webhooks/{id}/test",
    ];
    assert_eq!(absent, expected.into_iter().map(str::to_owned).collect());
}

#[test]
fn whatever_is_asked_of_what_there_is_not_leaves_what_the_table_says() {
    let server = Server::start();
    let client = server.client();
    for operation in keyed() {
        ask(&server, &client, &operation, &path(&operation), &json!({}));
    }
}

#[test]
fn whatever_is_asked_of_what_there_is_leaves_one_entry_that_names_it() {
    let server = Server::start();
    let client = server.client();
    let first = client.login(&login("ana", CHROME)).value();
    let second = client.login(&login("ana", FIREFOX)).value();
    let hook = json!({"url": "http://127.0.0.1:9/hook"});
    let json = client.with("Content-Type", "application/json");
    let webhook = json.post("/v1/webhooks", hook.to_string()).value()["id"].as_str().unwrap().to_owned();
    let address = json!({"email": "ana@example.com"});
    let bodies = BTreeMap::from([
        ("/v1/webhooks", hook.clone()),
        ("/v1/operators", json!({"email": "kim@example.com", "role": "admin"})),
        ("/v1/webhooks/{id}", json!({"enabled": false})),
        ("/v1/suppressions/lookup", address.clone()),
        ("/v1/suppressions/lift", address),
        ("/v1/logins", login("ben", CHROME)),
        ("/v1/logins/import", login("cem", CHROME)),
        ("/v1/logins/{id}/notes", json!({"text": "it was she"})),
        ("/v1/logins/{id}/verdict", json!({"verdict": "safe"})),
        ("/v1/users/{id}", json!({"locale": "fi"})),
        ("/v1/users/{id}/processing", json!({"mode": "full"})),
    ]);
    // What deletes comes last.
    let mut all = keyed();
    all.sort_by_key(|it| it.method == "DELETE");
    for operation in all {
        let id = match operation.path.split('/').nth(2) {
            Some("logins") => second["id"].as_str().unwrap(),
            Some("alerts") => second["alert"]["id"].as_str().unwrap(),
            Some("webhooks") => &webhook,
            _ => "ana",
        };
        let path = operation.path.replace("{id}", id);
        let path = path.replace("{device}", first["device"]["id"].as_str().unwrap());
        let answer = ask(&server, &client, &operation, &path, bodies.get(operation.path).unwrap_or(&json!({})));
        let left = audit(&server).pop().filter(|_| operation.in_audit != InAudit::Absent);
        if let (Some(entry), 200..=299) = (left, answer.status) {
            let detail = entry.event.detail.unwrap();
            let user = detail.user.as_ref().map(|it| it.as_str().to_owned());
            let ana = Some("ana".to_owned());
            let (expected_user, expected_id) = match operation.path.split('/').nth(2) {
                Some("users") if entry.event.action == Action::Erase => (None, None),
                Some("users") if path.contains("dev_") => (ana, first["device"]["id"].as_str()),
                Some("users") => (ana, None),
                Some("logins" | "alerts") if path.contains('_') => (ana, Some(id)),
                Some("webhooks") if operation.path.contains("{id}") => (None, Some(id)),
                Some("webhooks" | "suppressions" | "operators") => (None, detail.id.as_deref()),
                _ => (None, None),
            };
            assert_eq!((user, detail.id.as_deref()), (expected_user, expected_id), "{operation:?}");
        }
    }
}

#[test]
fn what_is_refused_leaves_nothing() {
    let server = Server::start();
    let client = server.client();
    for operation in keyed().iter().filter(|it| it.in_audit != InAudit::Absent) {
        let (method, path) = (operation.method.as_str(), path(operation));
        let without = server.client_of("acme", &[]).send(method, &path, b"");
        assert_eq!(server.stranger().send(method, &path, b"").status, 401);
        assert_eq!(without.status, 403, "{path}");
        let purpose = client.with("X-Purpose", &"x".repeat(10_000)).send(method, &path, b"");
        let told = purpose.problem(400, "invalid_parameter");
        assert!(told.starts_with("X-Purpose must"), "{told}");
        client.send(method, &format!("{path}?unheard_of=1"), b"").problem(400, "invalid_parameter");
    }
    assert_eq!(audit(&server), []);
}
