//! What an explanation says as facts of a login: what was judged before it, what failed before it, and one of something.

use serde_json::{Value, json};
use watchlight::domain::time::{DAY_MS, MINUTE_MS};

use crate::http::{
    explanation::{ABROAD, HOME, IPHONE, LONDON, explain, sentences, server, settled, sign_in, taken_over},
    server::{CHROME, FIREFOX, login},
};

#[test]
fn only_what_was_judged_of_the_week_before_is_told_and_not_the_login_itself() {
    let (server, _places) = server();
    let client = server.client();
    let taken = taken_over(&server, &client);
    server.clock.advance_ms(MINUTE_MS);
    let later = sign_in(&client, "fay", ABROAD, FIREFOX, "failure");
    let json = client.with("Content-Type", "application/json");
    let judge = |login: &Value, verdict: &str| {
        let path = format!("/v1/logins/{}/verdict", login["id"].as_str().unwrap());
        assert_eq!(json.post(&path, json!({"verdict": verdict}).to_string()).status, 201);
    };
    judge(&taken, "compromised");
    judge(&later, "compromised");
    let told = |login: &Value| sentences(&explain(&client, login), "earlier").pop().unwrap();
    assert_eq!(told(&taken), "Colleagues have judged no login of this user, network or browser from that time.");
    let judged = "Colleagues have judged 1 login of this user, network or browser from that time: 1";
    assert_eq!(told(&later), format!("{judged} compromised."));
    let of_eve = client.get("/v1/logins?q=user%3Aeve%20outcome%3Asuccess").value()["data"][0].clone();
    judge(&of_eve, "safe");
    assert_eq!(told(&taken), format!("{judged} safe."));
}

#[test]
fn a_guess_that_failed_is_neither_a_login_of_the_user_nor_harmless() {
    let (server, _places) = server();
    let client = server.client();
    let explained = explain(&client, &taken_over(&server, &client));
    let first = sentences(&explained, "first_seen");
    assert!(
        first[2].starts_with(
            "The user had not signed in with a browser of this fingerprint before; attempts with one had failed since "
        ),
        "{first:?}"
    );
    let findings = &explained["questions"][4]["findings"];
    assert!(findings["fingerprint_first_seen_at"].is_null() && findings["fingerprint_first_tried_at"].is_object());

    let guess = client.get("/v1/logins?q=user%3Adan%20outcome%3Afailure").value()["data"][0].clone();
    let proposed = explain(&client, &guess)["proposed_verdict"].clone();
    assert_eq!((&proposed["verdict"], &proposed["ground"]), (&json!("unsure"), &json!("failed_guess")), "{proposed}");
    let mistyped = sign_in(&client, "ana", HOME, CHROME, "failure");
    let proposed = explain(&client, &mistyped)["proposed_verdict"].clone();
    assert_eq!((&proposed["verdict"], &proposed["ground"]), (&json!("safe"), &json!("nobody_got_in")), "{proposed}");

    // One guess from each of many addresses is no attack to be seen from any of them: only of the user's own devices it is harmless.
    server.clock.advance_ms(10 * DAY_MS);
    let sprayed = sign_in(&client, "ana", LONDON, IPHONE, "failure");
    let proposed = explain(&client, &sprayed)["proposed_verdict"].clone();
    let expected = (&json!("unsure"), &json!("failed_elsewhere"));
    assert_eq!((&proposed["verdict"], &proposed["ground"]), expected, "{proposed}");
    let device = mistyped["device"]["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/v1/users/ana/devices/{device}/deny"), "").status, 200);
    let again = sign_in(&client, "ana", HOME, CHROME, "failure");
    assert_eq!(explain(&client, &again)["proposed_verdict"]["verdict"], "unsure", "nor is a failure ever a takeover");
}

#[test]
fn one_login_is_told_as_one() {
    let (server, _places) = server();
    let client = server.client();
    settled(&server, &client, 1);
    let second = sign_in(&client, "ana", HOME, FIREFOX, "success");
    let normal = sentences(&explain(&client, &second), "normal");
    assert_eq!(normal[0], "This device was used in no login before (there was one); that was Chrome on Windows.");
    assert_eq!(normal[1], "The user signed in from Sweden in the one login before.");
    sign_in(&client, "and", LONDON, IPHONE, "success");
    let other = sign_in(&client, "ben", LONDON, IPHONE, "failure");
    let touched = sentences(&explain(&client, &other), "touched");
    assert_eq!(
        touched[0], "This address was used for 1 other user in the week before and after; a login of “and” succeeded.",
        "{touched:?}"
    );
    // Which of two of one millisecond is the first is chance.
    server.clock.advance_ms(MINUTE_MS);
    let day = sentences(&explain(&client, &sign_in(&client, "ben", LONDON, IPHONE, "success")), "day");
    assert_eq!(day[0], "In the 24 hours before: 1 login, which failed; in the 24 hours after: no other login.");
    let mut event = login("cem", CHROME);
    (event["method"], event["session_id"]) = (json!("my method"), json!("s_9"));
    let explained = explain(&client, &client.login(&event).value());
    assert!(sentences(&explained, "entry")[0].starts_with("They signed in by “my method” at once"), "{explained}");
    assert!(sentences(&explained, "session")[1].starts_with("It began on "), "{explained}");
}
