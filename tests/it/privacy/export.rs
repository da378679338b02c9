//! All that is kept about a person is handed out, and nothing of anybody else.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use watchlight::domain::{tenant::api_key::Scope, time::MINUTE_MS};

use super::person::send;
use crate::http::server::{CHROME, Client, FIREFOX, Server, login};

/// Leaves a trace of a person wherever one can be left, each with the person's name in it.
fn leave_traces(server: &Server, client: &Client, user: &str) {
    for (number, agent) in [CHROME, FIREFOX, CHROME].into_iter().enumerate() {
        let mut login = login(user, agent);
        login["user"]["email"] = json!(format!("{user}@mail.example"));
        login["session_id"] = json!(format!("{user}-session-{number}"));
        login["method"] = json!(format!("{user}-method"));
        let id = client.login(&login).value()["id"].as_str().unwrap().to_owned();
        let note = json!({"text": format!("{user}-note {number}")});
        assert_eq!(send(client, "POST", &format!("/v1/logins/{id}/notes"), &note).status, 201);
        server.clock.set(server.clock_now().plus_ms(MINUTE_MS));
    }
    let activity = json!({
        "session_id": format!("{user}-session-0"), "calls": 7, "user": {"id": user},
        "client": {"ip": "89.160.20.112", "user_agent": CHROME}
    });
    assert_eq!(send(client, "POST", "/v1/activity", &activity).status, 200);
    let processing = json!({"mode": "restricted", "reason": format!("{user}-reason")});
    assert_eq!(send(client, "PUT", &format!("/v1/users/{user}/processing"), &processing).status, 200);
}

fn export(client: &Client, user: &str, format: &str) -> String {
    let answer = client.with("Accept", format).get(&format!("/v1/users/{user}/export"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some(format)), "{answer:?}");
    answer.body
}

#[test]
fn an_export_holds_every_trace_of_the_person_and_none_of_another() {
    let server = Server::start();
    let client = server.client();
    for user in ["ana", "ben"] {
        leave_traces(&server, &client, user);
    }
    client.with("X-Purpose", "Ticket 4711").get("/v1/users/ana/devices");
    for format in ["application/json", "application/x-ndjson"] {
        let text = export(&client, "ana", format);
        for trace in [
            "ana@mail.example",
            "ana-session-0",
            "ana-session-2",
            "ana-method",
            "ana-note 1",
            "ana-reason",
            "89.160.20.112",
            "Ticket 4711",
        ] {
            assert!(text.contains(trace), "{trace}: {text}");
        }
        assert!(!text.contains("ben"), "{text}");
    }
    let whole: Value = serde_json::from_str(&export(&client, "ana", "application/json")).unwrap();
    let looks = whole["reads"].as_array().unwrap().iter().map(|it| (it["action"].as_str(), it["purpose"].as_str()));
    // Also the one that is being written: it was noted before it began.
    let expected = [
        ("person.export", None),
        ("person.export", None),
        ("person.export", None),
        ("person.read", Some("Ticket 4711")),
    ];
    assert_eq!(looks.collect::<Vec<_>>(), expected.map(|(action, purpose)| (Some(action), purpose)));
    let count = |list: &str| whole[list].as_array().unwrap().len();
    assert_eq!(whole["format_version"], 1);
    let lists = ["logins", "alerts", "sessions", "notes", "requests", "devices"].map(count);
    assert_eq!(lists, [3, 1, 1, 3, 0, 2], "{whole:#}");
    let counts = json!({"logins": 3, "alerts": 1, "sessions": 1, "notes": 3, "requests": 0, "reads": 4});
    assert_eq!(whole["counts"], counts);
    assert_eq!(whole["processing"]["mode"], "restricted", "who is restricted can still be handed out");
    assert!(whole["logins"][1]["risk"]["signals"][0]["detail"].is_string(), "{whole:#}");
    assert_eq!(whole["logic"].as_array().unwrap().len(), 3);
    let lines: Vec<Value> = export(&client, "ana", "application/x-ndjson")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        *kinds.entry(line["type"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let expected = [("alert", 1), ("counts", 1), ("head", 1), ("login", 3), ("note", 3), ("read", 5), ("session", 1)];
    assert_eq!(kinds, expected.map(|(kind, count)| (kind.to_owned(), count)).into());
}

#[test]
fn a_page_tells_it_to_the_person_in_their_language() {
    let server = Server::start();
    let client = server.client();
    leave_traces(&server, &client, "ana");
    let evil = json!({"locale": "ar", "time_zone": "Europe/Helsinki"});
    assert_eq!(send(&client, "PATCH", "/v1/users/ana", &evil).status, 200);
    send(&client, "PUT", "/v1/users/ana/processing", &json!({"mode": "full"}));
    let mut marked = login("ana", CHROME);
    marked["session_id"] = json!("<script>alert(1)</script>");
    marked["user"]["email"] = json!("ana@mail.example");
    client.login(&marked);
    let answer = client.with("Accept", "text/html").get("/v1/users/ana/export");
    let page = answer.body;
    assert_eq!(answer.status, 200);
    assert!(page.starts_with("<!doctype html>") && page.contains("<html lang=\"ar\" dir=\"rtl\">"), "{page}");
    assert!(page.trim_end().ends_with("</html>"), "{page}");
    assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    for trace in ["ana@mail.example", "ana-session-0", "ana-note 1", "89.160.20.112", "السويد"] {
        assert!(page.contains(trace), "{trace}: {page}");
    }
    assert_eq!(page.matches("<h2>").count(), 13, "{page}");
    let header = |name| answer.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-type"), Some("text/html; charset=utf-8"));
    assert!(header("content-security-policy").unwrap().starts_with("default-src 'none'"));
}

#[test]
fn nobody_else_is_handed_out() {
    let server = Server::start();
    let client = server.client();
    leave_traces(&server, &client, "ana");
    let unknown = client.get("/v1/users/nobody/export").problem(404, "not_found");
    let other = server.client_of("other", &Scope::ALL);
    assert_eq!(other.get("/v1/users/ana/export").problem(404, "not_found"), unknown);
    let refused = server.client_of("acme", &[Scope::LoginsRead, Scope::PrivacyWrite]);
    refused.get("/v1/users/ana/export").problem(403, "insufficient_scope");
}

/// What an import can carry: of each login when, with what outcome, how, in which session, whose and from where; and how the
/// person is written to. Verdicts, devices and alerts are made anew.
#[test]
fn what_is_imported_again_is_what_was_exported() {
    let (from, to) = (Server::start(), Server::start());
    let client = from.client();
    leave_traces(&from, &client, "ana");
    let mut failed = login("ana", CHROME);
    failed["outcome"] = json!("failure");
    send(&client, "PUT", "/v1/users/ana/processing", &json!({"mode": "full"}));
    assert_eq!(client.login(&failed).status, 201);
    let exported = export(&client, "ana", "application/x-ndjson");
    let there = to.client();
    let import = there.with("Content-Type", "application/x-ndjson");
    let statuses = |answer: String| {
        let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
        let lines = answer.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.for_each(|line| *statuses.entry(line["status"].as_str().unwrap().to_owned()).or_default() += 1);
        statuses
    };
    let first = statuses(import.post("/v1/logins/import", &exported).body);
    assert_eq!((first.get("created"), first.get("failed")), (Some(&4), None), "{first:?}");
    assert!(first["skipped"] >= 6, "{first:?}");
    let again = statuses(import.post("/v1/logins/import", &exported).body);
    assert_eq!(again.get("replayed"), Some(&4), "{again:?}");
    let carried = |text: &str| {
        let whole: Value = serde_json::from_str(text).unwrap();
        let logins: Vec<Value> = whole["logins"].as_array().unwrap().iter().map(|it| it["import"].clone()).collect();
        let contact = &whole["profile"]["contact"];
        (logins, ["email", "locale", "time_zone"].map(|part| contact[part].clone()))
    };
    let [was, is] = [&client, &there].map(|it| carried(&export(it, "ana", "application/json")));
    assert_eq!(was, is);
    assert_eq!(was.0.len(), 4);
}
