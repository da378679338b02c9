//! A user's own answer and a colleague's, in either order: neither takes the other's place, and where they contradict each other
//! somebody must look again.

use serde_json::{Value, json};
use watchlight::domain::{ids::AlertId, operator::role::Role, time::MINUTE_MS, tokens::link_token};

use crate::{
    console::{
        people::{form, joined, signed_in},
        who_answered::{deny_by_mail, pages, says, warned},
    },
    http::server::{Client, FIREFOX, Server, login},
    support::hooks::{HookServer, Received, Reply},
};

fn id(told: &Value) -> &str {
    told["id"].as_str().unwrap()
}

fn analyst(server: &Server) -> Client {
    signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"]))
}

/// Kim says about the device of a login of ana's that it is hers.
fn say_that_it_is_theirs(server: &Server, kim: &Client, told: &Value) {
    server.clock.advance_ms(MINUTE_MS);
    let path = format!("/console/users/ana/devices/{}/confirm", told["device"]["id"].as_str().unwrap());
    assert_eq!(kim.post(&path, form(&[])).status, 303);
}

fn judge(server: &Server, kim: &Client, told: &Value, verdict: &str) {
    server.clock.advance_ms(MINUTE_MS);
    assert_eq!(kim.post(&format!("/console/logins/{}/verdict", id(told)), form(&[("verdict", verdict)])).status, 303);
}

fn deny(server: &Server, told: &Value) {
    server.clock.advance_ms(MINUTE_MS);
    deny_by_mail(server, told);
}

fn alert(server: &Server, told: &Value) -> Value {
    server.client().get(&format!("/v1/alerts/{}", told["alert"]["id"].as_str().unwrap())).value()
}

/// The status of the page behind the mail's button.
fn link(server: &Server, told: &Value) -> u16 {
    let alert = AlertId::parse(told["alert"]["id"].as_str().unwrap()).unwrap();
    server.stranger().get(&format!("/a/{}", link_token(&server.keyring, alert))).status
}

fn trust(server: &Server, told: &Value) -> Value {
    let devices = server.client().get("/v1/users/ana/devices").value();
    devices["data"].as_array().unwrap().iter().find(|it| it["id"] == told["device"]["id"]).unwrap()["trust"].clone()
}

/// Every page tells both answers, whose each is, and that they contradict each other.
fn all_pages_tell_both(kim: &Client, told: &Value) {
    let [login, user, campaign, case, file] = pages(kim, "ana", id(told));
    for page in [&login, &case, &file] {
        assert!(says(page, "The user answered by the mail on ", "it was not them."), "{page}");
        assert!(page.contains("The two contradict each other."), "{page}");
    }
    for page in [&login, &case] {
        assert!(says(page, "It was answered in the console by you on ", "it was the user."), "{page}");
    }
    assert!(says(&file, "It was answered in the console by kim@example.com on ", "it was the user."), "{file}");
    for page in [&user, &campaign, &file] {
        assert!(page.contains("denied by the user, confirmed by a colleague"), "{page}");
    }
    assert!(campaign.contains("Denied it themselves</dt><dd>1<"), "{campaign}");
    let explained = kim.get(&format!("/console/logins/{}.json", id(told))).value();
    assert_eq!(explained["proposed_verdict"]["ground"], "user_denied", "{explained}");
}

const CONTRADICTED: &str = "The user says it was not them, after a colleague had decided otherwise.";

#[test]
fn what_a_user_says_stays_when_a_colleague_says_otherwise() {
    let server = Server::start();
    let told = warned(&server, "ana");
    let kim = analyst(&server);
    deny(&server, &told);
    say_that_it_is_theirs(&server, &kim, &told);
    all_pages_tell_both(&kim, &told);
    let queue = kim.get("/console/").body;
    assert!(queue.contains("The user says it was not them.") && queue.contains(id(&told)), "{queue}");
    let alert = alert(&server, &told);
    assert_eq!((&alert["answer"], &alert["answered_by"]), (&json!("denied"), &json!("user")), "{alert}");
    let answers = alert["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 2, "{alert}");
    assert_eq!((&answers[1]["answer"], &answers[1]["by"]), (&json!("confirmed"), &json!("operator")), "{alert}");
    assert!(answers[1]["author"].as_str().unwrap().starts_with("opr_") && answers[0]["author"].is_null(), "{alert}");
    assert!(answers[0]["at"].as_str().unwrap() < answers[1]["at"].as_str().unwrap(), "{alert}");
    // So does what a later login is told of the week before.
    server.clock.advance_ms(MINUTE_MS);
    let later = server.client().login(&login("ana", FIREFOX)).value();
    let explained = kim.get(&format!("/console/logins/{}.json", id(&later))).value();
    let earlier = &explained["questions"][10];
    let said = "raised a warning: 1 denied by the user, 1 confirmed by a colleague.";
    assert!(earlier["sentences"][0].as_str().unwrap().ends_with(said), "{earlier}");
    assert_eq!(earlier["findings"]["denied_themselves"], 1, "{earlier}");
    // A person's copy of everything has both, also as a page to be read.
    let export = server.client().get("/v1/users/ana/export").value();
    let exported = export["alerts"].as_array().unwrap().iter().find(|it| it["id"] == alert["id"]).unwrap();
    assert_eq!(exported["answers"], alert["answers"], "{export}");
    let page = server.client().with("Accept", "text/html").get("/v1/users/ana/export").body;
    assert!(page.contains("The security team found"), "{page}");
}

#[test]
fn a_user_can_contradict_a_colleague_by_the_mail_and_somebody_must_look_again() {
    let server = Server::start();
    let told = warned(&server, "ana");
    let kim = analyst(&server);
    say_that_it_is_theirs(&server, &kim, &told);
    assert_eq!((link(&server, &told), trust(&server, &told)), (200, json!("confirmed")));
    deny(&server, &told);
    assert_eq!((link(&server, &told), trust(&server, &told)), (404, json!("denied")), "used, and the device is denied");
    all_pages_tell_both(&kim, &told);
    let queue = kim.get("/console/").body;
    assert!(queue.contains(CONTRADICTED), "{queue}");
    judge(&server, &kim, &told, "safe");
    let queue = kim.get("/console/").body;
    assert!(!queue.contains(id(&told)), "whoever judges now knows what the user said: {queue}");
}

#[test]
fn a_login_that_was_judged_comes_back_when_its_user_denies_it() {
    let server = Server::start();
    let (other, told) = (warned(&server, "ben"), warned(&server, "ana"));
    let kim = analyst(&server);
    judge(&server, &kim, &told, "safe");
    assert!(!kim.get("/console/").body.contains(id(&told)));
    deny(&server, &told);
    // What a user denies comes before any risk, and before that what they deny against a colleague.
    let denied = format!("/v1/users/ben/devices/{}/deny", other["device"]["id"].as_str().unwrap());
    assert_eq!(server.client().post(&denied, "").status, 200);
    let queue = kim.get("/console/?from=all").body;
    let at = |text: &str| queue.find(text).unwrap_or_else(|| panic!("{text}: {queue}"));
    assert!(at(CONTRADICTED) < at("It was denied through the API.") && at(id(&told)) < at(id(&other)), "{queue}");
    assert!(queue.contains("1 denied by the user"), "{queue}");
    let case = server.client().get(&format!("/v1/logins/case?login={}", id(&told))).value();
    assert_eq!((&case["data"][0]["verdict"], &case["data"][0]["known"]), (&json!("safe"), &json!("attack")), "{case}");
    // Whoever judges it there has seen the verdict that the user contradicts, and is not asked again.
    let seen = queue.split("name=\"seen\" value=\"").skip(1).map(|it| it.split('"').next().unwrap());
    let sent: Vec<(&str, &str)> =
        seen.map(|it| ("seen", it)).chain([("login", id(&told)), ("verdict", "compromised")]).collect();
    assert_eq!(kim.post("/console/verdicts", form(&sent)).status, 303, "{sent:?}");
    assert!(!kim.get("/console/?from=all").body.contains(id(&told)));
}

#[test]
fn a_user_is_heard_after_a_colleague_who_has_said_the_same() {
    let hooks = HookServer::start(&[Reply::Status(204)]);
    let server = Server::start();
    let json = server.client().with("Content-Type", "application/json");
    let webhook = json!({"url": hooks.url(), "events": ["login.repudiated"]});
    assert_eq!(json.post("/v1/webhooks", webhook.to_string()).status, 201);
    let told = warned(&server, "ana");
    let kim = analyst(&server);
    judge(&server, &kim, &told, "compromised");
    server.post_what_is_due();
    assert_eq!(link(&server, &told), 200, "a verdict takes nothing from the user");
    deny(&server, &told);
    server.post_what_is_due();
    let told_of: Vec<Value> = hooks.received().iter().map(Received::value).collect();
    let by: Vec<&Value> = told_of.iter().map(|it| &it["data"]["alert"]["answered_by"]).collect();
    assert_eq!(by, [&json!("operator"), &json!("user")], "the tenant is told of both: {told_of:?}");
    assert_eq!(link(&server, &told), 404);
    let queue = kim.get("/console/").body;
    assert!(!queue.contains(id(&told)), "they agree: {queue}");
}
