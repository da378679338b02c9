//! `GET /v1/logins/{id}/explanation`: what a security analyst reads about a login.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use watchlight::{
    adapters::geo::MaxmindGeo,
    domain::{
        tenant::api_key::Scope,
        time::{DAY_MS, HOUR_MS, MINUTE_MS},
    },
};

use crate::http::server::{CHROME, Client, FIREFOX, Options, Server, login};

/// In Linköping, Sweden.
pub const HOME: &str = "89.160.20.112";
/// In Milton, United States.
pub const ABROAD: &str = "216.160.83.56";
/// In London.
pub const LONDON: &str = "81.2.69.142";
pub const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
    Version/26.0 Mobile/15E148 Safari/604.1";

/// A server that knows cities and networks.
pub fn server() -> (Server, TempDir) {
    let folder = TempDir::new().unwrap();
    for file in ["GeoIP2-City-Test.mmdb", "GeoLite2-ASN-Test.mmdb"] {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/geoip/");
        std::fs::copy(format!("{data}{file}"), folder.path().join(file)).unwrap();
    }
    let geo = Some(Arc::new(MaxmindGeo::open(folder.path())));
    (Server::with(Options { geo, ..Options::default() }), folder)
}

/// A login of a user from an address, by password.
pub fn sign_in(client: &Client, user: &str, ip: &str, browser: &str, outcome: &str) -> Value {
    let mut event = login(user, browser);
    event["client"]["ip"] = json!(ip);
    (event["method"], event["outcome"]) = (json!("password"), json!(outcome));
    let answer = client.login(&event);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value()
}

/// So many days at home, one login each.
pub fn settled(server: &Server, client: &Client, days: usize) {
    for _ in 0..days {
        sign_in(client, "ana", HOME, CHROME, "success");
        server.clock.advance_ms(DAY_MS);
    }
}

pub fn explain(client: &Client, login: &Value) -> Value {
    let answer = client.get(&format!("/v1/logins/{}/explanation", login["id"].as_str().unwrap()));
    assert_eq!(answer.status, 200, "{answer:?}");
    let explained = answer.value();
    every_query_shows_what_it_says(client, &explained);
    explained
}

/// Runs each query, and those among the findings, and counts.
fn every_query_shows_what_it_says(client: &Client, explained: &Value) {
    let questions = explained["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 11);
    let touched = &questions[5]["findings"];
    let groups = ["address", "prefix", "fingerprint"].map(|it| &touched[it]).into_iter().filter(|it| !it.is_null());
    let mut asked = 0;
    for behind in questions.iter().chain(groups) {
        let Some(query) = behind["query"].as_str() else { continue };
        let q: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", query).finish();
        let page = client.get(&format!("/v1/logins?limit=500&{q}")).value();
        let shown = page["data"].as_array().unwrap_or_else(|| panic!("{query}: {page}")).len() as u64;
        let (said, at_least) = (behind["logins"].as_u64().unwrap(), behind["at_least"] == true);
        assert!(if at_least { shown >= said } else { shown == said }, "{query} shows {shown}: {behind}");
        asked += 1;
    }
    assert!(asked >= 9, "{explained}");
}

/// The sentences that answer a question.
pub fn sentences(explained: &Value, key: &str) -> Vec<String> {
    let questions = explained["questions"].as_array().unwrap();
    let answer = questions.iter().find(|it| it["key"] == key).unwrap_or_else(|| panic!("{key}"));
    answer["sentences"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// Somebody abroad fails at four accounts, enters one, fails six times at ana's, and enters it.
pub fn taken_over(server: &Server, client: &Client) -> Value {
    settled(server, client, 10);
    sign_in(client, "ana", HOME, CHROME, "success");
    for user in ["bob", "cem", "dan", "eve"] {
        sign_in(client, user, ABROAD, FIREFOX, "failure");
        server.clock.advance_ms(MINUTE_MS);
    }
    sign_in(client, "eve", ABROAD, FIREFOX, "success");
    for _ in 0..6 {
        sign_in(client, "ana", ABROAD, FIREFOX, "failure");
        server.clock.advance_ms(MINUTE_MS);
    }
    sign_in(client, "ana", ABROAD, FIREFOX, "success")
}

#[test]
fn reasons_name_countries_and_tell_times_and_distances_as_people_do() {
    let (server, _places) = server();
    let client = server.client();
    let explained = explain(&client, &taken_over(&server, &client));
    let flagged = sentences(&explained, "flagged").join(" ");
    assert!(flagged.contains("all 11 of the user's logins came from Sweden."), "{flagged}");
    let km = flagged
        .split("At least ")
        .nth(1)
        .and_then(|it| it.split(" km from the last login, within 10 minutes of it: ").next());
    assert!(km.is_some_and(|it| it.len() == 5 && it.get(1..2) == Some(",")), "thousands of kilometres: {flagged}");
}

#[test]
fn a_takeover_explains_itself() {
    let (server, _places) = server();
    let client = server.client();
    let taken = taken_over(&server, &client);
    let explained = explain(&client, &taken);
    assert_eq!(
        sentences(&explained, "normal"),
        [
            "This device was used in none of the last 11 logins; usual is Chrome on Windows (11 of 11).",
            "The user signed in from the United States in none of the last 11 logins; usual is Sweden (11 of 11).",
            "The same network was used in none of the last 11 logins.",
            "The hour of the day was within an hour of this one in all of the last 11 logins.",
        ]
    );
    assert_eq!(
        sentences(&explained, "entry"),
        [
            "They signed in by password after 6 failed attempts in the 24 hours before.",
            "They all came from the network of this address; the latest 1 minute before.",
            "From the same network 4 attempts on accounts of 4 other users failed in that time.",
        ]
    );
    assert_eq!(
        sentences(&explained, "touched")[0],
        "This address was used for 4 other users in the week before and after; a login succeeded for 1 of them: “eve”; 4 attempts failed."
    );
    let journey = sentences(&explained, "journey");
    assert!(
        journey[0].starts_with("The last login was 10 minutes before, within 100 km of Linköping, Sweden;"),
        "{journey:?}"
    );
    assert!(journey[1].ends_with("nobody travels that fast."), "{journey:?}");
    assert_eq!(sentences(&explained, "told"), ["The warning waits to be mailed.", "They have not answered."]);
    assert_eq!(
        sentences(&explained, "earlier"),
        [
            "No login of this user raised a warning in the 7 days before.",
            "From the network of this address, no login raised a warning in that time.",
            "Colleagues have judged no login of this user, network or browser from that time.",
        ]
    );
    assert_eq!(
        explained["proposed_verdict"],
        json!({
            "verdict": "compromised", "ground": "guessed",
            "reason": "A new device (Firefox 145 on Linux) got in after attempts to guess the way in."
        })
    );
    let reads = client.get("/v1/users/eve/reads").value();
    assert_eq!(reads["data"][0]["action"], "person.read", "who is named is told of it: {reads}");
    assert_eq!(client.get("/v1/users/bob/reads").value()["data"], json!([]), "and who is only counted is not");

    let id = taken["id"].as_str().unwrap();
    let json = client.with("Content-Type", "application/json");
    assert_eq!(json.post(&format!("/v1/logins/{id}/verdict"), r#"{"verdict": "compromised"}"#).status, 201);
    let later = explain(&client, &taken);
    let told = sentences(&later, "told");
    assert!(told[1] == "They have not answered." && told[2].starts_with("It was judged through the API with the key "));
    assert_eq!(later["proposed_verdict"]["ground"], "colleague_denied");
}

#[test]
fn an_ordinary_login_is_said_to_be_one() {
    let (server, _places) = server();
    let client = server.client();
    settled(&server, &client, 5);
    let usual = sign_in(&client, "ana", HOME, CHROME, "success");
    let explained = explain(&client, &usual);
    assert_eq!(sentences(&explained, "normal")[0], "This device was used in all of the last 5 logins.");
    assert_eq!(
        sentences(&explained, "flagged"),
        [
            "It was not flagged: no signal was raised.",
            "Nothing changed since the last successful login, 1 day before: the device, the country, the network and the \
             method are the same.",
        ]
    );
    assert_eq!(
        sentences(&explained, "entry"),
        ["They signed in by password at once: no attempt on this account failed in the 24 hours before."]
    );
    assert_eq!(sentences(&explained, "journey")[1], "The two areas overlap: no journey is needed.");
    assert_eq!(sentences(&explained, "session"), ["The login named no session, so what became of it is not known."]);
    assert_eq!(sentences(&explained, "told"), ["The user was not told: the login raised no warning."]);
    assert_eq!(explained["proposed_verdict"]["ground"], "usual");
    let first = sign_in(&client, "new", HOME, CHROME, "success");
    let explained = explain(&client, &first);
    assert_eq!(
        sentences(&explained, "normal"),
        ["No earlier successful login of this user is kept: there is nothing to compare it with."]
    );
    assert_eq!(explained["proposed_verdict"]["ground"], "nothing_to_compare");
}

#[test]
fn a_new_phone_at_home_is_for_the_user_to_tell() {
    let (server, _places) = server();
    let client = server.client();
    settled(&server, &client, 5);
    let phone = sign_in(&client, "ana", HOME, IPHONE, "success");
    let explained = explain(&client, &phone);
    assert_eq!(
        sentences(&explained, "normal"),
        [
            "This device was used in none of the last 5 logins; usual is Chrome on Windows (5 of 5).",
            "The user signed in from Sweden in all of the last 5 logins.",
            "The same network was used in all of the last 5 logins.",
            "The hour of the day was within an hour of this one in all of the last 5 logins.",
        ]
    );
    let changed = sentences(&explained, "flagged").pop().unwrap();
    assert!(
        sentences(&explained, "flagged")
            .iter()
            .any(|it| it.contains("changed the device and the browser from Chrome 142")),
        "{changed}"
    );
    assert_eq!(sentences(&explained, "first_seen")[0], "This is the first login of this device.");
    assert_eq!(explained["proposed_verdict"]["verdict"], "unsure");
    let device = phone["device"]["id"].as_str().unwrap();
    client.post(&format!("/v1/users/ana/devices/{device}/confirm"), "");
    let explained = explain(&client, &phone);
    assert_eq!(explained["proposed_verdict"]["ground"], "confirmed");
    let told = sentences(&explained, "told").pop().unwrap();
    assert!(told.starts_with("It was answered through the API on ") && told.ends_with(": it was the user."), "{told}");
}

#[test]
fn a_journey_that_an_airliner_makes_is_possible() {
    let (server, _places) = server();
    let client = server.client();
    settled(&server, &client, 5);
    sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(8 * HOUR_MS);
    let landed = sign_in(&client, "ana", LONDON, CHROME, "success");
    let journey = sentences(&explain(&client, &landed), "journey");
    assert!(journey[0].starts_with("The last login was 8 hours before"), "{journey:?}");
    assert!(
        journey[1].starts_with("That is at least 1,05") && journey[1].ends_with("or more: possible."),
        "{journey:?}"
    );
}

#[test]
fn a_session_that_moved_was_probably_stolen() {
    let (server, _places) = server();
    let client = server.client();
    settled(&server, &client, 5);
    let mut event = login("ana", CHROME);
    event["session_id"] = json!("s_1");
    let began = client.login(&event).value();
    let used =
        json!({"session_id": "s_1", "calls": 3, "user": {"id": "ana"}, "client": {"ip": HOME, "user_agent": FIREFOX}});
    assert_eq!(client.with("Content-Type", "application/json").post("/v1/activity", used.to_string()).status, 200);
    let explained = explain(&client, &began);
    let session = sentences(&explained, "session");
    assert_eq!(session[0], "The session has not been reported as ended.");
    assert!(
        session[2].ends_with("it went on in another browser and on another system: it was probably stolen."),
        "{session:?}"
    );
    assert_eq!(explained["proposed_verdict"]["ground"], "session_moved");
}

#[test]
fn who_may_not_see_a_login_is_told_nothing_of_it() {
    let (server, _places) = server();
    let client = server.client();
    let known = sign_in(&client, "ana", HOME, CHROME, "success");
    let path = format!("/v1/logins/{}/explanation", known["id"].as_str().unwrap());
    server.client_of("other", &Scope::ALL).get(&path).problem(404, "not_found");
    server.client_of("acme", &[Scope::LoginsWrite]).get(&path).problem(403, "insufficient_scope");
    let hidden = sign_in(&client, "bob", HOME, CHROME, "success");
    let put = client.with("Content-Type", "application/json");
    assert_eq!(put.send("PUT", "/v1/users/bob/processing", br#"{"mode": "restricted"}"#).status, 200);
    let touched = sentences(&explain(&client, &known), "touched");
    assert!(touched.iter().all(|it| it.contains("was used for no other user")), "{touched:?}");
    let path = format!("/v1/logins/{}/explanation", hidden["id"].as_str().unwrap());
    client.get(&path).problem(423, "restricted");
    let unseen = sign_in(&client, "bob", HOME, CHROME, "success");
    assert_eq!(put.send("PUT", "/v1/users/bob/processing", br#"{"mode": "full"}"#).status, 200);
    let explained = explain(&client, &unseen);
    assert_eq!(sentences(&explained, "network"), ["The address is not kept: the user was restricted at that time."]);
    assert_eq!(explained["questions"][4]["logins"], 0, "what is kept of nobody is no browser in common");
}

#[test]
fn where_not_all_is_read_it_is_said() {
    let (server, _places) = server();
    let client = server.client();
    for _ in 0..205 {
        sign_in(&client, "ana", HOME, CHROME, "success");
        server.clock.advance_ms(MINUTE_MS);
    }
    let last = sign_in(&client, "ana", HOME, CHROME, "success");
    let explained = explain(&client, &last);
    let day = &explained["questions"][2];
    assert_eq!((&day["logins"], &day["at_least"]), (&json!(200), &json!(true)), "{day}");
    assert_eq!(
        sentences(&explained, "day")[0],
        "In the 24 hours before: 199 logins; in the 24 hours after: no other login; there may be more."
    );
    assert_eq!(sentences(&explained, "normal")[0], "This device was used in all of the last 199 logins.");
}

#[test]
fn facts_that_are_not_there_are_null_as_it_is_described() {
    let (server, _folder) = server();
    let client = server.client();
    let explained = explain(&client, &sign_in(&client, "ana", HOME, CHROME, "success"));
    let has_none = |it: &&Value| it["findings"].is_null();
    let without = explained["questions"].as_array().unwrap().iter().filter(has_none).count();
    assert_eq!(without, 2, "no session, no journey: {explained}");
    let described = server.stranger().get("/openapi.json").value();
    let findings = &described["components"]["schemas"]["AnswerBody"]["properties"]["findings"];
    assert_eq!(findings["type"], json!(["object", "null"]), "{findings}");
}
