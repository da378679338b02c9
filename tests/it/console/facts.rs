//! What pages say as facts: no more than is known, and so that all of it is seen.

use serde_json::{Value, json};
use watchlight::domain::{
    operator::role::Role,
    time::{DAY_MS, MINUTE_MS},
};

use crate::{
    console::people::{form, joined, signed_in},
    http::{
        rehearsal::{server, sign_in},
        server::{CHROME, Client, FIREFOX, Server, login},
    },
};

const HOME: &str = "89.160.20.112";
const ABROAD: &str = "216.160.83.56";
const LONDON: &str = "81.2.69.142";

/// A login of a user whose id makes no e-mail address.
fn sign_in_as(client: &Client, user: &str, ip: &str, browser: &str) -> Value {
    let mut event = login(user, browser);
    (event["client"]["ip"], event["user"]["email"]) = (json!(ip), json!("hostile@example.com"));
    let answer = client.login(&event);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.value()
}

fn analyst(server: &Server) -> Client {
    signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"]))
}

#[test]
fn what_turns_a_text_around_is_seen_wherever_an_id_or_a_note_is_shown() {
    let (server, _places) = server();
    let api = server.client();
    let hostile = "user\u{202e}gnp.exe";
    sign_in_as(&api, hostile, HOME, CHROME);
    server.clock.advance_ms(20 * DAY_MS);
    let other = sign_in_as(&api, hostile, ABROAD, FIREFOX);
    let (id, client) = (other["id"].as_str().unwrap(), analyst(&server));
    let also = sign_in(&api, "ana", ABROAD, FIREFOX, "success")["id"].as_str().unwrap().to_owned();
    let written = form(&[("text", "read \u{202e}sdrawkcab\nand on")]);
    assert_eq!(client.post(&format!("/console/logins/{id}/notes"), written).status, 303);
    for path in [
        "/console/".to_owned(),
        "/console/search?q=".to_owned(),
        "/console/tail?q=".to_owned(),
        format!("/console/logins/{id}"),
        format!("/console/logins/{also}"),
        "/console/users/user%E2%80%AEgnp%2Eexe".to_owned(),
        "/console/about?q=ip%3A216.160.83.56".to_owned(),
        "/console/campaign?q=ip%3A216.160.83.56".to_owned(),
        format!("/console/case?login={id}"),
    ] {
        let page = client.get(&path);
        assert_eq!(page.status, 200, "{path}: {page:?}");
        assert!(!page.body.contains('\u{202e}'), "{path}: {}", page.body);
        assert!(page.body.contains("user\u{fffd}gnp.exe"), "{path}: {}", page.body);
    }
    let page = client.get(&format!("/console/logins/{id}")).body;
    assert!(page.contains("read \u{fffd}sdrawkcab\nand on"), "{page}");
}

#[test]
fn a_number_leads_to_as_many_logins_and_never_to_the_page_one_is_on() {
    let (server, _places) = server();
    let (api, client) = (server.client(), analyst(&server));
    sign_in(&api, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(MINUTE_MS);
    for (user, outcome) in [("bob", "failure"), ("cem", "failure"), ("ana", "failure"), ("ana", "success")] {
        sign_in(&api, user, ABROAD, FIREFOX, outcome);
        server.clock.advance_ms(MINUTE_MS);
    }
    let logins = api.get("/v1/logins?limit=10").value();
    let mut followed = 0;
    for login in logins["data"].as_array().unwrap() {
        let id = login["id"].as_str().unwrap();
        let page = client.get(&format!("/console/logins/{id}")).body;
        let answers = page.split("<div class=\"answers\">").nth(1).unwrap().split("facts-card").next().unwrap();
        for link in answers.split("<a href=\"").skip(1) {
            let (href, rest) = link.split_once("\">").unwrap();
            let words = rest.split("</a>").next().unwrap();
            let Some(number) = words.split(' ').next().and_then(|it| it.parse::<usize>().ok()) else { continue };
            let led = client.get(&href.replace("&#38;", "&"));
            assert_ne!(led.header("location").map(|it| it.contains(id)), Some(true), "{words}: {href} is this page");
            let rows = led.body.matches("data-login=\"").count();
            assert!(led.status == 303 && number == 1 || rows == number, "{words}: {href} shows {rows}");
            followed += 1;
        }
    }
    assert!(followed > 10, "{followed}");
}

#[test]
fn a_place_is_told_of_addresses_that_share_it_and_the_first_time_to_the_second() {
    let (server, _places) = server();
    let api = server.client();
    let first = sign_in(&api, "ana", LONDON, CHROME, "success");
    server.clock.advance_ms(3 * DAY_MS);
    sign_in(&api, "ben", HOME, CHROME, "success");
    sign_in(&api, "ben", LONDON, CHROME, "success");
    let kept = api.get(&format!("/v1/logins/{}", first["id"].as_str().unwrap())).value();
    let client = analyst(&server);
    let about = |q: &str| client.get(&format!("/console/about?{}", form(&[("q", q)]))).body;
    let head = |page: &str| {
        page.split("<header class=\"title\">").nth(1).unwrap().split("</header>").next().unwrap().to_owned()
    };
    for q in ["ip:81.2.69.142", "ip:81.2.69.0/24"] {
        let page = about(q);
        assert!(head(&page).contains("London, United Kingdom"), "{q}: {page}");
        let at = kept["occurred_at"].as_str().unwrap();
        assert!(page.contains(&format!("First seen</dt><dd><time datetime=\"{at}\"")), "{q}, {at}: {page}");
    }
    let everything = about("ip:0.0.0.0/0");
    assert!(!head(&everything).contains("London") && !head(&everything).contains("Sweden"), "{everything}");
}

#[test]
fn an_operator_who_looks_for_sign_ins_is_told_where_they_are() {
    let (server, _places) = server();
    let admin = signed_in(&server, &joined(&server, "max@example.com", Role::Admin, &["acme"]));
    let of = |action: &str| admin.get(&format!("/console/audit?action={action}&user=nobody")).body;
    assert!(of("operator.sign_in").contains("<code>_console</code>"), "{}", of("operator.sign_in"));
    assert!(of("login.verdict").contains("Nobody has done this"), "{}", of("login.verdict"));
}

#[test]
fn a_long_id_of_a_stranger_is_cut_in_the_sentences_about_others() {
    let (server, _places) = server();
    let (api, client) = (server.client(), analyst(&server));
    let long = "W".repeat(256);
    let of_stranger = sign_in_as(&api, &long, ABROAD, FIREFOX);
    let id = sign_in(&api, "ana", ABROAD, FIREFOX, "success")["id"].as_str().unwrap().to_owned();
    let page = client.get(&format!("/console/logins/{id}")).body;
    assert!(!page.contains(&long) && page.contains(&format!("“{}…”", "W".repeat(31))), "{page}");
    let own = client.get(&format!("/console/logins/{}", of_stranger["id"].as_str().unwrap())).body;
    let headline = own.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
    assert!(headline.starts_with(&format!("<bdi>{}… signed in", "W".repeat(39))), "{headline}");
    assert_eq!(
        json!(api.get(&format!("/v1/logins?q=user%3A{long}")).value()["data"].as_array().unwrap().len()),
        json!(1)
    );
}
