//! What somebody was writing when the session ended: it is there after signing in again, by whichever way, and nothing is done before.

use serde_json::Value;
use watchlight::{
    domain::operator::{role::Role, session::IDLE_MS},
    http::door::{
        client_address::TrustedProxies,
        state::{ConsoleSettings, HttpSettings},
    },
};

use crate::{
    console::{
        people::{PASSWORD, browser, cookies, form, invite, joined, led, signed_in},
        single_sign_on::started,
    },
    http::server::{Answer, CHROME, Client, Options, Server, login},
};

/// A login of ana's, and its page.
fn posted(server: &Server) -> (String, String) {
    let id = server.client().login(&login("ana", CHROME)).value()["id"].as_str().unwrap().to_owned();
    (id.clone(), format!("/console/logins/{id}"))
}

/// An analyst whose session has ended while a page of hers was open.
fn too_late(server: &Server, page: &str) -> Client {
    let kim = signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"]));
    assert_eq!(kim.get(page).status, 200);
    server.clock.advance_ms(IDLE_MS);
    kim.with("Referer", &format!("https://watch.example{page}?tz=Europe%2FBerlin"))
}

fn notes(server: &Server, login: &str) -> Vec<Value> {
    server.client().get(&format!("/v1/logins/{login}/notes")).value()["data"].as_array().unwrap().clone()
}

/// The text of a page as a browser reads it.
fn read(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |it, (code, letter)| it.replace(code, letter))
}

/// What the form of a page that is sent to `action` would send, and more: hidden fields, inputs and texts.
fn fields(page: &str, action: &str) -> Vec<(String, String)> {
    let form = page
        .split_once(&format!("<form method=\"post\" action=\"{action}\">"))
        .unwrap_or_else(|| panic!("{action}: {page}"));
    let form = form.1.split("</form>").next().unwrap();
    let named = form.split(" name=\"").skip(1).filter_map(|it| {
        let (name, rest) = it.split_once('"')?;
        let tag = rest.split('>').next()?;
        let value = match tag.split_once(" value=\"") {
            Some((_, value)) => value.split('"').next()?,
            None => rest.split_once(">\n").and_then(|(_, text)| text.split("</textarea>").next()).unwrap_or_default(),
        };
        Some((read(name), read(value)))
    });
    named.collect()
}

/// Sends the form of a page, with what somebody types into it.
fn send(client: &Client, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Answer {
    let known = fields(&page.body, action).into_iter().filter(|(name, _)| typed.iter().all(|(it, _)| it != name));
    let known: Vec<(String, String)> = known.collect();
    let all: Vec<(&str, &str)> =
        known.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(typed.iter().copied()).collect();
    client.post(action, form(&all))
}

#[test]
fn a_note_is_there_after_signing_in_again() {
    let server = Server::start();
    let (id, page) = posted(&server);
    let (kim, path) = (too_late(&server, &page), format!("{page}/notes?tenant=acme"));
    let text = "Called back: </textarea><script> \"not\" hers.\n\n7 o'clock & later: ä 試";
    let away = kim.post(&path, form(&[("text", text)]));
    assert_eq!((away.status, away.header("location"), away.header("set-cookie")), (401, None, None), "{away:?}");
    assert!(read(&away.body).contains(text) && !away.body.contains("<script> "), "it is shown: {away:?}");
    assert!(notes(&server, &id).is_empty(), "nothing is done");

    // A wrong password loses nothing either.
    let wrong = [("email", "kim@example.com"), ("password", "wrong")];
    let asked = send(&browser(&server), &away, "/console/login", &wrong);
    assert_eq!((asked.status, asked.header("set-cookie")), (403, None), "{asked:?}");
    let right = [("email", "kim@example.com"), ("password", PASSWORD)];
    let back = send(&browser(&server), &asked, "/console/login", &right);
    assert_eq!(back.status, 200, "{back:?}");
    assert!(
        back.body.contains("signed in as <bdi>kim@example.com</bdi>") && back.body.contains(">Keep the note<"),
        "{back:?}"
    );
    assert!(back.body.contains(&format!("href=\"{page}?tz=Europe%2FBerlin\">Go on without it")), "{back:?}");
    assert!(!back.body.contains(PASSWORD) && notes(&server, &id).is_empty(), "it is sent by a person: {back:?}");
    assert_eq!(fields(&back.body, &path), [("text".to_owned(), text.to_owned())]);

    let kim = browser(&server).with("Cookie", &cookies(&back));
    assert_eq!(send(&kim, &back, &path, &[]).status, 303);
    let kept = notes(&server, &id);
    assert_eq!((kept.len(), kept[0]["text"].as_str()), (1, Some(text)));
}

#[test]
fn a_verdict_keeps_its_reason_and_all_that_was_chosen() {
    let server = Server::start();
    let (one, page) = posted(&server);
    let (other, _) = posted(&server);
    let kim = too_late(&server, &page);
    let chosen = [("next", "/console/"), ("seen", ""), ("login", &one), ("login", &other), ("reason", "one cause")];
    let sent = form(&[&chosen[..], &[("verdict", "unsure")]].concat());
    let away = kim.post("/console/verdicts", sent);
    let right = [("email", "kim@example.com"), ("password", PASSWORD)];
    let back = send(&browser(&server), &away, "/console/login", &right);
    assert!(back.body.contains(">Judge 2 logins: unsure<"), "{back:?}");
    let kim = browser(&server).with("Cookie", &cookies(&back));
    let done = send(&kim, &back, "/console/verdicts", &[("reason", "one cause, seen twice")]);
    assert_eq!((done.status, led(&done)), (303, Some("/console/".to_owned())), "{done:?}");
    for id in [one, other] {
        let told: Vec<_> = notes(&server, &id).iter().map(|it| (it["verdict"].clone(), it["text"].clone())).collect();
        assert_eq!(told, [("unsure".into(), "one cause, seen twice".into())]);
    }
}

#[test]
fn who_signs_in_elsewhere_sends_it_from_the_page_that_stayed() {
    let (server, _issuer) = started();
    let (id, page) = posted(&server);
    let (kim, path) = (too_late(&server, &page), format!("{page}/notes"));
    let away = kim.post(&path, form(&[("text", "called back")]));
    assert!(away.body.contains("target=\"_blank\"") && away.body.contains("/console/oidc?next="), "{away:?}");
    assert!(
        !away.body.split("/console/oidc").nth(1).unwrap().split('"').next().unwrap().contains("called"),
        "{away:?}"
    );
    // The issuer has let her in, in another tab of the same browser.
    let kim = signed_in(&server, &joined(&server, "lee@example.com", Role::Analyst, &["acme"]));
    assert_eq!(send(&kim, &away, &path, &[]).status, 303);
    assert_eq!(notes(&server, &id)[0]["text"], "called back");
}

#[test]
fn whom_a_proxy_names_has_it_too() {
    let proxies = TrustedProxies { networks: vec!["127.0.0.0/8".parse().unwrap()], header: None };
    let console = ConsoleSettings { proxy_header: Some("x-user".to_owned()), ..ConsoleSettings::default() };
    let settings = HttpSettings { proxies, console, ..HttpSettings::default() };
    let server = Server::with(Options { settings, ..Options::default() });
    let (id, page) = posted(&server);
    let (kim, path) = (too_late(&server, &page).with("X-User", "ana@example.com"), format!("{page}/notes"));
    let away = kim.post(&path, form(&[("text", "called back")]));
    let ana = browser(&server).with("X-User", "ana@example.com");
    let refused = send(&ana, &away, "/console/proxy", &[]);
    assert_eq!(refused.status, 403, "nobody has invited her: {refused:?}");
    invite(&server, "ana@example.com", Role::Analyst, &["acme"]);
    let back = send(&ana, &refused, "/console/proxy", &[]);
    assert_eq!(back.status, 200, "{back:?}");
    let ana = browser(&server).with("Cookie", &cookies(&back));
    assert_eq!((send(&ana, &back, &path, &[]).status, notes(&server, &id).len()), (303, 1));
}

#[test]
fn what_says_nothing_leads_back_to_its_page_and_what_is_no_form_is_not_kept() {
    let server = Server::start();
    let (_, page) = posted(&server);
    let kim = too_late(&server, &page);
    let led = kim.post(&format!("{page}/notes"), "");
    let place = led.header("location").unwrap_or_default().to_owned();
    assert_eq!((led.status, place.contains("next=%2Fconsole%2Flogins%2Flgn_")), (303, true), "{led:?}");
    let long = form(&[("text", &"x".repeat(60_000))]);
    assert_eq!(kim.post(&format!("{page}/notes"), long).status, 303, "longer than any form of ours");
    let other = server.stranger().with("Sec-Fetch-Site", "same-origin").with("Content-Type", "application/json");
    assert_eq!(other.post(&format!("{page}/notes"), "text=x").status, 303, "no form");
    let foreign = kim.with("Sec-Fetch-Site", "cross-site").post(&format!("{page}/notes"), form(&[("text", "planted")]));
    assert!(foreign.status == 403 && !foreign.body.contains("planted"), "{foreign:?}");
    let program = kim.with("Accept", "application/json").post(&format!("{page}/notes"), form(&[("text", "x")]));
    program.problem(401, "signed_out");
}
