//! People's requests, from the product's call to the mail that says that it is done.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use watchlight::{
    domain::{
        alert::{
            report::{About, Report},
            suppression::Cause,
        },
        ids::{AlertId, RequestId, TenantId},
        privacy::request::RequestKind,
        tenant::api_key::Scope,
        time::{DAY_MS, HOUR_MS, MINUTE_MS},
        tokens::{RequestLink, bounce_token, request_token},
    },
    ports::MailFault,
    service::{alert::bounces::Outcome, queue::lease::Queue},
};

use super::story::{Story, cookie, form, nonce};
use crate::{
    http::server::{CHROME, login},
    support::{
        hooks::{HookServer, Reply},
        wishes::RECEIPT,
    },
};

fn done(story: &Story) -> Vec<(RequestKind, String)> {
    story.server.wishes.done.lock().unwrap().clone()
}

#[test]
fn a_wish_is_carried_out_once_the_person_has_confirmed_it_and_they_are_told() {
    for kind in RequestKind::ALL {
        let story = Story::with(&["ana"]);
        let id = story.opened("ana", kind.as_str());
        assert_eq!(story.state(&id), "opened");
        assert_eq!(story.steps(), 1);
        let [asking] = &story.mails()[..] else { panic!("one mail") };
        assert_eq!((asking.recipient.as_str(), asking.mail_id.clone()), ("ana@example.com", format!("{id}-ask")));
        assert_eq!((story.state(&id).as_str(), done(&story).len()), ("asked", 0), "nothing happens before");
        let page = story.server.stranger().get(&story.page());
        let reference = story.request(&id)["reference"].as_str().unwrap().to_owned();
        assert!(page.body.contains("Did you ask for this?") && asking.letter.text.contains(&reference));

        assert_eq!(story.press(&story.page(), "yes").status, 200);
        let confirmed = story.request(&id);
        assert_eq!((&confirmed["state"], &confirmed["owed"]), (&json!("confirmed"), &json!(true)));
        assert_eq!(confirmed["due_at"], "2026-12-22T10:00:00.000Z");
        assert_eq!(story.steps(), 2, "it is carried out, and the person is told");
        assert_eq!(done(&story), [(kind, "ana".to_owned())]);
        let [_, told] = &story.mails()[..] else { panic!("two mails") };
        assert_eq!((told.recipient.as_str(), told.mail_id.clone()), ("ana@example.com", format!("{id}-done")));
        let answered = story.request(&id);
        assert_eq!((&answered["state"], &answered["owed"]), (&json!("answered"), &json!(false)));
        let is_erasure = kind == RequestKind::Erase;
        assert_eq!(answered["user_id"], if is_erasure { Value::Null } else { json!("ana") }, "names nobody any more");
        assert_eq!(answered["receipt"], if is_erasure { json!(RECEIPT) } else { Value::Null });
        assert_eq!(told.link.contains("/e/"), kind == RequestKind::Export);
        story.server.clock.advance_ms(30 * DAY_MS);
        assert_eq!((story.steps(), story.mails().len()), (0, 2), "and nothing more");
    }
}

#[test]
fn a_program_that_opens_links_does_nothing() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "erase");
    story.steps();
    let (page, people) = (story.page(), story.server.stranger());
    let shown = people.get(&page);
    for _ in 0..3 {
        assert_eq!((people.get(&page).status, people.send("HEAD", &page, b"").status), (200, 200));
    }
    for (name, value) in
        [("referrer-policy", "no-referrer"), ("cache-control", "no-store"), ("x-robots-tag", "noindex")]
    {
        assert_eq!(shown.header(name), Some(value));
    }
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    let attributes = shown.header("set-cookie").unwrap();
    assert!(
        attributes.contains("HttpOnly") && attributes.contains("SameSite=Strict") && attributes.contains("Path=/r")
    );
    // Nobody who was not shown the form, and no other button.
    let nonce = nonce(&shown);
    for (sent, body) in [
        (cookie(&shown), "nonce=AAAAAAAAAAAAAAAAAAAAAA&answer=yes".to_owned()),
        (cookie(&shown), format!("nonce={nonce}&answer=perhaps")),
        (cookie(&shown), format!("nonce={nonce}")),
        ("other=1".to_owned(), format!("nonce={nonce}&answer=yes")),
    ] {
        assert_eq!(form(&people, &sent, &page, &body).status, 403, "{body}");
    }
    people.post(&page, "answer=yes").problem(415, "unsupported_media_type");
    assert_eq!((story.state(&id).as_str(), story.steps(), done(&story).len()), ("asked", 0, 0));
    assert_eq!(form(&people, &cookie(&shown), &page, &format!("nonce={nonce}&answer=yes")).status, 200);
}

#[test]
fn a_link_works_once_for_a_week_and_for_its_own_request() {
    let story = Story::with(&["ana", "bob", "cid"]);
    let never = story.server.stranger().get("/r/never");
    assert_eq!(never.status, 404);
    let confirmed = story.confirmed("ana", "restrict");
    let used = story.page();
    let declined = story.opened("bob", "restrict");
    story.steps();
    assert_eq!(story.press(&story.page(), "no").status, 200);
    assert_eq!(story.state(&declined), "declined");
    let late = story.opened("cid", "restrict");
    story.steps();
    let late_page = story.page();
    story.server.clock.advance_ms(7 * DAY_MS);
    let forged = used.replace("/r/", "/r/A");
    for page in [&used, &late_page, &forged] {
        let gone = story.server.stranger().get(page);
        assert_eq!((gone.status, &gone.body), (404, &never.body), "a used link is as gone as one that never was");
        assert_eq!(story.press(page, "yes").status, 404);
    }
    story.steps();
    assert_eq!((story.state(&late).as_str(), story.state(&confirmed).as_str()), ("expired", "answered"));
    assert_eq!(done(&story), [(RequestKind::Restrict, "ana".to_owned())], "who declined or was late got nothing");
    // The link to a copy is another one, and only for a request of a copy.
    let id = RequestId::parse(&confirmed).unwrap();
    let token = request_token(&story.server.keyring, id, RequestLink::Copy);
    assert_eq!(story.server.stranger().get(&format!("/r/{token}")).status, 404);
}

#[test]
fn a_second_request_of_a_kind_is_the_first_one() {
    let story = Story::with(&["ana"]);
    let first = story.open("ana", "export");
    let again = story.open("ana", "export");
    assert_eq!((first.status, again.status, again.value()), (201, 200, first.value()));
    assert_ne!(story.opened("ana", "erase"), first.value()["id"].as_str().unwrap());
    assert_eq!((story.steps(), story.mails().len()), (2, 2));
    story.server.clock.advance_ms(HOUR_MS);
    let asked = story.open("ana", "export");
    assert_eq!((asked.status, &asked.value()["id"], story.steps()), (200, &first.value()["id"], 0), "no second mail");
    story.press(&story.mails()[0].link.replace("http://127.0.0.1", ""), "no");
    story.server.clock.advance_ms(1);
    assert_eq!(story.open("ana", "export").status, 201, "the first is over");
}

#[test]
fn who_cannot_be_reached_is_not_asked() {
    let story = Story::with(&["ana"]);
    assert!(story.open("nobody", "export").problem(409, "no_address").contains("user.email"));
    let mut without = login("eve", CHROME);
    without["user"].as_object_mut().unwrap().remove("email");
    story.client.login(&without);
    story.open("eve", "export").problem(409, "no_address");
    // The address turns out to be none.
    let id = story.opened("ana", "export");
    story.mail.fail_next(MailFault::DeadAddress("550 5.1.1".to_owned()));
    story.steps();
    let failed = story.request(&id);
    assert_eq!((&failed["state"], &failed["owed"]), (&json!("failed"), &json!(false)), "nobody was verified");
    assert!(failed["last_error"].as_str().unwrap().contains("550 5.1.1"));
    assert!(story.open("ana", "export").problem(409, "suppressed").contains("/v1/suppressions/lift"));
    let client = story.client.with("Content-Type", "application/json");
    client.post("/v1/suppressions/lift", json!({"email": "ana@example.com"}).to_string());
    let again = story.open("ana", "export");
    assert_eq!(
        (again.status, &again.value()["id"], again.value()["state"].as_str()),
        (200, &json!(id), Some("opened"))
    );
    story.steps();
    assert_eq!((story.state(&id).as_str(), story.mails().len()), ("asked", 1), "taken up again");
}

#[test]
fn a_mail_that_comes_back_ends_the_request_and_the_address_gets_no_more() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "export");
    story.steps();
    let email = story.server.keyring.tenant(&TenantId::parse("acme").unwrap()).email("ana@example.com");
    let token = bounce_token(&story.server.keyring, AlertId(RequestId::parse(&id).unwrap().0), email);
    let report = Report {
        about: About::Token(token),
        addresses: vec!["ana@example.com".to_owned()],
        cause: Cause::Bounced,
        reason: "5.1.1".to_owned(),
    };
    let bounces = story.server.process.bounces();
    assert_eq!(story.server.run(bounces.take(&report)).unwrap(), Outcome::Suppressed);
    let failed = story.request(&id);
    assert_eq!((&failed["state"], &failed["last_error"]), (&json!("failed"), &json!("it came back: 5.1.1")));
    assert_eq!(story.server.stranger().get(&story.page()).status, 404);
    story.open("ana", "export").problem(409, "suppressed");
}

#[test]
fn what_fails_is_tried_again_and_done_once() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "restrict");
    story.mail.fail_next(MailFault::Transient("451".to_owned()));
    assert_eq!((story.steps(), story.mails().len()), (1, 0));
    story.server.clock.advance_ms(20_000);
    assert_eq!((story.steps(), story.mails().len()), (1, 1));
    story.press(&story.page(), "yes");
    story.server.wishes.fails.store(true, Ordering::SeqCst);
    assert_eq!((story.steps(), story.state(&id).as_str()), (1, "confirmed"));
    story.server.wishes.fails.store(false, Ordering::SeqCst);
    assert_eq!(story.steps(), 0, "not before its time");
    story.server.clock.advance_ms(MINUTE_MS);
    assert_eq!((story.steps(), story.state(&id).as_str()), (2, "answered"));
    assert_eq!((done(&story).len(), story.mails().len()), (1, 2));
}

#[test]
fn a_worker_that_is_killed_anywhere_leaves_nothing_half_done() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "erase");
    // Killed after the lease and before the mail; then after the mail and before that is stored.
    drop(story.server.run(story.worker.lease(0)).unwrap());
    assert_eq!(story.steps(), 0, "somebody may hold the lease");
    story.server.clock.advance_ms(2 * MINUTE_MS);
    assert_eq!((story.steps(), story.mails().len()), (1, 1));
    story.press(&story.page(), "yes");
    drop(story.server.run(story.worker.lease(0)).unwrap());
    // It was erased, and that is not stored: another worker does it again, as if it were once.
    story.server.clock.advance_ms(2 * MINUTE_MS);
    assert_eq!(story.steps(), 2);
    assert_eq!((story.state(&id).as_str(), story.request(&id)["receipt"].clone()), ("answered", json!(RECEIPT)));
    let ids: Vec<String> = story.mails().into_iter().map(|it| it.mail_id).collect();
    assert_eq!(ids, [format!("{id}-ask"), format!("{id}-done")]);
}

#[test]
fn a_person_who_answers_while_their_mail_is_being_sent_is_heard() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "object");
    let leased = story.server.run(story.worker.lease(0)).unwrap();
    let token = request_token(&story.server.keyring, RequestId::parse(&id).unwrap(), RequestLink::Confirm);
    assert_eq!(story.press(&format!("/r/{token}"), "yes").status, 200);
    for work in leased.work {
        story.server.run(story.worker.work(work)).unwrap();
    }
    assert_eq!(story.state(&id), "confirmed", "and not merely asked");
    story.steps();
    assert_eq!((story.state(&id).as_str(), done(&story).len()), ("answered", 1));
}

#[test]
fn an_answer_that_is_overdue_alarms_and_the_tenant_is_told_once() {
    let hooks = HookServer::start(&[Reply::Status(204)]);
    let story = Story::with(&["ana"]);
    let webhook = json!({"url": hooks.url(), "events": ["request.due"]}).to_string();
    assert_eq!(story.client.with("Content-Type", "application/json").post("/v1/webhooks", webhook).status, 201);
    let id = story.confirmed("ana", "erase");
    story.server.wishes.fails.store(true, Ordering::SeqCst);
    let told = |days: i64| {
        story.server.clock.advance_ms(days * DAY_MS);
        story.steps();
        story.server.post_what_is_due();
        let ready = story.server.stranger().get("/readyz").value();
        let checks = ready["checks"].as_array().unwrap().iter().find(|it| it["name"] == "requests").unwrap().clone();
        (hooks.received().len(), checks["detail"].clone())
    };
    assert_eq!(told(22), (0, Value::Null));
    assert_eq!(told(1), (1, json!("people's requests: 1 must be answered soon")));
    assert_eq!(told(6), (1, json!("people's requests: 1 must be answered soon")));
    assert_eq!(told(2), (2, json!("people's requests: 1 overdue")));
    assert_eq!(told(9), (2, json!("people's requests: 1 overdue")), "each is told once");
    let message = hooks.received()[1].value();
    assert_eq!((&message["type"], &message["data"]["request"]["id"]), (&json!("request.due"), &json!(id)));
    assert_eq!(message["data"]["request"], story.request(&id));
    story.server.wishes.fails.store(false, Ordering::SeqCst);
    assert_eq!(told(1), (2, Value::Null), "it is answered");
}

#[test]
fn a_product_that_has_answered_by_itself_says_so() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "export");
    story.steps();
    let closed = story.client.post(&format!("/v1/requests/{id}/close"), "");
    assert_eq!((closed.status, &closed.value()["state"]), (200, &json!("answered")));
    assert_eq!(story.client.post(&format!("/v1/requests/{id}/close"), "").value(), closed.value(), "again");
    assert_eq!(story.server.stranger().get(&story.page()).status, 404);
    assert_eq!(story.steps(), 0);
}

#[test]
fn requests_are_listed_by_state_and_page_and_forgotten_after_a_year() {
    let story = Story::with(&["ana", "bob", "cid"]);
    let ids: Vec<String> = ["ana", "bob", "cid"]
        .iter()
        .map(|user| {
            story.server.clock.advance_ms(1);
            story.opened(user, "object")
        })
        .collect();
    story.steps();
    story.press(&story.page(), "no");
    let listed = |query: &str| {
        let list = story.client.get(&format!("/v1/requests{query}")).value();
        let ids = list["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), list["next_cursor"].as_str().map(str::to_owned))
    };
    let (all, none) = listed("");
    assert_eq!((all, none), (ids.iter().rev().cloned().collect(), None));
    let (first, next) = listed("?limit=2");
    let (rest, end) = listed(&format!("?limit=2&cursor={}", next.unwrap()));
    assert_eq!(([first, rest].concat(), end), (ids.iter().rev().cloned().collect(), None));
    assert_eq!(listed("?state=asked").0.len() + listed("?state=declined").0.len(), 3);
    story.client.get("/v1/requests?state=lost").problem(400, "invalid_parameter");
    story.server.clock.advance_ms(8 * DAY_MS);
    story.steps();
    assert_eq!(listed("?state=expired").0.len(), 2);
    story.server.clock.advance_ms(365 * DAY_MS);
    story.steps();
    assert_eq!(listed("").0, [""; 0]);
}

#[test]
fn another_tenants_requests_are_unknown_and_bad_input_is_refused() {
    let story = Story::with(&["ana"]);
    let id = story.opened("ana", "export");
    let other = story.server.client_of("other", &Scope::ALL);
    let (theirs, unknown) = (format!("/v1/requests/{id}"), "/v1/requests/rqs_00000000000000000000000000");
    for path in [theirs.as_str(), unknown, "/v1/requests/x"] {
        other.get(path).problem(404, "not_found");
        other.post(&format!("{path}/close"), "").problem(404, "not_found");
    }
    assert_eq!(other.get("/v1/requests").value()["data"], json!([]));
    assert_eq!(story.state(&id), "opened");
    let json = other.with("Content-Type", "application/json");
    json.post("/v1/users/ana/requests", json!({"kind": "export"}).to_string()).problem(409, "no_address");
    assert!(json.post("/v1/users/ana/requests", r#"{"kind":"forget"}"#).problem(422, "invalid_field").contains("kind"));
    json.post("/v1/users/ana/requests", r#"{"kind":"export","x":1}"#).problem(400, "unexpected_field");
    json.post("/v1/users/ana/requests", "{}").problem(400, "unexpected_field");
    let reader = story.server.client_of("acme", &[Scope::PrivacyRead]);
    reader
        .with("Content-Type", "application/json")
        .post("/v1/users/ana/requests", r#"{"kind":"export"}"#)
        .problem(403, "insufficient_scope");
}
