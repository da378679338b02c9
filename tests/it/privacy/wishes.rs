//! What people confirm, carried out by the services that the product calls as well.

use serde_json::{Value, json};
use watchlight::service::privacy::wishes::PersonWishes;

use super::story::Story;
use crate::http::server::{CHROME, login};

/// A story in which wishes come true.
fn story(users: &[&str]) -> Story {
    let story = Story::with(users);
    let process = &story.server.process;
    let real = PersonWishes { erasures: process.erasures(), people: process.people() };
    assert!(story.server.wishes.real.set(real).is_ok());
    story
}

#[test]
fn who_confirms_their_erasure_is_forgotten_and_told_so() {
    let story = story(&["ana"]);
    let other = story.opened("ana", "export");
    let id = story.confirmed_after("ana", "erase", 2);
    story.steps();
    let told = story.request(&id);
    let receipt = told["receipt"].as_str().unwrap().to_owned();
    assert_eq!((&told["state"], &told["user_id"]), (&json!("answered"), &Value::Null));
    assert_eq!(story.client.get(&format!("/v1/erasures/{receipt}")).status, 200);
    let mail = story.mails().pop().unwrap();
    assert!(mail.letter.text.contains(&receipt) && mail.recipient == "ana@example.com");
    story.client.get(&format!("/v1/requests/{other}")).problem(404, "not_found");
    story.open("ana", "export").problem(409, "no_address");
}

#[test]
fn what_the_person_confirms_is_the_mode_of_their_logins() {
    let story = story(&["ana", "bob"]);
    let mode = |user: &str| story.client.get(&format!("/v1/users/{user}/processing")).value()["mode"].clone();
    for (user, kind, expected) in [
        ("ana", "object", "minimal"),
        ("bob", "restrict", "restricted"),
        // Who is restricted and objects stays restricted.
        ("bob", "object", "restricted"),
    ] {
        story.confirmed(user, kind);
        story.steps();
        assert_eq!(mode(user), expected);
    }
    assert_eq!(story.client.login(&login("bob", CHROME)).value()["restricted"], json!(true));
}
