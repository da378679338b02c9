//! `/v1/searches`: saved searches, and the webhook that tells of the first login that one finds.

use serde_json::{Value, json};
use watchlight::domain::tenant::api_key::Scope;

use super::server::{Answer, CHROME, Client, FIREFOX, Server, login};
use crate::support::hooks::{HookServer, Reply};

fn put(client: &Client, body: &Value) -> Answer {
    client.with("Content-Type", "application/json").send("PUT", "/v1/searches", body.to_string().as_bytes())
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn a_search_is_saved_by_its_name_and_the_list_as_a_whole() {
    let server = Server::start();
    let client = server.client();
    assert_eq!(client.get("/v1/searches").value(), json!({"data": [], "version": "0"}));
    let brazil = json!({"name": "Brazil", "q": "country:BR last:7d"});
    let first = put(&client, &brazil).value();
    let search = json!({"name": "Brazil", "q": "country:BR last:7d", "notify": false,
        "saved_at": "2026-11-22T10:00:00.000Z", "found": null});
    assert_eq!(first, json!({"data": [search], "version": "1"}));
    put(&client, &json!({"name": "Ana", "q": "ana"}));
    let changed = put(&client, &json!({"name": "Brazil", "q": "country:BR"})).value();
    assert_eq!((names(&changed), &changed["data"][1]["q"]), (vec!["Ana", "Brazil"], &json!("country:BR")));
    assert_eq!(client.get("/v1/searches").value(), changed);
    assert_eq!(server.client_of("other", &Scope::ALL).get("/v1/searches").value()["data"], json!([]));
    // The list can be sent as it was read.
    let mut list = changed.clone();
    list["data"].as_array_mut().unwrap().remove(0);
    let replaced = put(&client, &list).value();
    assert_eq!((names(&replaced), &replaced["version"]), (vec!["Brazil"], &json!("4")));
    put(&client, &list).problem(409, "searches_changed");
    assert_eq!(client.send("DELETE", "/v1/searches/Brazil", b"").status, 204);
    client.send("DELETE", "/v1/searches/Brazil", b"").problem(404, "not_found");
    assert_eq!(client.get("/v1/searches").value()["data"], json!([]));
}

#[test]
fn what_cannot_be_saved_is_refused() {
    let server = Server::start();
    let client = server.client();
    for (body, position) in [
        (json!({"name": "a", "q": "contry:BR"}), 0),
        (json!({"name": "a", "q": "level:high mail:failed", "notify": true}), 16),
        (json!({"name": "a", "q": "level:high until:2026-11-22", "notify": true}), 11),
        (json!({"data": [{"name": "a", "q": "level:high"}, {"name": "b", "q": "ana note:any", "notify": true}]}), 9),
    ] {
        let answer = put(&client, &body);
        assert!(answer.problem(400, "invalid_parameter").starts_with("q "), "{answer:?}");
        assert_eq!(answer.value()["position"], position, "{body}");
    }
    assert_eq!(
        put(&client, &json!({"name": "a", "q": "level:high mail:failed"})).status,
        200,
        "without a webhook it may"
    );
    for (body, field) in [
        (json!({"q": "ana"}), "name"),
        (json!({"name": "a"}), "q"),
        (json!({"name": " a", "q": "ana"}), "name"),
        (json!({"name": "x".repeat(81), "q": "ana"}), "name"),
        (json!({"name": "a", "q": "ana", "data": []}), "data"),
        (json!({"data": [{"name": "a", "q": "ana"}, {"name": "a", "q": "ben"}]}), "data"),
        (json!({"data": [], "version": "x"}), "version"),
    ] {
        let answer = put(&client, &body);
        assert!(answer.problem(422, "invalid_field").starts_with(field), "{answer:?}");
    }
    put(&client, &json!({"name": "a", "q": "ana", "colour": 1})).problem(400, "unexpected_field");
    let many: Vec<Value> = (0..100).map(|it| json!({"name": format!("s{it}"), "q": "ana"})).collect();
    assert_eq!(put(&client, &json!({"data": many})).status, 200);
    put(&client, &json!({"name": "one more", "q": "ana"})).problem(409, "search_limit_reached");
    assert_eq!(put(&client, &json!({"name": "s7", "q": "ben"})).status, 200);
}

/// The messages of saved searches, each once: names of the searches and the login.
fn told(hooks: &HookServer) -> Vec<(Vec<String>, String)> {
    let bodies = hooks.received().into_iter().map(|it| it.value());
    let found = bodies.filter(|it| it["type"] == "search.matched").map(|it| {
        let names = it["data"]["searches"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned());
        (names.collect(), it["data"]["login"]["id"].as_str().unwrap().to_owned())
    });
    found.collect()
}

fn record(client: &Client, user: &str, agent: &str) -> String {
    client.login(&login(user, agent)).value()["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_first_login_that_a_search_finds_is_told_once() {
    let server = Server::start();
    let client = server.client();
    let hooks = HookServer::start(&[Reply::Status(204)]);
    let json = client.with("Content-Type", "application/json");
    assert_eq!(json.post("/v1/webhooks", json!({"url": hooks.url()}).to_string()).status, 201);
    record(&client, "ana", FIREFOX);
    for (name, q, notify) in
        [("fire", "browser:firefox", true), ("ana", "ana last:1h", true), ("silent", "browser:firefox", false)]
    {
        assert_eq!(put(&client, &json!({"name": name, "q": q, "notify": notify})).status, 200);
    }
    record(&client, "ben", CHROME);
    let both = record(&client, "ana", FIREFOX);
    // Nobody has taken up the event yet, and these are found too.
    record(&client, "ana", FIREFOX);
    server.clock.advance_ms(61_000);
    record(&client, "ana", FIREFOX);
    server.post_what_is_due();
    record(&client, "cem", FIREFOX);
    server.clock.advance_ms(61_000);
    record(&client, "cem", FIREFOX);
    server.post_what_is_due();
    assert_eq!(told(&hooks), [(vec!["ana".to_owned(), "fire".to_owned()], both.clone())]);
    let list = client.get("/v1/searches").value();
    assert_eq!(list["data"][0]["found"]["login_id"], both.as_str());
    // Saved again, it waits again.
    put(&client, &json!({"name": "fire", "q": "browser:firefox", "notify": true}));
    server.clock.advance_ms(2_000);
    let next = record(&client, "cem", FIREFOX);
    server.post_what_is_due();
    assert_eq!(told(&hooks)[1..], [(vec!["fire".to_owned()], next)]);
}

#[test]
fn who_is_forgotten_is_in_no_saved_search() {
    let server = Server::start();
    let client = server.client();
    record(&client, "ana", CHROME);
    for (name, q) in
        [("hers", "user:ana level:high"), ("both", "ana,ben"), ("others", "user:ben"), ("all", "level:high")]
    {
        put(&client, &json!({"name": name, "q": q}));
    }
    assert_eq!(client.send("DELETE", "/v1/users/ana", b"").status, 200);
    assert_eq!(names(&client.get("/v1/searches").value()), ["all", "others"]);
}
