//! The audit as the console shows it, and what the console leaves in it.

use serde_json::Value;
use watchlight::domain::{
    ids::UserId,
    operator::role::Role,
    privacy::audit::{Action, Actor, Outcome},
    time::DAY_MS,
};

use crate::{
    console::people::{form, joined, signed_in},
    http::server::{CHROME, Client, Server, login},
    privacy::every_route::audit,
};

fn seen(server: &Server, user: &str) -> String {
    let mut body = login(user, CHROME);
    body["client"]["ip"] = serde_json::json!("89.160.20.112");
    let answer = server.client().login(&body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value()["id"].as_str().unwrap().to_owned()
}

fn admin(server: &Server, email: &str, tenants: &[&str]) -> Client {
    signed_in(server, &joined(server, email, Role::Admin, tenants))
}

/// How many rows a page of the audit has.
fn rows(page: &str) -> usize {
    page.split("<tbody>").nth(1).map_or(0, |it| it.matches("<tr>").count())
}

#[test]
fn what_a_form_has_changed_is_one_entry_by_the_operator() {
    let server = Server::start();
    let id = seen(&server, "ana");
    let operator = joined(&server, "kim@example.com", Role::Analyst, &["acme"]);
    let client = signed_in(&server, &operator);
    let device = server.client().get("/v1/users/ana/devices").value()["data"][0]["id"].as_str().unwrap().to_owned();
    for (path, fields, action, names_ana) in [
        (format!("/console/logins/{id}/verdict"), form(&[("verdict", "safe")]), Action::Verdict, true),
        (format!("/console/logins/{id}/notes"), form(&[("text", "called")]), Action::Note, true),
        (format!("/console/users/ana/devices/{device}/confirm"), form(&[]), Action::Confirm, true),
        ("/console/searches".to_owned(), form(&[("name", "a"), ("q", "user:ana")]), Action::Settings, false),
        ("/console/searches/delete".to_owned(), form(&[("name", "a")]), Action::Settings, false),
    ] {
        let before = audit(&server).len();
        let answer = client.post(&path, &fields);
        assert_eq!(answer.status, 303, "{path}: {answer:?}");
        let left = audit(&server).split_off(before);
        assert_eq!(left.len(), 1, "{path}: {left:?}");
        let event = &left[0].event;
        assert_eq!((event.action, event.outcome), (action, Outcome::Done), "{path}");
        assert_eq!(event.actor, Actor::Operator(operator.id.to_string()), "{path}");
        let user = event.detail.as_ref().and_then(|it| it.user.as_ref()).map(UserId::as_str);
        assert_eq!(user, names_ana.then_some("ana"), "{path}");
    }
    // Of several that are judged at once, each person is named once.
    let other = seen(&server, "ben");
    let before = audit(&server).len();
    let fields = form(&[("verdict", "unsure"), ("login", &id), ("login", &other)]);
    assert_eq!(client.post("/console/verdicts", fields).status, 303);
    let left = audit(&server).split_off(before);
    let mut named: Vec<String> =
        left.iter().filter_map(|it| Some(it.event.detail.as_ref()?.user.as_ref()?.as_str().to_owned())).collect();
    named.sort();
    assert_eq!(named, ["ana", "ben"], "{left:?}");
}

#[test]
fn a_page_that_leads_elsewhere_is_no_entry() {
    let server = Server::start();
    let client = admin(&server, "kim@example.com", &["acme"]);
    let before = audit(&server).len();
    assert_eq!(client.get("/console/about?q=user%3Aana").status, 303, "it is a search");
    assert_eq!(audit(&server).len(), before);
}

#[test]
fn the_audit_shows_what_the_api_tells() {
    let server = Server::start();
    let id = seen(&server, "ana");
    let kim = joined(&server, "kim@example.com", Role::Analyst, &["acme"]);
    let kim_client = signed_in(&server, &kim);
    assert_eq!(kim_client.with("X-Purpose", "Ticket 7").get(&format!("/console/logins/{id}")).status, 200);
    assert_eq!(kim_client.get("/console/search?q=user%3Aana&from=-30d").status, 200);
    let client = admin(&server, "lou@example.com", &["acme"]);
    let page = client.get("/console/audit");
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(rows(&page.body), 2);
    for told in ["kim@example.com", "looked at a person", "searched or listed persons", "Ticket 7", "user:ana", "-30d"]
    {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    assert!(page.body.contains("href=\"/console/users/ana\""), "leads to the user: {}", page.body);
    assert!(page.body.contains(&format!("href=\"/console/logins/{id}\"")), "{}", page.body);
    let again = client.get("/console/audit").body;
    assert!(again.contains(">you<") && again.contains("read the audit"), "that it was read is in it: {again}");
    let by_kim = form(&[("actor", "kim@example.com"), ("user", ""), ("action", "")]);
    let filtered = client.get(&format!("/console/audit?{by_kim}")).body;
    assert_eq!(rows(&filtered), 2, "{filtered}");
    assert!(filtered.contains("name=\"actor\" value=\"kim@example.com\""), "{filtered}");
    for (asked, count) in [
        ("action=person.read", 1),
        ("action=person.read&user=ana", 1),
        ("user=ben", 0),
        ("actor=cli", 0),
        ("actor=operator%3Anobody", 0),
        ("action=persons.search", 1),
        ("to=2026-11-01", 0),
    ] {
        assert_eq!(rows(&client.get(&format!("/console/audit?{asked}")).body), count, "{asked}");
    }
    for wrong in ["action=nothing", "actor=somebody", "user=%00", "colour=red", "cursor=x", "from=yesterday"] {
        assert_eq!(client.get(&format!("/console/audit?{wrong}")).status, 400, "{wrong}");
    }
    let json: Value = client.get("/console/audit.json?action=person.read&tenant=acme").value();
    assert_eq!(json["data"][0]["subject"]["user_id"], "ana");
    assert!(filtered.contains("/console/audit.json?actor=operator%3Aopr_"), "{filtered}");
}

#[test]
fn pages_of_the_audit_follow_each_other_and_none_is_shown_twice() {
    let server = Server::start();
    let id = seen(&server, "ana");
    let kim = signed_in(&server, &joined(&server, "kim@example.com", Role::Reader, &["acme"]));
    for _ in 0..60 {
        assert_eq!(kim.get(&format!("/console/logins/{id}")).status, 200);
    }
    let client = admin(&server, "lou@example.com", &["acme"]);
    let mut sizes = Vec::new();
    let mut next = Some("/console/audit?actor=kim%40example.com&from=-30d".to_owned());
    while let Some(path) = next {
        let page = client.get(&path);
        assert_eq!(page.status, 200, "{page:?}");
        sizes.push(rows(&page.body));
        let before = page.body.split("\" rel=\"next\"").next().filter(|it| it.len() < page.body.len());
        next = before.and_then(|it| it.rsplit("href=\"").next()).map(|it| it.replace("&#38;", "&"));
    }
    assert_eq!(sizes, [50, 10]);
}

#[test]
fn who_has_looked_at_a_person_is_one_page_for_all_times() {
    let server = Server::start();
    let id = seen(&server, "ana");
    let kim = signed_in(&server, &joined(&server, "kim@example.com", Role::Analyst, &["acme"]));
    kim.get(&format!("/console/logins/{id}"));
    kim.post(&format!("/console/logins/{id}/notes"), form(&[("text", "called")]));
    server.clock.advance_ms(20 * DAY_MS);
    let client = admin(&server, "lou@example.com", &["acme"]);
    let page = client.get("/console/users/ana/reads");
    assert_eq!((page.status, rows(&page.body)), (200, 1), "what was changed is not read: {page:?}");
    assert!(page.body.contains("kim@example.com") && page.body.contains(&id), "{}", page.body);
    assert_eq!(rows(&client.get("/console/users/ana/reads?from=-7d").body), 1, "that it was read itself");
    let json = client.get("/console/users/ana/reads.json").value();
    assert_eq!(json["data"].as_array().unwrap().len(), 3, "{json}");
    let nobody = client.get("/console/users/nobody/reads");
    assert!(nobody.status == 200 && nobody.body.contains("Nobody has read anything"), "{nobody:?}");
    assert!(client.get("/console/users/ana").body.contains("/console/users/ana/reads"), "the user's page leads there");
}

#[test]
fn of_whom_the_addresses_of_operators_are_told() {
    let server = Server::start();
    let id = seen(&server, "ana");
    server.key("other", &[]);
    let every = joined(&server, "every@example.com", Role::Admin, &[]);
    assert_eq!(signed_in(&server, &every).get(&format!("/console/logins/{id}?tenant=acme")).status, 200);
    let own = admin(&server, "lou@example.com", &["acme"]).get("/console/audit").body;
    assert!(own.contains(&every.id.to_string()) && !own.contains("every@example.com"), "as by the API: {own}");
    let all = admin(&server, "max@example.com", &[]).get("/console/audit?tenant=acme").body;
    assert!(all.contains("every@example.com"), "{all}");
}

#[test]
fn the_audit_is_its_tenants_and_the_admins_alone() {
    let server = Server::start();
    let id = seen(&server, "ana");
    let kim = signed_in(&server, &joined(&server, "kim@example.com", Role::Analyst, &["acme"]));
    kim.get(&format!("/console/logins/{id}"));
    for path in ["/console/audit", "/console/audit.json", "/console/users/ana/reads", "/console/users/ana/reads.json"] {
        assert_eq!(kim.get(path).status, 403, "{path}");
    }
    let home = kim.get("/console/").body;
    assert!(home.contains(">Settings<") && !home.contains(">Audit<"), "{home}");
    let other = admin(&server, "max@example.com", &["other"]);
    assert_eq!(rows(&other.get("/console/audit").body), 0);
    assert_eq!(rows(&other.get("/console/users/ana/reads").body), 0);
    assert_eq!(other.get("/console/audit?tenant=acme").status, 404);
}

#[test]
fn hostile_names_and_purposes_run_nothing_and_show() {
    let server = Server::start();
    let hostile = "<img src=x onerror=alert(1)>\u{202E}";
    let client = admin(&server, "lou@example.com", &["acme"]);
    let purposeful = client.with("X-Purpose", "<script>alert(1)</script>");
    let q = format!("user:\"{}\"", hostile.replace('\u{202E}', "\\u{202e}"));
    assert_eq!(purposeful.get(&format!("/console/search?{}", form(&[("q", &q)]))).status, 200);
    let asked = form(&[("user", hostile)]);
    for path in [
        "/console/audit".to_owned(),
        format!("/console/audit?{asked}"),
        "/console/users/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%E2%80%AE/reads".to_owned(),
        "/console/users/../reads".to_owned(),
        "/console/audit?actor=operator%3A%3Cimg%20src%3Dx%3E".to_owned(),
    ] {
        let page = client.get(&path);
        assert!(!page.body.contains("<img src=x") && !page.body.contains("<script>"), "{path}: {}", page.body);
    }
    let page = client.get(&format!("/console/audit?{asked}"));
    assert!(page.body.contains("&#60;img src=x onerror=alert(1)&#62;"), "{}", page.body);
    assert_eq!(rows(&page.body), 3, "the search, and the pages before");
}
