//! The page behind a mail's button: looking changes nothing, and only the form that was shown records an answer.

use watchlight::{
    domain::{ids::AlertId, tokens::link_token},
    http::door::state::HttpSettings,
};

use super::server::{Answer, CHROME, Client, FIREFOX, Options, Server, login};

/// The page of a new device's alert, and the alert's place in the API.
fn alert(server: &Server) -> (String, String) {
    let client = server.client();
    client.login(&login("ana", CHROME));
    let new = client.login(&login("ana", FIREFOX)).value();
    let id = new["alert"]["id"].as_str().unwrap().to_owned();
    let token = link_token(&server.keyring, AlertId::parse(&id).unwrap());
    (format!("/a/{token}"), format!("/v1/alerts/{id}"))
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn nonce(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("name=\"nonce\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn form(client: &Client, cookie: &str, page: &str, nonce: &str) -> Answer {
    let client = client.with("Cookie", cookie).with("Content-Type", "application/x-www-form-urlencoded");
    client.post(page, format!("nonce={nonce}"))
}

#[test]
fn looking_changes_nothing_and_the_form_denies() {
    let server = Server::start();
    let (page, api) = alert(&server);
    let (people, backend) = (server.stranger(), server.client());
    let shown = people.get(&page);
    assert_eq!((shown.status, people.send("HEAD", &page, b"").status), (200, 200));
    assert_eq!(backend.get(&api).value()["answer"], "none");
    assert!(shown.body.contains("Firefox") && shown.body.contains("Acme"), "{}", shown.body);
    let done = form(&people, &cookie(&shown), &page, &nonce(&shown));
    assert_eq!((done.status, done.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(backend.get(&api).value()["answer"], "denied");
    // A used link is as gone as one that never was.
    let (used, never) = (people.get(&page), people.get("/a/never"));
    assert_eq!((used.status, &used.body), (404, &never.body));
    assert_eq!(form(&people, &cookie(&shown), &page, &nonce(&shown)).status, 404);
}

#[test]
fn a_form_that_was_not_shown_is_asked_again() {
    let server = Server::start();
    let (page, api) = alert(&server);
    let people = server.stranger();
    let shown = people.get(&page);
    let (cookie, nonce) = (cookie(&shown), nonce(&shown));
    for (sent_cookie, sent_nonce) in [
        (cookie.as_str(), ""),
        (cookie.as_str(), "AAAAAAAAAAAAAAAAAAAAAA"),
        ("wl_answer=", ""),
        ("wl_answer=x", "x"),
        ("other=1", nonce.as_str()),
    ] {
        let again = form(&people, sent_cookie, &page, sent_nonce);
        assert_eq!(again.status, 403, "{sent_cookie} {sent_nonce}");
        assert!(again.body.contains("name=\"nonce\""));
    }
    people.post(&page, "nonce=x").problem(415, "unsupported_media_type");
    assert_eq!(server.client().get(&api).value()["answer"], "none");
    assert_eq!(form(&people, &cookie, &page, &nonce).status, 200);
}

#[test]
fn an_old_link_is_gone() {
    let server = Server::start();
    let (page, _) = alert(&server);
    server.clock.advance_ms(7 * 24 * 3_600_000);
    assert_eq!(server.stranger().get(&page).status, 404);
}

#[test]
fn the_page_keeps_to_itself() {
    let settings = HttpSettings { public_url: "https://logins.example".to_owned(), ..HttpSettings::default() };
    let server = Server::with(Options { settings, ..Options::default() });
    let (page, _) = alert(&server);
    let shown = server.stranger().get(&page);
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(shown.header(name), Some(value), "{name}");
    }
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let cookie = shown.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/a"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[test]
fn the_page_speaks_the_accounts_language_and_an_empty_one_the_browsers() {
    let server = Server::start();
    let client = server.client();
    let mut first = login("aino", CHROME);
    first["user"]["locale"] = "fi-FI".into();
    client.login(&first);
    let mut second = login("aino", FIREFOX);
    second["user"]["locale"] = "fi-FI".into();
    let new = client.login(&second).value();
    let id = AlertId::parse(new["alert"]["id"].as_str().unwrap()).unwrap();
    let page = format!("/a/{}", link_token(&server.keyring, id));
    // The visitor's browser is German: the page is for the owner of the account all the same.
    let people = server.stranger().with("Accept-Language", "de");
    let shown = people.get(&page);
    assert!(shown.body.contains("<html lang=\"fi\" dir=\"ltr\">") && shown.body.contains("Olitko se sinä?"));
    let done = form(&people, &cookie(&shown), &page, &nonce(&shown));
    assert!(done.body.contains("<html lang=\"fi\"") && done.body.contains("Vaihda"), "{}", done.body);
    let (used, never) = (people.get(&page), people.get("/a/never"));
    assert_eq!((used.status, &used.body), (404, &never.body));
    assert!(used.body.contains("<html lang=\"de\""), "{}", used.body);
    assert!(server.stranger().get(&page).body.contains("<html lang=\"en\""));
}
