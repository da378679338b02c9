//! What becomes of a form that cannot be taken, and of one that was: nothing that was typed is lost, and what was done is said.

use serde_json::json;
use watchlight::domain::{
    operator::role::Role,
    privacy::audit::{Action, Outcome},
};

use crate::{
    console::people::{form, joined, led, signed_in},
    http::server::{CHROME, Client, FIREFOX, Server, login},
    privacy::every_route::audit,
};

/// Two logins, of which the later is of a new device, and an analyst.
fn seen(server: &Server) -> (Client, String) {
    server.client().login(&login("ana", CHROME));
    let mut body = login("ana", FIREFOX);
    body["client"]["ip"] = json!("175.16.199.1");
    let id = server.client().login(&body).value()["id"].as_str().unwrap().to_owned();
    (signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"])), id)
}

#[test]
fn what_was_typed_is_still_there_and_the_field_is_named() {
    let server = Server::start();
    let (client, id) = seen(&server);
    let long = "ä".repeat(4_097);
    for (path, sent, kept, why) in [
        (
            format!("/console/logins/{id}/notes"),
            vec![("text", long.as_str())],
            long.as_str(),
            "Note must have 1 to 4096 characters.",
        ),
        (
            format!("/console/logins/{id}/notes"),
            vec![("text", " ")],
            "name=\"text\"",
            "Note must have 1 to 4096 characters.",
        ),
        (
            "/console/searches".to_owned(),
            vec![("name", "a\u{7}b"), ("q", "user:ana")],
            "value=\"user:ana\"",
            "Name must have 1 to 80",
        ),
        (
            format!("/console/logins/{id}/verdict"),
            vec![("verdict", "safe"), ("reason", "a\u{7}b")],
            "Judge it: safe",
            "Reason must not hold control characters",
        ),
    ] {
        let page =
            client.with("Referer", &format!("https://watch.example/console/logins/{id}")).post(&path, form(&sent));
        assert_eq!(page.status, 400, "{path}: {page:?}");
        for said in [
            kept,
            why,
            "aria-invalid=\"true\"",
            &format!("action=\"{path}\""),
            "aria-label=\"Console\"",
            "Back to where you were",
        ] {
            assert!(page.body.contains(said), "{path}: {said}: {}", page.body);
        }
    }
}

#[test]
fn an_address_that_cannot_be_read_comes_back_as_its_form() {
    let server = Server::start();
    let (client, _) = seen(&server);
    for (path, kept, why) in [
        (
            "/console/search?q=user%3Aana&tz=Mars&from=-30d",
            ["value=\"user:ana\"", "value=\"-30d\"", "value=\"Mars\""],
            "Time zone must be",
        ),
        (
            "/console/search?q=user%3Aana&from=soon",
            ["value=\"user:ana\"", "value=\"soon\"", "method=\"get\""],
            "From must be a day",
        ),
        (
            "/console/case?login=lgn_x&q=user%3Aana",
            ["value=\"user:ana\"", "value=\"lgn_x\"", "method=\"get\""],
            "Logins must be at most 200",
        ),
    ] {
        let page = client.get(path);
        assert_eq!(page.status, 400, "{path}");
        for said in kept.iter().chain(&[why, "aria-label=\"Console\""]) {
            assert!(page.body.contains(said), "{path}: {said}: {}", page.body);
        }
    }
}

#[test]
fn a_note_may_have_as_many_characters_as_its_field_says() {
    let server = Server::start();
    let (client, id) = seen(&server);
    let text = "試".repeat(4_096);
    let page = client.get(&format!("/console/logins/{id}")).body;
    assert!(page.contains("maxlength=\"4096\""), "{page}");
    assert_eq!(client.post(&format!("/console/logins/{id}/notes"), form(&[("text", &text)])).status, 303);
    let notes = server.client().get(&format!("/v1/logins/{id}/notes")).value();
    assert_eq!(notes["data"][0]["text"], text);
}

#[test]
fn who_has_chosen_no_login_is_in_the_queue_still() {
    let server = Server::start();
    let (client, id) = seen(&server);
    let before = audit(&server).len();
    let page = client.post("/console/verdicts", form(&[("verdict", "safe"), ("reason", "drill <7>"), ("seen", "")]));
    assert_eq!(page.status, 400, "{page:?}");
    for said in ["No login is chosen", "value=\"drill &#60;7&#62;\"", &format!("data-login=\"{id}\""), "role=\"alert\""]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let left = audit(&server).split_off(before);
    assert!(left.iter().all(|it| it.event.action == Action::Search && it.event.outcome == Outcome::Done), "{left:?}");
    assert!(!left.is_empty(), "whose logins were shown was seen");
}

#[test]
fn a_page_that_cannot_be_shown_has_the_console_around_it() {
    let server = Server::start();
    let (client, id) = seen(&server);
    let reader = signed_in(&server, &joined(&server, "lee@example.com", Role::Reader, &["acme"]));
    let refused = reader.post(&format!("/console/logins/{id}/notes"), form(&[("text", "called back")]));
    assert!(refused.status == 403 && refused.body.contains("called back"), "{refused:?}");
    assert!(!refused.body.contains("Keep the note"), "it cannot be sent: {refused:?}");
    let json = server.client().with("Content-Type", "application/json");
    json.send("PUT", "/v1/users/ana/processing", json!({"mode": "restricted"}).to_string().as_bytes());
    server.clock.advance_ms(2_000);
    for (page, status) in [
        (client.get("/console/nothing"), 404),
        (client.get("/console/users/nobody"), 404),
        (client.get("/console/search?q=user%3Aana"), 423),
        (client.get("/console/audit"), 403),
        (refused, 403),
    ] {
        assert_eq!(page.status, status, "{page:?}");
        assert!(page.body.contains("aria-label=\"Console\"") && page.body.contains("role=\"search\""), "{page:?}");
    }
}

#[test]
fn what_was_done_is_said_once_to_whoever_has_done_it() {
    let server = Server::start();
    let (client, id) = seen(&server);
    let page = format!("/console/logins/{id}");
    let judged = client.post(
        "/console/verdicts",
        form(&[("verdict", "compromised"), ("login", &id), ("next", "/console/?tenant=acme")]),
    );
    assert_eq!(led(&judged).as_deref(), Some("/console/?tenant=acme"));
    let place = judged.header("location").unwrap();
    let said = "1 login was judged compromised, and 1 device was denied.";
    let told = client.get(place);
    assert!(told.body.contains(said) && told.body.contains("role=\"status\""), "{told:?}");
    assert!(!told.body.contains("done="), "no link of the page says it again: {told:?}");
    let lee = signed_in(&server, &joined(&server, "lee@example.com", Role::Analyst, &["acme"]));
    assert!(!lee.get(place).body.contains(said), "it is hers");
    assert_eq!(client.get("/console/?done=x").status, 200);
    server.clock.advance_ms(3 * 60_000);
    assert!(!client.get(place).body.contains(said), "it is over");
    for (path, sent, said) in [
        (format!("{page}/notes"), vec![("text", "called")], "The note is kept."),
        ("/console/searches".to_owned(), vec![("name", "a"), ("q", "user:ana")], "The search is saved."),
        ("/console/searches".to_owned(), vec![("name", "a"), ("q", "user:ben")], "in the place of the one"),
        ("/console/searches/delete".to_owned(), vec![("name", "a")], "The saved search is deleted."),
    ] {
        let done = client.post(&path, form(&sent));
        assert_eq!(done.status, 303, "{path}: {done:?}");
        assert!(client.get(done.header("location").unwrap()).body.contains(said), "{path}: {said}");
    }
}

#[test]
fn the_audit_has_what_was_asked_and_what_a_verdict_has_denied() {
    let server = Server::start();
    let (client, id) = seen(&server);
    let left = |before: usize| {
        let told = audit(&server).split_off(before);
        let told = told.into_iter().filter_map(|it| {
            let detail = it.event.detail?;
            Some((it.event.action, detail.user.map(|it| it.as_str().to_owned()), detail.id, detail.query))
        });
        told.collect::<Vec<_>>()
    };
    let ana = || Some("ana".to_owned());
    let before = audit(&server).len();
    let chosen = form(&[("verdict", "compromised"), ("login", &id)]);
    assert_eq!(client.post("/console/verdicts", chosen).status, 303);
    let asked = Some("verdict=compromised".to_owned());
    let told = left(before);
    assert!(told.contains(&(Action::Verdict, ana(), Some(id.clone()), asked.clone())), "{told:?}");
    let denied =
        told.iter().filter(|it| it.0 == Action::Deny && it.2.as_ref().is_some_and(|it| it.starts_with("dev_")));
    assert_eq!(denied.count(), 1, "{told:?}");
    // The same sent once more denies nothing once more, whichever form sends it.
    for path in ["/console/verdicts".to_owned(), format!("/console/logins/{id}/verdict")] {
        let before = audit(&server).len();
        assert_eq!(client.post(&path, form(&[("verdict", "compromised"), ("login", &id)])).status, 303);
        assert!(left(before).iter().all(|it| it.0 == Action::Verdict), "{path}: {:?}", left(before));
    }
    let before = audit(&server).len();
    assert_eq!(client.post(&format!("/console/logins/{id}/verdict"), form(&[("verdict", "safe")])).status, 303);
    assert_eq!(left(before), [(Action::Verdict, ana(), Some(id.clone()), Some("verdict=safe".to_owned()))]);
    // Who is named by a list is told what was asked, unless that names somebody.
    for (q, is_told) in [("level:medium,high", true), ("-user:ben level:medium,high", false)] {
        let before = audit(&server).len();
        assert_eq!(client.get(&format!("/console/campaign?{}", form(&[("q", q)]))).status, 200);
        let told = left(before);
        let queries: Vec<bool> = told.iter().filter(|it| it.1 == ana()).map(|it| it.3.is_some()).collect();
        assert_eq!(queries, [is_told], "{q}: {told:?}");
    }
}

#[test]
fn a_choice_of_which_a_login_is_gone_comes_back() {
    let server = Server::start();
    let (client, id) = seen(&server);
    for gone in ["lgn_00000000000000000000000000", "lgn_x"] {
        let chosen = [("verdict", "unsure"), ("reason", "drill"), ("login", gone), ("login", id.as_str())];
        let page = client.post("/console/verdicts", form(&chosen));
        assert_eq!(page.status, 404, "{page:?}");
        for said in [
            "1 of the chosen logins is not there any more, so none was judged.",
            &format!("name=\"login\" value=\"{id}\" checked"),
            "value=\"drill\"",
            "role=\"alert\"",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
    }
    let notes = server.client().get(&format!("/v1/logins/{id}/notes")).value();
    assert_eq!(notes["data"], json!([]), "nothing is done before all of it can be");
    assert_eq!(client.post("/console/verdicts", form(&[("verdict", "unsure"), ("login", &id)])).status, 303);
}

#[test]
fn what_is_said_of_a_slip_is_a_sentence() {
    let server = Server::start();
    let (client, _) = seen(&server);
    for (path, said) in [
        ("/console/campaign.csv?q=contry%3ASE", "Did you mean `country`?<"),
        ("/console/search?from=2026-11-23&to=2026-11-22", "From must be before the end of the time.<"),
        ("/console/search?from=2026-11-24&to=2026-11-22", "From must be before the end of the time.<"),
    ] {
        let page = client.get(path);
        assert!(page.status == 400 && page.body.contains(said), "{path}: {page:?}");
    }
    assert_eq!(client.get("/console/search?from=2026-11-22&to=2026-11-22").status, 200, "a day is included");
    let page = client.get("/console/search?q=since%3A2026-11-23+until%3A2026-11-22").body;
    assert!(page.contains("<code>until</code> is before <code>since</code>."), "{page}");
}

#[test]
fn an_invitation_is_made_once_and_never_for_oneself() {
    let server = Server::start();
    let admin = signed_in(&server, &joined(&server, "ana@example.com", Role::Admin, &["acme"]));
    let page = admin.get("/console/settings/operators").body;
    let opened = page.split("name=\"opened\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sent = form(&[("email", "kim@example.com"), ("role", "reader"), ("opened", &opened)]);
    assert_eq!(admin.post("/console/settings/operators", &sent).status, 201);
    let again = admin.post("/console/settings/operators", &sent);
    assert!(again.status == 422 && again.body.contains("was invited by this form already"), "{again:?}");
    assert!(!again.body.contains("id=\"link\""), "{again:?}");
    let oneself = form(&[("email", "Ana@example.com"), ("role", "reader")]);
    let refused = admin.post("/console/settings/operators", oneself);
    assert!(refused.status == 422 && refused.body.contains("The e-mail address must be somebody else"), "{refused:?}");
    assert_eq!(admin.get("/console/settings").status, 200, "still signed in");
}
