//! Every page and every form of the console, of things that there are: by every role of their tenant, and by another tenant's.

use std::collections::BTreeMap;

use serde_json::json;
use watchlight::{
    domain::operator::role::Role,
    http::{
        door::{access::Access, body::Body},
        routes::{Operation, operations},
    },
};

use crate::{
    console::people::{form, invite, joined, signed_in},
    http::server::{Answer, CHROME, Client, FIREFOX, Server, login},
};

/// What there is in the tenant `acme`, by what the table of routes calls it.
struct Things {
    logins: [String; 2],
    device: String,
    webhook: String,
}

impl Things {
    fn made(server: &Server) -> Self {
        let client = server.client().with("Content-Type", "application/json");
        let made = [CHROME, FIREFOX].map(|agent| client.login(&login("ana", agent)).value());
        let webhook = client.post("/v1/webhooks", json!({"url": "http://127.0.0.1:9/hook"}).to_string()).value();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Self {
            device: text(&made[1]["device"]["id"]),
            logins: made.map(|it| text(&it["id"])),
            webhook: text(&webhook["id"]),
        }
    }

    /// The path of an operation for these.
    fn path(&self, server: &Server, operation: &Operation) -> String {
        let id = match operation.path.split('/').nth(2).unwrap() {
            "users" => "ana".to_owned(),
            "settings" if operation.path.contains("webhooks") => self.webhook.clone(),
            "settings" if operation.path.contains("{id}") => operator(server),
            _ => self.logins[0].clone(),
        };
        let path = operation.path.replace("{id}", &id).replace("{device}", &self.device);
        let path = path.replace("{other}", &self.logins[1]).replace("{rest:.*}", "no/such/page");
        assert!(!path.contains('{'), "{operation:?}: an id of what?");
        if path.starts_with("/console/counts") {
            return format!("{path}?by=country");
        }
        if path.starts_with("/console/case") { format!("{path}?login={}", self.logins[0]) } else { path }
    }

    /// What the form of an operation sends.
    fn form(&self, operation: &Operation, role: Role) -> String {
        if operation.body == Body::Nothing {
            return String::new();
        }
        let email = format!("new-{}@example.com", role.as_str());
        match operation.path.rsplit('/').next().unwrap() {
            "verdicts" => form(&[("verdict", "compromised"), ("login", &self.logins[1])]),
            "verdict" => form(&[("verdict", "compromised"), ("reason", "called")]),
            "notes" => form(&[("text", "called")]),
            "confirm" | "deny" => form(&[]),
            "operators" => form(&[("email", &email), ("role", "reader")]),
            "searches" => form(&[("name", "mine"), ("q", "user:ana")]),
            "delete" => form(&[("name", "mine")]),
            _ => panic!("{operation:?}: what does its form send?"),
        }
    }
}

/// Somebody of `acme` whom nobody has revoked.
fn operator(server: &Server) -> String {
    let all = server.client().get("/v1/operators").value();
    let all = all["data"].as_array().unwrap();
    let other =
        all.iter().find(|it| it["email"].as_str().unwrap().starts_with("leaving") && it["revoked_at"].is_null());
    other.unwrap_or_else(|| panic!("{all:?}"))["id"].as_str().unwrap().to_owned()
}

/// What one has to be let in for.
fn views() -> Vec<Operation> {
    operations().into_iter().filter(|it| matches!(it.access, Access::Operator(_) | Access::SignedIn)).collect()
}

fn is_let_in(operation: &Operation, role: Role) -> bool {
    match operation.access {
        Access::Operator(scope) => role.allows(scope),
        _ => true,
    }
}

fn ask(server: &Server, client: &Client, things: &Things, operation: &Operation, tenant: &str, role: Role) -> Answer {
    let path = things.path(server, operation);
    let and = if path.contains('?') { '&' } else { '?' };
    let body = things.form(operation, role);
    client.send(operation.method.as_str(), &format!("{path}{and}tenant={tenant}"), body.as_bytes())
}

/// What may have been changed, and what hangs on it.
fn state(server: &Server, things: &Things) -> BTreeMap<&'static str, String> {
    let client = server.client();
    let told = |path: &str| client.get(path).body;
    BTreeMap::from([
        ("notes of the first", told(&format!("/v1/logins/{}/notes", things.logins[0]))),
        ("notes of the second", told(&format!("/v1/logins/{}/notes", things.logins[1]))),
        ("devices", told("/v1/users/ana/devices")),
        ("operators", told("/v1/operators")),
        ("searches", told("/v1/searches")),
        ("attempts", told(&format!("/v1/webhooks/{}/attempts", things.webhook))),
    ])
}

#[test]
fn each_page_and_form_answers_its_tenants_roles_and_nobody_else() {
    let server = Server::start();
    let things = Things::made(&server);
    server.key("other", &[]);
    for role in Role::ALL {
        invite(&server, &format!("leaving-{}@example.com", role.as_str()), Role::Reader, &["acme"]);
    }
    let client = server.client().with("Content-Type", "application/json");
    let saved = json!({"name": "mine", "q": "user:ana"}).to_string();
    let mut asked = 0;
    for role in Role::ALL {
        let named = |tenant: &str| format!("{}-{tenant}@example.com", role.as_str());
        let own = signed_in(&server, &joined(&server, &named("acme"), role, &["acme"]));
        let foreign = signed_in(&server, &joined(&server, &named("other"), role, &["other"]));
        for operation in views() {
            client.send("PUT", "/v1/searches", saved.as_bytes());
            let before = state(&server, &things);
            let context = format!("{operation:?} by {role:?}");
            // Whoever belongs to another tenant finds nothing there, nor in their own what is another's.
            assert_eq!(ask(&server, &foreign, &things, &operation, "acme", role).status, 404, "{context}");
            if names_a_thing(&operation) {
                let answer = ask(&server, &foreign, &things, &operation, "other", role);
                match is_let_in(&operation, role) {
                    // They say that it is not there, or that nobody has looked at it.
                    true if operation.path.contains("/case") || operation.path.contains("/reads") => {
                        assert!(answer.status < 500, "{context}");
                    }
                    is_let_in => assert_eq!(answer.status, if is_let_in { 404 } else { 403 }, "{context}"),
                }
                for secret in ["Firefox", "-acme@example.com", &things.device, &things.webhook] {
                    assert!(!answer.body.contains(secret), "{context}: {secret}");
                }
            }
            if !is_let_in(&operation, role) {
                assert_eq!(ask(&server, &own, &things, &operation, "acme", role).status, 403, "{context}");
            }
            assert_eq!(state(&server, &things), before, "{context}: changed by who may not");
            if is_let_in(&operation, role) {
                let answer = ask(&server, &own, &things, &operation, "acme", role);
                let expected = if operation.path.contains("{rest") { [404; 3] } else { [200, 201, 303] };
                assert!(expected.contains(&answer.status), "{context}: {answer:?}");
                assert_eq!(state(&server, &things) != before, operation.method != "GET", "{context}: {answer:?}");
            }
            asked += 1;
        }
    }
    assert!(asked >= 3 * 45, "{asked} were asked");
}

#[test]
fn who_may_do_what_is_written_down() {
    let least = |it: &Operation| Role::ALL.into_iter().find(|role| is_let_in(it, *role)).unwrap();
    let mut told: Vec<String> = views()
        .iter()
        .filter(|it| least(it) != Role::Reader)
        .map(|it| format!("{} {} {}", least(it).as_str(), it.method, it.path.trim_start_matches("/console")))
        .collect();
    told.sort();
    let expected = [
        "admin GET /audit",
        "admin GET /audit.json",
        "admin GET /settings/operators",
        "admin GET /settings/operators.json",
        "admin GET /settings/webhooks",
        "admin GET /settings/webhooks.json",
        "admin GET /users/{id}/reads",
        "admin GET /users/{id}/reads.json",
        "admin POST /settings/operators",
        "admin POST /settings/operators/{id}/revoke",
        "admin POST /settings/webhooks/{id}/test",
        "analyst POST /logins/{id}/notes",
        "analyst POST /logins/{id}/verdict",
        "analyst POST /searches",
        "analyst POST /searches/delete",
        "analyst POST /users/{id}/devices/{device}/confirm",
        "analyst POST /users/{id}/devices/{device}/deny",
        "analyst POST /verdicts",
    ];
    assert_eq!(told, expected);
    assert!(views().iter().all(|it| it.method == "GET" || least(it) != Role::Reader), "a reader decides nothing");
}

/// Whether an operation is about something that one tenant has and another has not.
fn names_a_thing(operation: &Operation) -> bool {
    let path = operation.path;
    path.contains("{id}")
        || path.starts_with("/console/case")
        || path == "/console/verdicts"
        || path == "/console/searches/delete"
}
