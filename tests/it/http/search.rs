//! `GET /v1/logins?q=…`.

use serde_json::{Value, json};
use watchlight::{
    domain::{ids::AlertId, tenant::api_key::Scope},
    ports::Clock,
    wire::time::to_text,
};

use super::server::{CHROME, Client, FIREFOX, Server, login};

/// Eight logins, an hour apart: of ana by Chrome, and of bob by Firefox and a passkey; bob's later ones come from a new
/// network, and one of them fails.
fn seed(server: &Server) -> Client {
    let client = server.client();
    for at in 0..8 {
        let is_ana = at % 2 == 0;
        let mut event = if is_ana { login("ana", CHROME) } else { login("bob", FIREFOX) };
        event["method"] = json!(if is_ana { "password" } else { "passkey" });
        event["session_id"] = json!(format!("s {at}"));
        event["outcome"] = json!(if at == 5 { "failure" } else { "success" });
        event["client"]["ip"] = json!(if at == 7 { "10.1.2.3" } else { "89.160.20.112" });
        if at == 6 {
            event["client"]["user_agent"] = json!(FIREFOX);
        }
        assert_eq!(client.login(&event).status, 201);
        server.clock.advance_ms(3_600_000);
    }
    client
}

fn path(q: &str, more: &str) -> String {
    let q: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    format!("/v1/logins?{q}{more}")
}

fn ids(page: &Value) -> Vec<String> {
    page["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{page}"))
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_search_finds_what_its_terms_say() {
    let server = Server::start();
    let client = seed(&server);
    let newest = &client.get("/v1/logins?limit=2").value()["data"];
    let (ana, bob) = (newest[1].clone(), newest[0].clone());
    assert_eq!((&ana["user_id"], &bob["user_id"]), (&json!("ana"), &json!("bob")));
    let alert = ana["alert"]["id"].as_str().expect("ana's new browser is told");
    let reference = server.keyring.reference(AlertId::parse(alert).unwrap());
    for (q, more, expected) in [
        ("", "", 8),
        ("user:ana", "", 4),
        ("ana", "&outcome=success", 4),
        ("ana,bob", "", 8),
        ("-ana", "", 4),
        ("Sweden", "", 7),
        ("-Sweden", "", 1),
        ("country:SE,FI user:bob", "", 3),
        ("outcome:failure", "&user=bob", 1),
        ("outcome:failure", "&user=ana", 0),
        ("method:passkey browser:firefox", "", 4),
        ("browser:chrome", "", 3),
        ("session:\"s 3\"", "", 1),
        ("10.0.0.0/8", "", 1),
        ("-10.0.0.0/8 os:linux", "", 4),
        ("-status:recognized", "", 3),
        ("status:new", "", 1),
        ("signal:new_device status:new", "", 1),
        ("risk>=0.4", "", 1),
        ("risk < 0.4", "", 7),
        ("mail:none", "", 7),
        (&format!("device:{}", ana["device"]["id"].as_str().unwrap()), "", 1),
        (ana["fingerprint"].as_str().unwrap(), "", 5),
        (ana["id"].as_str().unwrap(), "", 1),
        (&format!("-login:{}", ana["id"].as_str().unwrap()), "", 7),
        (alert, "", 1),
        (&format!("ref:{}", reference.to_lowercase()), "", 1),
        ("ref:000000", "", 0),
        ("session:\"s 3\",\"s 4\",unknown", "", 2),
        ("session:\"s 3\" user:ana", "", 0),
        ("-session:\"s 3\"", "", 7),
        ("ana@example.com", "", 4),
        ("email:ANA@Example.com,bob@example.com outcome:success", "", 7),
        ("-email:ana@example.com", "", 4),
        ("user:bob email:ana@example.com", "", 0),
        ("email:nobody@example.com", "", 0),
        ("like:lgn_01M88BR29V3HMEG27S69NTFQE2", "", 0),
        ("last:2h", "", 2),
        ("last:2h ana", "", 1),
        ("since:2020-01-01 until:2020-12-31", "", 0),
    ] {
        let page = client.get(&path(q, more)).value();
        assert_eq!(ids(&page).len(), expected, "{q} {more}");
        assert_eq!(page["next_cursor"], Value::Null, "{q}");
    }
}

/// More logins of one person than are listed by an e-mail address, of which the search asks for the oldest.
#[test]
fn a_search_by_address_or_device_leaves_out_none_of_a_persons_logins() {
    let server = Server::start();
    let client = seed(&server);
    let many: i64 = 2_100;
    let line = |at: i64| {
        let mut event = login("eve", CHROME);
        event["occurred_at"] = json!(to_text(server.clock.now().plus_ms((at - many) * 60_000)));
        event["outcome"] = json!(if at == 1 { "failure" } else { "success" });
        format!("{event}\n")
    };
    let lines: String = (0..many).map(line).collect();
    let import = client.with("Content-Type", "application/x-ndjson").post("/v1/logins/import", &lines);
    assert_eq!(import.body.matches("created").count(), 2_100, "{}", import.body);
    let device = client.get(&path("user:eve", "&limit=1")).value()["data"][0]["device"]["id"].clone();
    for (q, expected) in [
        ("email:eve@example.com outcome:failure".to_owned(), 1),
        ("email:eve@example.com,nobody@example.com outcome:failure".to_owned(), 1),
        (format!("device:{} outcome:failure", device.as_str().unwrap()), 1),
        ("email:eve@example.com".to_owned(), 2_100),
        (format!("device:{}", device.as_str().unwrap()), 2_100),
    ] {
        let counted = client.get(&path(&q, "&by=outcome").replacen("logins", "logins/counts", 1)).value();
        assert_eq!((&counted["logins"], counted.get("at_least")), (&json!(expected), None), "{q}: {counted}");
        let page = client.get(&path(&q, "&limit=500")).value();
        assert_eq!(ids(&page).len(), expected.min(500), "{q}");
    }
}

#[test]
fn a_search_is_told_so_that_it_means_the_same_later() {
    let server = Server::start();
    let client = seed(&server);
    let page = client.get(&path("last:5h level:LOW", "&user=ana")).value();
    let told = page["query"].as_str().unwrap();
    assert!(told.starts_with("user:ana level:low since:20"), "{told}");
    server.clock.advance_ms(2 * 3_600_000);
    let later = client.get(&path(told, "")).value();
    assert_eq!((ids(&later), &later["query"]), (ids(&page), &json!(told)));
    assert_ne!(ids(&client.get(&path("last:5h level:LOW", "&user=ana")).value()), ids(&page));
    assert_eq!(client.get("/v1/logins?user=ana").value().get("query"), None, "parameters say what they say");
}

#[test]
fn a_search_that_cannot_be_answered_is_refused_at_its_place() {
    let server = Server::start();
    let client = server.client();
    for (q, position, length, suggestion) in [
        ("user:ana contry:BR", 9, 6, json!("country")),
        ("ä status:recognised", 9, 10, json!("recognized")),
        ("level:high or level:low", 11, 2, Value::Null),
        ("a\0", 1, 1, Value::Null),
        (&"x".repeat(4_097), 4_096, 0, Value::Null),
    ] {
        let answer = client.get(&path(q, ""));
        let detail = answer.problem(400, "invalid_parameter");
        assert!(detail.starts_with(&format!("q cannot be answered: character {}: ", position + 1)), "{detail}");
        let problem = answer.value();
        assert_eq!(
            (&problem["field"], &problem["position"], &problem["length"]),
            (&json!("q"), &json!(position), &json!(length)),
            "{q}"
        );
        assert_eq!(problem.get("suggestion").unwrap_or(&Value::Null), &suggestion);
    }
    let other = client.get("/v1/logins?usr=ana");
    other.problem(400, "invalid_parameter");
    assert_eq!(other.value().get("position"), None);
}

#[test]
fn pages_and_tables_are_of_the_search() {
    let server = Server::start();
    let client = seed(&server);
    let whole = ids(&client.get(&path("-user:ana", "")).value());
    let first = client.get(&path("-user:ana", "&limit=3")).value();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = client.get(&path("-user:ana", &format!("&limit=3&cursor={cursor}"))).value();
    assert_eq!([ids(&first), ids(&second)].concat(), whole);
    client.get(&path("-user:bob", &format!("&cursor={cursor}"))).problem(400, "invalid_parameter");
    let table = client.with("Accept", "text/csv").get(&path("-user:ana", ""));
    assert_eq!(table.body.lines().count(), 1 + whole.len());
}

#[test]
fn a_search_names_whom_it_is_about() {
    let server = Server::start();
    let client = seed(&server);
    assert_eq!(client.get(&path("user:ana level:low", "")).status, 200);
    let entry = client.get("/v1/users/ana/reads").value()["data"][0].clone();
    assert_eq!(entry["action"], "persons.search", "{entry}");
    let restricted = json!({"mode": "restricted"}).to_string();
    let put = client.with("Content-Type", "application/json");
    assert_eq!(put.send("PUT", "/v1/users/ana/processing", restricted.as_bytes()).status, 200);
    client.get(&path("ana", "")).problem(423, "restricted");
    assert_eq!(
        ids(&client.get(&path("ana,bob", "")).value()).len(),
        4,
        "who is restricted is left out of others' lists"
    );
}

#[test]
fn what_became_of_a_warning_and_what_was_written_is_searched() {
    let server = Server::start();
    let client = seed(&server);
    let all = ids(&client.get("/v1/logins").value());
    let newest = client.get("/v1/logins?limit=2&user=ana").value();
    let (warned, device) = (&newest["data"][0]["id"], newest["data"][0]["device"]["id"].as_str().unwrap());
    let (noted, other) = (all[3].clone(), all[5].clone());
    let find = |q: &str| ids(&client.get(&path(q, "")).value());
    let one = |id: &Value| vec![id.as_str().unwrap().to_owned()];
    for (q, expected) in [
        ("mail:queued", one(warned)),
        ("mail:queued,failed user:ana", one(warned)),
        ("mail:queued country:SE answer:none", one(warned)),
        ("-mail:none", one(warned)),
        ("mail:queued last:1h", vec![]),
        ("mail:failed", vec![]),
        ("mail:queued user:bob", vec![]),
        ("answer:none", one(warned)),
        ("answer:denied", vec![]),
        ("note:any", vec![]),
    ] {
        assert_eq!(find(q), expected, "{q}");
    }
    let denied = client.post(&format!("/v1/users/ana/devices/{device}/deny"), "");
    assert_eq!(denied.status, 200, "{denied:?}");
    for id in [&noted, &other] {
        let note = client.with("Content-Type", "application/json");
        assert_eq!(note.post(&format!("/v1/logins/{id}/notes"), json!({"text": "x"}).to_string()).status, 201);
    }
    assert_eq!((find("answer:denied"), find("answer:none")), (one(warned), vec![]));
    assert_eq!(find("answer:denied note:any"), Vec::<String>::new());
    assert_eq!(find("note:any"), [noted.clone(), other.clone()]);
    assert_eq!(find("note:any user:bob").len() + find("note:any user:ana").len(), 2);
    assert_eq!((find("note:none").len(), find("-mail:queued").len()), (6, 7));
    let first = client.get(&path("note:any", "&limit=1")).value();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = client.get(&path("note:any", &format!("&limit=1&cursor={cursor}"))).value();
    assert_eq!((ids(&first), ids(&second), &second["next_cursor"]), (vec![noted], vec![other], &Value::Null));
    let elsewhere = server.client_of("other", &Scope::ALL);
    for q in ["note:any", "answer:denied", "-mail:none"] {
        assert_eq!(ids(&elsewhere.get(&path(q, "")).value()), Vec::<String>::new(), "{q}");
    }
}
