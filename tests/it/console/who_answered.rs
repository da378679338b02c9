//! Who has said that it was not the user: the user by the mail, a colleague in the console, or a caller of the API.

use serde_json::{Value, json};
use watchlight::domain::{ids::AlertId, operator::role::Role, time::DAY_MS, tokens::link_token};

use crate::{
    console::people::{form, joined, signed_in},
    http::server::{CHROME, Client, FIREFOX, Server, login},
};

/// A login of a user from a new browser, which raises a warning.
pub fn warned(server: &Server, user: &str) -> Value {
    let client = server.client();
    client.login(&login(user, CHROME));
    server.clock.advance_ms(10 * DAY_MS);
    let told = client.login(&login(user, FIREFOX)).value();
    assert!(told["alert"].is_object(), "{told}");
    told
}

/// The user presses the button of the mail.
pub fn deny_by_mail(server: &Server, told: &Value) {
    let alert = AlertId::parse(told["alert"]["id"].as_str().unwrap()).unwrap();
    let page = format!("/a/{}", link_token(&server.keyring, alert));
    let people = server.stranger();
    let shown = people.get(&page);
    let cookie = shown.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let nonce = shown.body.split("name=\"nonce\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let people = people.with("Cookie", &cookie).with("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(people.post(&page, format!("nonce={nonce}")).status, 200);
}

/// Whether a page has a sentence that begins and ends so, with a moment between.
pub fn says(page: &str, begin: &str, end: &str) -> bool {
    page.split(begin).skip(1).any(|rest| rest.split_once(" UTC: ").is_some_and(|(_, rest)| rest.starts_with(end)))
}

pub fn pages(client: &Client, user: &str, id: &str) -> [String; 5] {
    [
        format!("/console/logins/{id}"),
        format!("/console/users/{user}"),
        format!("/console/campaign?q=user%3A{user}&from=all"),
        format!("/console/case?login={id}"),
        format!("/console/case.html?login={id}"),
    ]
    .map(|path| client.get(&path).body)
}

/// What the API says of who has answered.
fn api_says(api: &Client, told: &Value, (user, by, ground): (&str, &str, &str)) {
    let id = told["id"].as_str().unwrap();
    let alert = api.get(&format!("/v1/alerts/{}", told["alert"]["id"].as_str().unwrap())).value();
    assert_eq!((&alert["answer"], &alert["answered_by"]), (&json!("denied"), &json!(by)), "{alert}");
    let explained = api.get(&format!("/v1/logins/{id}/explanation")).value();
    assert_eq!(explained["proposed_verdict"]["ground"], ground, "{explained}");
    assert_eq!(explained["questions"][9]["findings"]["answered_by"], by, "{explained}");
    let reach = api.get(&format!("/v1/logins/campaign?q=user%3A{user}")).value();
    assert_eq!(
        (&reach["users"]["denied"], &reach["users"]["denied_themselves"]),
        (&json!(1), &json!(u64::from(by == "user")))
    );
    assert_eq!(reach["targets"][0]["answered_by"], by);
}

#[test]
fn what_a_colleague_says_is_never_told_as_the_users_own_answer() {
    let server = Server::start();
    let api = server.client();
    let id = |told: &Value| told["id"].as_str().unwrap().to_owned();
    let by_mail = warned(&server, "ana");
    deny_by_mail(&server, &by_mail);
    let (judged, by_api) = (warned(&server, "ben"), warned(&server, "cem"));
    let analyst = signed_in(&server, &joined(&server, "kim@example.com", Role::Analyst, &["acme"]));
    // A colleague who comes later does not take the user's word away.
    for told in [&by_mail, &judged] {
        let verdict = form(&[("verdict", "compromised")]);
        assert_eq!(analyst.post(&format!("/console/logins/{}/verdict", id(told)), verdict).status, 303);
    }
    let device = by_api["device"]["id"].as_str().unwrap();
    assert_eq!(api.post(&format!("/v1/users/cem/devices/{device}/deny"), "").status, 200);

    for (user, told, by, ground, sentence, brief) in [
        (
            "ana",
            &by_mail,
            "user",
            "user_denied",
            ("The user answered by the mail on ", "it was not them."),
            "denied by the user",
        ),
        (
            "ben",
            &judged,
            "operator",
            "colleague_denied",
            ("It was answered in the console by you on ", "it was not the user."),
            "denied by a colleague",
        ),
        (
            "cem",
            &by_api,
            "api",
            "denied",
            ("It was answered through the API on ", "it was not the user."),
            "denied through the API",
        ),
    ] {
        api_says(&api, told, (user, by, ground));
        let [login, of_user, campaign, case, file] = pages(&analyst, user, &id(told));
        for page in [&login, &case] {
            assert!(says(page, sentence.0, sentence.1), "{user}: {page}");
        }
        // Nobody is `you` in a file that leaves the house.
        assert!(says(&file, &sentence.0.replace("you", "kim@example.com"), sentence.1), "{user}: {file}");
        for page in [&of_user, &campaign, &file] {
            assert!(page.contains(brief), "{user}: {page}");
        }
        let himself = u64::from(by == "user");
        assert!(campaign.contains(&format!("Denied it themselves</dt><dd>{himself}<")), "{user}: {campaign}");
    }
    let judged = analyst.get(&format!("/console/logins/{}", id(&judged))).body;
    assert!(judged.contains("The facts speak for <strong>unsure"), "the verdict is no fact: {judged}");
    let open = analyst.get("/console/").body;
    assert!(!open.contains("denied by the user"), "whoever is judged is not open: {open}");
    assert!(open.contains("It was denied through the API."), "{open}");
}

#[test]
fn what_colleagues_have_said_is_no_fact_by_which_a_verdict_is_measured() {
    let server = Server::start();
    let told = warned(&server, "ana");
    let (id, device) = (told["id"].as_str().unwrap(), told["device"]["id"].as_str().unwrap());
    let kim = signed_in(&server, &joined(&server, "kim@example.com", Role::Analyst, &["acme"]));
    assert_eq!(kim.post(&format!("/console/users/ana/devices/{device}/deny"), form(&[])).status, 303);
    let before = kim.get(&format!("/console/logins/{id}")).body;
    assert!(before.contains("Proposed verdict: compromised.</strong> A colleague has said"), "{before}");
    assert_eq!(kim.post(&format!("/console/logins/{id}/verdict"), form(&[("verdict", "safe")])).status, 303);
    let after = kim.get(&format!("/console/logins/{id}")).body;
    assert!(after.contains("The facts speak for <strong>unsure</strong>"), "{after}");
    // Whoever looks at the case is told who it was: by the address, if they may list operators.
    let boss = signed_in(&server, &joined(&server, "boss@example.com", Role::Admin, &["acme"]));
    let lee = signed_in(&server, &joined(&server, "lee@example.com", Role::Reader, &["acme"]));
    let file = |client: &Client| client.get(&format!("/console/case.html?login={id}")).body;
    assert!(file(&boss).contains("Verdict safe by kim@example.com"), "{}", file(&boss));
    assert!(file(&boss).contains("answered in the console by kim@example.com on "), "{}", file(&boss));
    assert!(file(&lee).contains("Verdict safe by opr_"), "{}", file(&lee));
}

#[test]
fn the_queue_says_who_has_denied_it() {
    let server = Server::start();
    deny_by_mail(&server, &warned(&server, "ana"));
    let by_colleague = warned(&server, "ben");
    let analyst = signed_in(&server, &joined(&server, "kim@example.com", Role::Analyst, &["acme"]));
    let device = by_colleague["device"]["id"].as_str().unwrap();
    assert_eq!(analyst.post(&format!("/console/users/ben/devices/{device}/deny"), form(&[])).status, 303);
    let page = analyst.get("/console/?from=all").body;
    assert!(page.contains("1 denied by the user"), "{page}");
    assert_eq!(page.matches("The user says it was not them.").count(), 1, "{page}");
    let is_risky = by_colleague["risk"]["level"] != "low";
    assert_eq!(page.matches("A colleague has denied it.").count(), usize::from(is_risky), "{page}");
}
