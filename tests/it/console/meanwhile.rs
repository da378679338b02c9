//! Two people judge one login, or its user denies it while somebody decides: the later one is told what was said, and by whom, and can
//! still decide.

use std::{
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use watchlight::domain::{
    operator::role::Role,
    privacy::audit::Outcome,
    tenant::api_key::Scope::{DevicesWrite, LoginsRead},
    time::MINUTE_MS,
};

use crate::{
    console::{
        people::{form, joined, led, signed_in},
        who_answered::{deny_by_mail, warned},
    },
    http::{
        server::{CHROME, Client, FIREFOX, Options, Server, login},
        store_goes_away::Leaving,
    },
    privacy::every_route::audit,
};

/// A login of this user on a second device, which nobody has judged.
fn strange(server: &Server, user: &str) -> String {
    server.client().login(&login(user, CHROME));
    server.client().login(&login(user, FIREFOX)).value()["id"].as_str().unwrap().to_owned()
}

fn analyst(server: &Server, name: &str) -> Client {
    signed_in(server, &joined(server, &format!("{name}@example.com"), Role::Analyst, &["acme"]))
}

fn notes(server: &Server, login: &str) -> Vec<Value> {
    let notes = server.client().get(&format!("/v1/logins/{login}/notes")).value();
    notes["data"].as_array().unwrap().clone()
}

fn is_denied(server: &Server, user: &str) -> bool {
    server.client().get(&format!("/v1/users/{user}/devices")).body.contains("\"denied\"")
}

/// What a page's form for a verdict says that was seen.
fn seen(page: &str) -> Vec<String> {
    let fields = page.split("<input type=\"hidden\" name=\"seen\" value=\"").skip(1);
    fields.map(|it| it.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn the_later_one_is_told_and_can_still_decide() {
    let server = Server::start();
    let id = strange(&server, "ana");
    let (kim, lee) = (analyst(&server, "kim"), analyst(&server, "lee"));
    let (page, path) = (format!("/console/logins/{id}"), format!("/console/logins/{id}/verdict"));
    let opened = [&kim, &lee].map(|it| seen(&it.get(&page).body));
    assert_eq!(opened, [[""], [""]], "nobody has judged it");
    let sent =
        |seen: &str, verdict: &str, reason: &str| form(&[("seen", seen), ("verdict", verdict), ("reason", reason)]);
    assert_eq!(lee.post(&path, sent("", "safe", "Her <new> laptop.")).status, 303);

    let told = kim.post(&path, sent("", "compromised", "Called back: not hers."));
    assert_eq!(told.status, 409, "{told:?}");
    for said in
        ["was judged meanwhile", ">safe<", "Her &#60;new&#62; laptop.", "<bdi>opr_", "value=\"Called back: not hers.\""]
    {
        assert!(told.body.contains(said), "{said}: {}", told.body);
    }
    assert_eq!((notes(&server, &id).len(), is_denied(&server, "ana")), (1, false), "nothing is done");
    let max = signed_in(&server, &joined(&server, "max@example.com", Role::Admin, &["acme"]));
    let told_max = max.post(&path, sent("", "unsure", ""));
    assert!(told_max.status == 409 && told_max.body.contains("<bdi>lee@example.com</bdi>"), "{told_max:?}");

    // By the form that the page has.
    let first = notes(&server, &id)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(seen(&told.body), [first.as_str()]);
    let again = form(&[
        ("login", &id),
        ("seen", &first),
        ("verdict", "compromised"),
        ("reason", "Called back: not hers."),
        ("next", &page),
    ]);
    for _ in 0..2 {
        let given = kim.post("/console/verdicts", &again);
        assert_eq!((given.status, led(&given)), (303, Some(page.clone())), "{given:?}");
    }
    let verdicts = notes(&server, &id);
    let verdicts: Vec<&str> = verdicts.iter().map(|it| it["verdict"].as_str().unwrap()).collect();
    assert_eq!((verdicts, is_denied(&server, "ana")), (vec!["safe", "compromised"], true), "both are kept");
    let told = lee.post(&path, sent(&first, "safe", "Her <new> laptop."));
    assert!(told.status == 409 && told.body.contains(">compromised<"), "what lee has said holds no more: {told:?}");
    assert_eq!(lee.post(&path, sent("nte_x", "safe", "")).status, 400);
}

#[test]
fn of_many_that_are_judged_at_once_those_are_asked_about_again_that_others_have_judged() {
    let server = Server::start();
    let [ana, ben, eve] = ["ana", "ben", "eve"].map(|it| strange(&server, it));
    let (kim, lee) = (analyst(&server, "kim"), analyst(&server, "lee"));
    let queue = kim.get("/console/").body;
    assert_eq!(seen(&queue), [""], "{queue}");
    assert_eq!(lee.post(&format!("/console/logins/{ben}/verdict"), form(&[("verdict", "safe")])).status, 303);
    let before = audit(&server).len();
    let chosen = [("login", ana.as_str()), ("login", &ben), ("login", &eve), ("seen", ""), ("verdict", "unsure")];
    let told = kim.post("/console/verdicts", form(&chosen));
    assert_eq!(told.status, 200, "{told:?}");
    assert!(told.body.contains("was given on the other 2, and not here"), "{}", told.body);
    assert_eq!(told.body.matches("name=\"login\"").count(), 1, "{}", told.body);
    assert!(told.body.contains(&format!("value=\"{ben}\" checked")), "{}", told.body);
    assert_eq!([&ana, &ben, &eve].map(|it| notes(&server, it)[0]["verdict"].clone()), ["unsure", "safe", "unsure"]);
    let left = audit(&server).split_off(before);
    let refused = |user: &str| {
        let about = left
            .iter()
            .map(|it| &it.event)
            .find(|it| it.detail.as_ref().and_then(|it| it.user.as_ref()).is_some_and(|it| it.as_str() == user));
        about.unwrap_or_else(|| panic!("{user}: {left:?}")).outcome
    };
    assert_eq!(["ana", "ben", "eve"].map(refused), [Outcome::Done, Outcome::Refused, Outcome::Done]);
}

#[test]
fn what_the_user_denies_while_somebody_decides_is_asked_about_again() {
    let server = Server::start();
    // The mails to the first two are ten days old and more, and their links have expired.
    let [eve, ben, ana] = ["eve", "ben", "ana"].map(|it| warned(&server, it));
    let id = |told: &Value| told["id"].as_str().unwrap().to_owned();
    let kim = analyst(&server, "kim");
    let path = |told: &Value| format!("/console/logins/{}", id(told));
    let opened = [&ana, &ben, &eve].map(|it| seen(&kim.get(&path(it)).body));
    let queued = seen(&kim.get("/console/").body);
    assert_eq!((opened.concat(), queued), (vec![String::new(); 3], vec![String::new()]), "nothing is denied");
    server.clock.advance_ms(MINUTE_MS);
    deny_by_mail(&server, &ana);
    let denied = format!("/v1/users/ben/devices/{}/deny", ben["device"]["id"].as_str().unwrap());
    assert_eq!(server.client().post(&denied, "").status, 200);

    // By the login's page, and by the queue.
    let told = kim.post(&format!("{}/verdict", path(&ana)), form(&[("seen", ""), ("verdict", "safe")]));
    let chosen = [("login", id(&ben)), ("login", id(&eve)), ("seen", String::new()), ("verdict", "unsure".to_owned())];
    let chosen = chosen.each_ref().map(|(name, value)| (*name, value.as_str()));
    let told_of_two = kim.post("/console/verdicts", form(&chosen));
    assert_eq!((told.status, told_of_two.status), (409, 200), "{told:?} {told_of_two:?}");
    for (told, login, how) in
        [(&told, id(&ana), "by the link of the mail"), (&told_of_two, id(&ben), "in your product")]
    {
        for said in ["This login was denied by the user meanwhile", ">denied<", how] {
            assert!(told.body.contains(said), "{said}: {}", told.body);
        }
        assert_eq!(seen(&told.body), [login], "{}", told.body);
    }
    assert_eq!([&ana, &ben, &eve].map(|it| notes(&server, &id(it)).len()), [0, 0, 1], "nothing is done to theirs");

    // Somebody else judges ana's login now: the next page tells that, and has not forgotten the denial.
    let other = form(&[("seen", &id(&ana)), ("verdict", "unsure")]);
    assert_eq!(analyst(&server, "lee").post(&format!("{}/verdict", path(&ana)), other).status, 303);
    let again = form(&[("login", &id(&ana)), ("seen", &id(&ana)), ("verdict", "safe")]);
    let told = kim.post("/console/verdicts", again);
    assert_eq!(told.status, 409, "{told:?}");
    let shown = seen(&told.body);
    assert_eq!((shown.len(), shown.contains(&id(&ana))), (2, true), "{shown:?}");

    // Whoever has seen all of it decides as they like; whoever agrees need not have.
    let again = form(&[("login", &id(&ana)), ("seen", &shown[0]), ("seen", &shown[1]), ("verdict", "safe")]);
    assert_eq!(kim.post("/console/verdicts", again).status, 303);
    let agreed = kim.post(&format!("{}/verdict", path(&ben)), form(&[("seen", ""), ("verdict", "compromised")]));
    assert_eq!(agreed.status, 303, "{agreed:?}");
    assert!(seen(&kim.get(&path(&ben)).body).contains(&id(&ben)), "the page says that it is denied");
}

#[test]
fn a_program_names_the_verdict_that_it_replaces() {
    let server = Server::start();
    let id = strange(&server, "ana");
    let path = format!("/v1/logins/{id}/verdict");
    let client = server.client().with("Content-Type", "application/json");
    let judge = |body: Value| client.post(&path, body.to_string());
    let first = judge(json!({"verdict": "safe", "reason": "Her laptop.", "replaces": null}));
    assert_eq!((first.status, &first.value()["replaced"]), (201, &Value::Null), "{first:?}");
    let first = notes(&server, &id)[0].clone();

    let told = judge(json!({"verdict": "compromised", "replaces": null}));
    let detail = told.problem(409, "judged_meanwhile");
    assert!(detail.contains(first["author"].as_str().unwrap()), "{detail}");
    assert_eq!(told.value()["verdict"], first, "what was said, and by whom");
    assert_eq!((notes(&server, &id).len(), is_denied(&server, "ana")), (1, false), "nothing is done");

    let given = judge(json!({"verdict": "unsure", "replaces": first["id"]}));
    assert_eq!((given.status, &given.value()["replaced"]), (201, &first));
    let again = judge(json!({"verdict": "unsure", "replaces": first["id"]}));
    assert_eq!((again.status, again.value()), (200, given.value()), "the same request again is the same verdict");
    judge(json!({"verdict": "safe", "replaces": first["id"]})).problem(409, "judged_meanwhile");
    // Who says nothing of it replaces whichever holds, and is told which.
    let whichever = judge(json!({"verdict": "safe"}));
    assert_eq!((whichever.status, &whichever.value()["replaced"]["verdict"]), (201, &json!("unsure")));
    let wrong = judge(json!({"verdict": "safe", "replaces": "lgn_1"}));
    wrong.problem(422, "invalid_field");
    assert_eq!(wrong.value()["field"], "replaces");
}

#[test]
fn of_two_who_decide_in_the_same_moment_one_is_second() {
    let store = Leaving::new();
    let server = Server::with(Options { store: Some(store.clone()), ..Options::default() });
    let id = strange(&server, "ana");
    let clients = [
        server.client(),
        server.client_of("acme", &[DevicesWrite]),
        server.client_of("acme", &[DevicesWrite, LoginsRead]),
    ];
    let clients = clients.map(|it| it.with("Content-Type", "application/json"));
    let held = server.run(store.notes.write());
    let body = json!({"verdict": "safe", "replaces": null}).to_string();
    let path = format!("/v1/logins/{id}/verdict");
    let mut answers: Vec<u16> = thread::scope(|scope| {
        let (path, body) = (&path, &body);
        let posted = clients.each_ref().map(|it| scope.spawn(move || it.post(path, body.clone()).status));
        // All of them have found that nobody has judged it.
        let deadline = Instant::now() + Duration::from_mins(1);
        while store.noted.load(Ordering::SeqCst) < clients.len() {
            assert!(Instant::now() < deadline, "they do not get so far");
            thread::sleep(Duration::from_millis(2));
        }
        drop(held);
        posted.map(|it| it.join().unwrap()).into()
    });
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409]);
    assert_eq!(notes(&server, &id).len(), 1);
    // Who has not said what they know of it are both heard, one after the other.
    let later = [&clients[0], &clients[1]].map(|it| it.post(&path, json!({"verdict": "unsure"}).to_string()));
    assert_eq!(later.map(|it| it.status), [201, 201]);
}
