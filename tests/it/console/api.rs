//! `/v1/operators`: a tenant's own operators, and nobody else's.

use serde_json::json;
use watchlight::domain::{operator::role::Role, privacy::audit::Action, tenant::api_key::Scope};

use crate::{
    console::people::{PASSWORD, browser, cookies, form, joined, signed_in},
    http::server::{Answer, Client, Server},
    privacy::every_route::audit,
};

fn invite(client: &Client, email: &str, role: &str) -> Answer {
    let client = client.with("Content-Type", "application/json");
    client.post("/v1/operators", json!({"email": email, "role": role}).to_string())
}

#[test]
fn an_operator_is_invited_listed_and_revoked() {
    let server = Server::start();
    let client = server.client();
    let made = invite(&client, "kim@example.com", "analyst");
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.value();
    assert_eq!((made["status"].as_str(), made["role"].as_str()), (Some("invited"), Some("analyst")));
    let link = made["invitation_url"].as_str().unwrap().to_owned();
    let done = browser(&server).post(&link, form(&[("password", PASSWORD), ("again", PASSWORD)]));
    assert_eq!(done.status, 303, "{done:?}");
    let listed = client.get("/v1/operators").value();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (listed["data"][0]["id"].clone(), listed["data"][0]["status"].as_str()),
        (made["id"].clone(), Some("active"))
    );
    assert!(!listed.to_string().contains("invitation_url"), "told once");
    let kim = browser(&server).with("Cookie", &cookies(&done));
    assert_eq!(kim.get("/console/help").status, 200);
    let path = format!("/v1/operators/{}", made["id"].as_str().unwrap());
    assert_eq!(client.send("DELETE", &path, b"").status, 204);
    assert_eq!(client.send("DELETE", &path, b"").status, 204, "again");
    assert_eq!(kim.get("/console/").status, 303);
    assert_eq!(client.get("/v1/operators").value()["data"][0]["status"], "revoked");
    let actions: Vec<Action> = audit(&server).iter().map(|it| it.event.action).collect();
    let expected = [
        Action::InviteOperator,
        Action::ReadOperators,
        Action::RevokeOperator,
        Action::RevokeOperator,
        Action::ReadOperators,
    ];
    assert_eq!(actions, expected);
}

#[test]
fn nobody_hands_out_more_than_they_have() {
    let server = Server::start();
    let own = [Scope::OperatorsWrite, Scope::LoginsRead];
    let client = server.client_of("acme", &own);
    assert_eq!(invite(&client, "kim@example.com", "reader").status, 201);
    for role in ["analyst", "admin"] {
        invite(&client, "lou@example.com", role).problem(403, "insufficient_scope");
    }
    let list = server.client_of("acme", &[Scope::OperatorsRead]).get("/v1/operators").value();
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
}

#[test]
fn another_tenants_operators_are_not_there() {
    let server = Server::start();
    let (acme, other) = (server.client(), server.client_of("other", &Scope::ALL));
    let both = joined(&server, "both@example.com", Role::Reader, &["acme", "other"]);
    let every = joined(&server, "every@example.com", Role::Admin, &[]);
    let made = invite(&acme, "kim@example.com", "reader").value();
    assert_eq!(other.get("/v1/operators").value(), json!({"data": []}));
    assert_eq!(acme.get("/v1/operators").value()["data"].as_array().unwrap().len(), 1);
    let unknown = other.send("DELETE", "/v1/operators/opr_00000000000000000000000000", b"").problem(404, "not_found");
    for id in [made["id"].as_str().unwrap(), &both.id.to_string(), &every.id.to_string()] {
        let path = format!("/v1/operators/{id}");
        assert_eq!(other.send("DELETE", &path, b"").problem(404, "not_found"), unknown);
    }
    // An invitation would be a way into what the other tenants let them see.
    for email in ["kim@example.com", "both@example.com", "Every@example.com"] {
        invite(&other, email, "reader").problem(409, "operator_taken");
    }
    assert_eq!(signed_in(&server, &every).get("/console/").status, 200, "nobody was touched");
}

#[test]
fn what_is_no_invitation_is_refused_by_name() {
    let server = Server::start();
    let client = server.client();
    for email in ["", "kim", "kim@localhost\r\nBcc: x@y.example", "a@b@c", &"a".repeat(300)] {
        let told = invite(&client, email, "reader").problem(422, "invalid_field");
        assert!(told.starts_with("email must"), "{told}");
    }
    assert!(invite(&client, "kim@example.com", "root").problem(422, "invalid_field").starts_with("role must"));
    let json = client.with("Content-Type", "application/json");
    json.post("/v1/operators", json!({"email": "kim@example.com"}).to_string()).problem(400, "unexpected_field");
    let more = json!({"email": "kim@example.com", "role": "reader", "tenants": ["other"]});
    json.post("/v1/operators", more.to_string()).problem(400, "unexpected_field");
    client.send("DELETE", "/v1/operators/kim", b"").problem(404, "not_found");
}
