//! The settings: who may see which part, and what its forms do.

use serde_json::json;
use watchlight::{
    domain::{operator::role::Role, privacy::audit::Action},
    http::door::audited::InAudit,
    http::routes::operations,
};

use crate::{
    console::people::{PASSWORD, browser, cookies, form, joined, led, signed_in},
    http::server::{Client, Server},
    privacy::every_route::audit,
};

fn by(server: &Server, email: &str, role: Role, tenants: &[&str]) -> Client {
    signed_in(server, &joined(server, email, role, tenants))
}

/// The link of an answer, as its field holds it.
fn link(page: &str) -> String {
    let field = page.split("<input id=\"link\" value=\"").nth(1).unwrap_or_else(|| panic!("no link: {page}"));
    field.split('"').next().unwrap().to_owned()
}

#[test]
fn each_role_sees_its_parts() {
    let server = Server::start();
    for (role, parts) in [
        (Role::Reader, &["searches", "policy"][..]),
        (Role::Analyst, &["searches", "policy"]),
        (Role::Admin, &["searches", "policy", "webhooks", "operators"]),
    ] {
        let email = format!("{}@example.com", role.as_str());
        let client = by(&server, &email, role, &["acme"]);
        let page = client.get("/console/settings").body;
        assert!(page.contains(&email) && page.contains("watchlight keys list"), "{page}");
        for part in ["searches", "policy", "webhooks", "operators"] {
            let path = format!("/console/settings/{part}");
            let is_open = parts.contains(&part);
            assert_eq!(page.contains(&format!("href=\"{path}\"")), is_open, "{role:?} {part}");
            for path in [path.clone(), format!("{path}.json")] {
                assert_eq!(client.get(&path).status, if is_open { 200 } else { 403 }, "{role:?} {path}");
            }
        }
    }
}

#[test]
fn one_goes_from_tenant_to_tenant() {
    let server = Server::start();
    let client = by(&server, "ana@example.com", Role::Analyst, &["acme", "other"]);
    let page = client.get("/console/settings?tenant=acme").body;
    assert!(page.contains("<a href=\"/console/settings?tenant=other\">other</a>"), "{page}");
    assert!(page.contains("href=\"/console/settings/policy?tenant=acme\""), "{page}");
}

#[test]
fn the_link_of_an_invitation_is_shown_once_and_who_is_revoked_is_out() {
    let server = Server::start();
    let client = by(&server, "ana@example.com", Role::Admin, &["acme"]);
    let invited =
        client.post("/console/settings/operators", form(&[("email", " kim@example.com "), ("role", "analyst")]));
    assert_eq!((invited.status, invited.header("cache-control")), (201, Some("no-store")), "{invited:?}");
    let link = link(&invited.body);
    let (path, token) = (link.find("/console/").map(|at| &link[at..]).unwrap(), link.rsplit('/').next().unwrap());
    let list = client.get("/console/settings/operators").body;
    assert!(list.contains("kim@example.com") && list.contains("invited") && !list.contains(token), "{list}");
    assert!(!client.get("/console/settings/operators.json").body.contains(token));
    let done = browser(&server).post(path, form(&[("password", PASSWORD), ("again", PASSWORD)]));
    assert_eq!(done.status, 303, "{done:?}");
    let kim = browser(&server).with("Cookie", &cookies(&done));
    assert_eq!(kim.get("/console/settings").status, 200);
    let revoke = client.get("/console/settings/operators").body;
    let buttons: Vec<&str> = revoke.split("action=\"").filter_map(|it| it.split('"').next()).collect();
    let buttons: Vec<&&str> = buttons.iter().filter(|it| it.ends_with("/revoke")).collect();
    assert_eq!(buttons.len(), 1, "nobody revokes themselves by a slip: {revoke}");
    let gone = client.post(buttons[0], "");
    assert_eq!((gone.status, led(&gone)), (303, Some("/console/settings/operators".to_owned())), "{gone:?}");
    assert_eq!(kim.get("/console/settings").status, 303, "signed out");
    assert!(client.get("/console/settings/operators").body.contains("revoked"));
    let actions: Vec<Action> = audit(&server).iter().map(|it| it.event.action).collect();
    let (read, invite, revoke) = (Action::ReadOperators, Action::InviteOperator, Action::RevokeOperator);
    assert_eq!(actions, [invite, read, read, read, revoke, read]);
}

#[test]
fn who_cannot_be_invited_is_said_in_the_form() {
    let server = Server::start();
    let client = by(&server, "ana@example.com", Role::Admin, &["acme"]);
    joined(&server, "max@example.com", Role::Admin, &["other"]);
    let hostile = "\"><img src=x>";
    for (email, role, status, why) in [
        ("max@example.com", "reader", 409, "sees other tenants"),
        ("kim", "reader", 422, "must be an e-mail address"),
        (hostile, "admin", 422, "must be an e-mail address"),
        ("kim@example.com", "root", 422, "must be `reader`"),
    ] {
        let page = client.post("/console/settings/operators", form(&[("email", email), ("role", role)]));
        assert_eq!(page.status, status, "{email} {role}: {page:?}");
        assert!(page.body.contains(why) && page.body.contains("role=\"alert\""), "{}", page.body);
        assert!(!page.body.contains("id=\"link\"") && !page.body.contains("<img src=x"), "{}", page.body);
    }
    assert_eq!(client.post("/console/settings/operators", form(&[("email", "kim@example.com")])).status, 400);
    assert_eq!(server.client().get("/v1/operators").value()["data"].as_array().unwrap().len(), 1, "only ana");
}

#[test]
fn another_tenants_settings_are_not_there() {
    let server = Server::start();
    // No example of the search box has this address.
    let acme = by(&server, "zoe@example.com", Role::Admin, &["acme"]);
    let other = joined(&server, "max@example.com", Role::Admin, &["other"]);
    let save = form(&[("name", "Brazil"), ("q", "country:BR")]);
    assert_eq!(acme.post("/console/searches", &save).status, 303);
    let hook = json!({"url": "http://127.0.0.1:9/secret-hook"}).to_string();
    let hook = server.client().with("Content-Type", "application/json").post("/v1/webhooks", hook).value();
    let hook = hook["id"].as_str().unwrap();
    let max = signed_in(&server, &other);
    for part in ["searches", "webhooks", "operators"] {
        let page = max.get(&format!("/console/settings/{part}"));
        let told = ["Brazil", "secret-hook", "zoe@example.com"].iter().any(|it| page.body.contains(it));
        assert!(page.status == 200 && !told, "{part}: {}", page.body);
    }
    assert_eq!(max.post(&format!("/console/settings/webhooks/{hook}/test"), "").status, 404);
    assert_eq!(max.post("/console/searches/delete", form(&[("name", "Brazil")])).status, 404);
    assert_eq!(acme.post(&format!("/console/settings/operators/{}/revoke", other.id), "").status, 404);
    assert_eq!(max.get("/console/settings").status, 200, "nobody was touched");
}

#[test]
fn a_search_is_saved_where_it_is_shown_and_deleted_in_the_settings() {
    let server = Server::start();
    let client = by(&server, "ana@example.com", Role::Analyst, &["acme"]);
    let hostile = "<b>Brazil</b> & \"more\"";
    let page = client.get("/console/search?q=country%3ABR").body;
    assert!(page.contains("action=\"/console/searches\"") && !page.contains("Saved searches"), "{page}");
    assert!(!client.get("/console/search").body.contains("action=\"/console/searches\""), "of nothing");
    let save =
        |name: &str, q: &str| client.post("/console/searches", form(&[("name", name), ("q", q), ("notify", "on")]));
    let saved = save(hostile, "country:BR");
    assert_eq!((saved.status, led(&saved)), (303, Some("/console/search?q=country%3ABR".to_owned())), "{saved:?}");
    let page = client.get("/console/search").body;
    assert!(page.contains("Saved searches") && page.contains("&#60;b&#62;Brazil"), "{page}");
    let listed = server.client().get("/v1/searches").value();
    assert_eq!((&listed["data"][0]["name"], &listed["data"][0]["notify"]), (&json!(hostile), &json!(true)));
    let list = client.get("/console/settings/searches").body;
    assert!(list.contains("told of the first login") && !list.contains("<b>Brazil"), "{list}");
    for (name, q) in [("", "country:BR"), (&"n".repeat(81), "country:BR"), ("a\u{7}", "country:BR"), ("a", "contry:BR")]
    {
        assert_eq!(save(name, q).status, 400, "{name:?} {q}");
    }
    assert_eq!(save("later", "mail:failed").status, 400, "that comes later than a login");
    let reader = by(&server, "lee@example.com", Role::Reader, &["acme"]);
    assert!(!reader.get("/console/settings/searches").body.contains(">Delete</summary>"));
    assert_eq!(reader.post("/console/searches", form(&[("name", "a"), ("q", "ana")])).status, 403);
    assert_eq!(reader.post("/console/searches/delete", form(&[("name", hostile)])).status, 403);
    let delete = || client.post("/console/searches/delete", form(&[("name", hostile)]));
    assert_eq!((delete().status, delete().status), (303, 404));
    assert!(client.get("/console/settings/searches").body.contains("No search is saved"));
}

#[test]
fn the_policy_in_force_is_shown_and_what_was_changed_of_it() {
    let server = Server::start();
    let client = by(&server, "ana@example.com", Role::Reader, &["acme"]);
    let version = || server.client().get("/v1/policy").value()["version"].as_str().unwrap().to_owned();
    let page = client.get("/console/settings/policy").body;
    assert!(page.contains(&version()) && !page.contains(">changed<"), "{page}");
    let change = json!({"weights": {"new_country": 0.55}, "mails_per_day": 7, "muted": true, "excluded_users": ["<i>bot"],
        "trusted_networks": [{"name": "Office <b>", "ranges": ["192.0.2.0/24"]}]});
    let json = server.client().with("Content-Type", "application/json");
    assert_eq!(json.send("PUT", "/v1/policy", change.to_string().as_bytes()).status, 200);
    let page = client.get("/console/settings/policy").body;
    for told in [&version(), "0.55", ">changed<", "<dd>7</dd>", "Shadow mode", "&#60;i&#62;bot", "192.0.2.0/24"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("Office <b>"), "{page}");
}

#[test]
fn a_webhook_is_tried_by_a_button() {
    let server = Server::start();
    let client = by(&server, "ana@example.com", Role::Admin, &["acme"]);
    assert!(client.get("/console/settings/webhooks").body.contains("No webhook"));
    let hook = json!({"url": "http://127.0.0.1:9/hook", "description": "<b>ours", "enabled": false}).to_string();
    server.client().with("Content-Type", "application/json").post("/v1/webhooks", hook);
    let page = client.get("/console/settings/webhooks").body;
    assert!(page.contains("none yet") && page.contains(">off<") && page.contains("&#60;b&#62;ours"), "{page}");
    let button =
        page.split("action=\"").filter_map(|it| it.split('"').next()).find(|it| it.ends_with("/test")).unwrap();
    let tried = client.post(button, "");
    assert_eq!((tried.status, tried.header("location")), (303, Some("/console/settings/webhooks")), "{tried:?}");
    let page = client.get("/console/settings/webhooks").body;
    assert!(page.contains("webhook.test") && page.contains(">failed<"), "{page}");
}

#[test]
fn a_part_is_in_the_audit_what_its_call_of_the_api_is() {
    let action =
        |path: &str| operations().into_iter().find(|it| it.path == path && it.method == "GET").unwrap().in_audit;
    for part in ["operators", "policy", "webhooks", "searches"] {
        let call = action(&format!("/v1/{part}"));
        assert_eq!(action(&format!("/console/settings/{part}")), call, "{part}");
        assert_eq!(action(&format!("/console/settings/{part}.json")), call, "{part}");
    }
    assert_eq!(action("/console/settings"), InAudit::Absent);
}
