//! The link to a copy: it shows on GET, gives on POST, once, within a day.

use watchlight::{
    domain::{
        ids::RequestId,
        time::{DAY_MS, HOUR_MS},
        tokens::{RequestLink, request_token},
    },
    ports::MailFault,
};

use super::story::{Story, cookie, form, nonce};

/// A story in which ana's copy waits to be fetched: her request, and the page.
fn ready(story: &Story) -> (String, String) {
    let id = story.confirmed("ana", "export");
    assert_eq!(story.steps(), 2);
    (id, story.page())
}

#[test]
fn a_copy_is_given_once_and_only_by_the_form() {
    let story = Story::with(&["ana", "bob"]);
    let (id, page) = ready(&story);
    let people = story.server.stranger();
    let shown = people.get(&page);
    assert_eq!((shown.status, people.send("HEAD", &page, b"").status), (200, 200));
    assert!(
        shown.body.contains("You can fetch it only once.") && shown.header("set-cookie").unwrap().contains("Path=/e")
    );
    assert_eq!(form(&people, &cookie(&shown), &page, "nonce=x&answer=json").status, 403);
    let other = format!("nonce={}&answer=pdf", nonce(&shown));
    assert_eq!(form(&people, &cookie(&shown), &page, &other).status, 403);
    assert_eq!(story.request(&id)["fetched_at"], serde_json::Value::Null, "nothing was given");

    let given = story.press(&page, "json");
    assert_eq!((given.status, given.value()["format_version"].is_null()), (200, false));
    assert!(given.body.contains("ana@example.com") && !given.body.contains("bob@example.com"));
    assert_eq!(given.header("content-type"), Some("application/json"));
    assert_eq!(given.header("content-disposition"), Some("attachment; filename=\"copy.json\""));
    assert_eq!(given.header("cache-control"), Some("no-store"));
    assert!(story.request(&id)["fetched_at"].is_string());
    let never = people.get("/e/never");
    assert_eq!((people.get(&page).status, people.get(&page).body), (404, never.body));
    let again = format!("nonce={}&answer=json", nonce(&shown));
    assert_eq!(form(&people, &cookie(&shown), &page, &again).status, 404, "it works once");
}

#[test]
fn a_copy_can_be_read_as_a_page_within_a_day() {
    let story = Story::with(&["ana", "bob"]);
    let (_, page) = ready(&story);
    story.server.clock.advance_ms(DAY_MS - HOUR_MS);
    let given = story.press(&page, "html");
    assert_eq!((given.status, given.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let late = story.confirmed("bob", "export");
    story.steps();
    let late_page = story.page();
    story.server.clock.advance_ms(DAY_MS);
    assert_eq!((story.press(&late_page, "html").status, story.state(&late).as_str()), (404, "answered"));
    // And then there is no other way than to ask again.
    assert_eq!(story.open("bob", "export").status, 201);
}

#[test]
fn a_link_of_another_purpose_or_kind_gives_no_copy() {
    let story = Story::with(&["ana"]);
    let id = story.confirmed("ana", "restrict");
    story.steps();
    let id = RequestId::parse(&id).unwrap();
    for link in [RequestLink::Copy, RequestLink::Confirm] {
        let token = request_token(&story.server.keyring, id, link);
        assert_eq!(story.server.stranger().get(&format!("/e/{token}")).status, 404);
    }
}

#[test]
fn a_copy_that_cannot_be_mailed_is_owed_still_and_brought_when_asked_for_again() {
    let story = Story::with(&["ana"]);
    let id = story.confirmed("ana", "export");
    story.mail.fail_next(MailFault::Permanent("554".to_owned()));
    story.steps();
    let failed = story.request(&id);
    assert_eq!((failed["state"].as_str(), failed["owed"].as_bool()), (Some("failed"), Some(true)));
    assert_eq!(story.open("ana", "export").value()["state"], "carried_out", "nobody is asked twice");
    story.steps();
    assert_eq!((story.state(&id).as_str(), story.press(&story.page(), "json").status), ("answered", 200));
}
