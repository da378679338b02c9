//! Invitations: shown by GET, spent by POST, once, within a quarter of an hour.

use watchlight::domain::operator::{operator::INVITATION_MS, role::Role};

use crate::{
    console::people::{PASSWORD, browser, cookies, form, invite},
    http::server::Server,
};

fn chosen(password: &str) -> String {
    form(&[("password", password), ("again", password)])
}

#[test]
fn who_is_invited_chooses_a_password_and_is_in() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Analyst, &["acme"]);
    let shown = browser(&server).get(&link);
    assert_eq!(shown.status, 200, "{shown:?}");
    assert!(shown.body.contains("ana@example.com") && shown.body.contains("analyst") && shown.body.contains("acme"));
    let done = browser(&server).post(&link, chosen(PASSWORD));
    assert_eq!((done.status, done.header("location")), (303, Some("/console/")), "{done:?}");
    let home = browser(&server).with("Cookie", &cookies(&done)).get("/console/");
    assert_eq!(home.status, 200);
    assert!(home.body.contains("ana@example.com") && home.body.contains("analyst"), "{}", home.body);
}

#[test]
fn a_link_that_is_only_opened_is_not_used_up() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    for _ in 0..3 {
        assert_eq!(browser(&server).get(&link).status, 200);
        assert_eq!(browser(&server).send("HEAD", &link, b"").status, 200);
    }
    assert_eq!(browser(&server).post(&link, chosen(PASSWORD)).status, 303);
}

#[test]
fn an_invitation_works_once() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    assert_eq!(browser(&server).post(&link, chosen(PASSWORD)).status, 303);
    let again = browser(&server).post(&link, chosen("another password entirely"));
    assert_eq!((again.status, again.header("set-cookie")), (404, None), "{again:?}");
    assert_eq!(browser(&server).get(&link).status, 404);
}

#[test]
fn of_many_who_take_up_an_invitation_at_once_one_gets_in() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    let (client, body) = (browser(&server), chosen(PASSWORD));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| client.post(&link, &body).status)).collect();
        tries.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|it| **it == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|it| [303, 404].contains(it)), "{statuses:?}");
}

#[test]
fn an_invitation_ends_after_a_quarter_of_an_hour() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    server.clock.advance_ms(INVITATION_MS - 1);
    assert_eq!(browser(&server).get(&link).status, 200);
    server.clock.advance_ms(1);
    assert_eq!(browser(&server).get(&link).status, 404);
    assert_eq!(browser(&server).post(&link, chosen(PASSWORD)).status, 404);
}

#[test]
fn a_password_that_is_refused_does_not_use_up_the_link() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    for (fields, why) in [
        (chosen("short"), "at least 12 characters"),
        (chosen(&"x".repeat(300)), "at most 256 bytes"),
        (chosen("ana@example.com"), "first thing"),
        (form(&[("password", PASSWORD), ("again", "correct horse battery stable")]), "not the same"),
        (form(&[]), "at least 12 characters"),
    ] {
        let answer = browser(&server).post(&link, fields);
        assert_eq!(answer.status, 422, "{answer:?}");
        assert!(answer.body.contains(why) && answer.body.contains("role=\"alert\""), "{why}: {}", answer.body);
        assert!(!answer.body.contains("value=\"correct"), "no password is sent back");
    }
    assert_eq!(browser(&server).post(&link, chosen(PASSWORD)).status, 303);
}

#[test]
fn who_is_invited_anew_has_no_session_of_before() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    let first = cookies(&browser(&server).post(&link, chosen(PASSWORD)));
    server.clock.advance_ms(1);
    let other = invite(&server, "ANA@example.com", Role::Admin, &["acme"]);
    assert_eq!(browser(&server).with("Cookie", &first).get("/console/").status, 303, "signed out");
    assert_eq!(browser(&server).post(&other, chosen("another password entirely")).status, 303);
    let listed = server.run(server.process.operators().list(None)).unwrap();
    assert_eq!(listed.len(), 1, "the case of an address does not matter");
}

#[test]
fn tokens_that_were_never_made_lead_nowhere() {
    let server = Server::start();
    let link = invite(&server, "ana@example.com", Role::Reader, &["acme"]);
    let last = link.chars().last().unwrap();
    let slipped = format!("{}{}", &link[..link.len() - 1], if last == 'A' { 'B' } else { 'A' });
    let long = format!("/console/invitation/{}", "a".repeat(5_000));
    for path in [&slipped, "/console/invitation/x", "/console/invitation/%00", "/console/invitation/%C3%A9", &long] {
        let answer = browser(&server).get(path);
        assert_eq!(answer.status, 404, "{answer:?}");
        assert_eq!(browser(&server).post(path, chosen(PASSWORD)).status, 404);
    }
}
