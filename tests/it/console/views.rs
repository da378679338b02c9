//! The views over logins: what they show, where their values lead, and what their forms do.

use serde_json::{Value, json};
use watchlight::domain::{ids::AlertId, operator::role::Role};

use crate::{
    console::people::{form, joined, led, signed_in},
    http::server::{CHROME, Client, FIREFOX, Server, login},
};

/// A tenant with some logins, and an analyst who looks at it.
fn seen(server: &Server) -> Client {
    let client = server.client();
    for (user, agent, ip) in
        [("ana", CHROME, "89.160.20.112"), ("ben", FIREFOX, "81.2.69.142"), ("ana", FIREFOX, "81.2.69.142")]
    {
        let mut body = login(user, agent);
        body["client"]["ip"] = json!(ip);
        assert_eq!(client.login(&body).status, 201);
    }
    signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"]))
}

/// The ids of the logins that the API finds, newest first.
fn ids(server: &Server, q: &str) -> Vec<String> {
    let found = server.client().get(&format!("/v1/logins?{}", form(&[("q", q)]))).value();
    found["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

/// Where the rows of a page lead.
fn rows(page: &str) -> Vec<String> {
    page.split("data-login=\"").skip(1).map(|it| it.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_search_shows_what_the_api_finds() {
    let server = Server::start();
    let client = seen(&server);
    for q in ["", "user:ana", "country:GB", "-user:ana", "status:new", "user:nobody"] {
        let page = client.get(&format!("/console/search?{}", form(&[("q", q)])));
        assert_eq!(page.status, 200, "{q}: {page:?}");
        assert_eq!(rows(&page.body), ids(&server, q), "{q}");
        let json = client.get(&format!("/console/search.json?{}", form(&[("q", q)])));
        assert_eq!(json.value()["data"].as_array().unwrap().len(), ids(&server, q).len(), "{q}");
    }
    let csv = client.get("/console/search.csv?q=user%3Aana");
    assert_eq!((csv.status, csv.body.lines().count()), (200, 3), "{}", csv.body);
    // The address says what it is, whatever a browser accepts besides.
    for accepted in ["text/csv", "application/x-ndjson"] {
        let json = client.with("Accept", accepted).get("/console/search.json?q=user%3Aana");
        assert_eq!(json.value()["data"].as_array().unwrap().len(), 2, "{accepted}");
        let csv = client.with("Accept", accepted).get("/console/search.csv?q=user%3Aana");
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"), "{accepted}");
    }
}

#[test]
fn the_letters_of_a_mail_lead_to_its_login_however_old() {
    let server = Server::start();
    seen(&server);
    let logins = server.client().get("/v1/logins?user=ana").value();
    let told = logins["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["alert"].is_object())
        .expect("ana's new browser is told");
    let id = told["id"].as_str().unwrap();
    let reference = server.keyring.reference(AlertId::parse(told["alert"]["id"].as_str().unwrap()).unwrap());
    server.clock.advance_ms(30 * 24 * 3_600_000);
    let client = signed_in(&server, &joined(&server, "lee@example.com", Role::Reader, &["acme"]));
    let page = client.get(&format!("/console/search?q={reference}&tz=Asia%2FTokyo"));
    let login = format!("/console/logins/{id}?tz=Asia%2FTokyo");
    assert_eq!((page.status, page.header("location")), (303, Some(login.as_str())), "{page:?}");
    let none = client.get("/console/search?q=ref%3AAAAAA2");
    assert!(none.status == 200 && none.body.contains("Nothing found"), "{none:?}");
}

#[test]
fn a_search_that_cannot_be_read_says_where_and_what_instead() {
    let server = Server::start();
    let client = seen(&server);
    let page = client.get("/console/search?q=user%3Aana%20contry%3ABR");
    assert_eq!(page.status, 400);
    assert!(page.body.contains("user:ana contry:BR\n         ^^^^^^</pre>"), "{}", page.body);
    assert!(page.body.contains("q=user%3Aana+country%3ABR"), "the mended search is a link: {}", page.body);
    for (q, status) in
        [("%22", 400), ("%00", 400), ("a%3A%3Cimg%20src%3Dx%3E", 400), ("user%3A%22%3Cimg%20src%3Dx%3E%22", 200)]
    {
        let page = client.get(&format!("/console/search?q={q}"));
        assert_eq!(page.status, status, "{q}");
        assert!(!page.body.contains("<img src=x"), "{q}");
    }
    for (parameter, words) in [("from=yesterday", "from"), ("tz=Mars", "tz"), ("to=-", "to"), ("colour=red", "colour")]
    {
        let page = client.get(&format!("/console/search?{parameter}"));
        assert!(page.status == 400 && page.body.to_lowercase().contains(words), "{parameter}: {}", page.body);
    }
}

#[test]
fn time_and_zone_travel_along_every_link() {
    let server = Server::start();
    let client = seen(&server);
    let page = client.get("/console/search?q=user%3Aana&from=-30d&tz=Asia%2FKolkata").body;
    assert!(page.contains("/console/users/ana?from=-30d&#38;tz=Asia%2FKolkata"), "{page}");
    assert!(page.contains("<input type=\"hidden\" name=\"from\" value=\"-30d\">"), "{page}");
    assert!(page.contains("15:30:00"), "by the clock of the zone: {page}");
    let lasting = page.split("data-copy-link").next().unwrap().rsplit("href=\"").next().unwrap();
    assert!(lasting.contains("from=2026-10-23T10%3A00%3A00.000Z"), "{lasting}");
    let q = "country%3AGB";
    let narrowed = client.get(&format!("/console/search?q={q}")).body;
    assert!(
        narrowed.contains("q=country%3AGB+user%3Aana") && narrowed.contains("q=country%3AGB+-user%3Aana"),
        "{narrowed}"
    );
}

#[test]
fn a_login_says_what_its_explanation_says_and_is_judged_on_the_spot() {
    let server = Server::start();
    let client = seen(&server);
    // Of ana's logins, which are of one moment, the one from the address that ben has used, too.
    let id = &ids(&server, "user:ana ip:81.2.69.142")[0];
    let page = client.get(&format!("/console/logins/{id}"));
    assert_eq!(page.status, 200, "{page:?}");
    let told = server.client().get(&format!("/v1/logins/{id}/explanation")).value();
    let read: String = page
        .body
        .split('<')
        .map(|it| if it.starts_with(['a', '/']) { it.split_once('>').map_or("", |it| it.1) } else { it })
        .collect();
    for question in told["questions"].as_array().unwrap() {
        assert!(page.body.contains(question["title"].as_str().unwrap()), "{question}");
        for sentence in question["sentences"].as_array().unwrap() {
            let escaped = sentence.as_str().unwrap().replace('\'', "&#39;").replace('"', "&#34;");
            assert!(read.contains(&escaped), "{escaped}: {}", page.body);
        }
    }
    // Whom a sentence names has a page.
    assert!(page.body.contains("<a href=\"/console/users/ben\">ben</a>"), "{}", page.body);
    let judged = client
        .post(&format!("/console/logins/{id}/verdict"), form(&[("verdict", "compromised"), ("reason", "called")]));
    assert_eq!((judged.status, led(&judged)), (303, Some(format!("/console/logins/{id}"))));
    let written =
        client.post(&format!("/console/logins/{id}/notes"), form(&[("text", "a <b>note</b>\r\nof two lines")]));
    assert_eq!(written.status, 303, "{written:?}");
    let page = client.get(&format!("/console/logins/{id}")).body;
    assert!(
        page.contains("Judged compromised") && page.contains("a &#60;b&#62;note&#60;/b&#62;\nof two lines"),
        "{page}"
    );
    let notes: Value = server.client().get(&format!("/v1/logins/{id}/notes")).value();
    assert_eq!(notes["data"].as_array().unwrap().len(), 2, "{notes}");
    for wrong in [form(&[("verdict", "maybe")]), form(&[]), form(&[("verdict", "safe"), ("reason", "\u{7}")])] {
        assert_eq!(client.post(&format!("/console/logins/{id}/verdict"), wrong).status, 400);
    }
    let away = form(&[("verdict", "safe"), ("next", "https://evil.example/")]);
    let judged = client.post(&format!("/console/logins/{id}/verdict"), away);
    assert_eq!(led(&judged), Some(format!("/console/logins/{id}")));
}

#[test]
fn what_one_address_has_touched_is_one_page() {
    let server = Server::start();
    let client = seen(&server);
    for q in ["ip%3A81.2.69.142", "country%3AGB", "ip%3A81.2.69.0%2F24"] {
        let page = client.get(&format!("/console/about?q={q}"));
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.body.contains("/console/users/ana") && page.body.contains("/console/users/ben"), "{}", page.body);
        assert_eq!(rows(&page.body).len(), 2);
    }
    assert!(client.get("/console/about?q=ip%3A192.0.2.1").body.contains("Never seen"));
    assert_eq!(client.get("/console/about?q=user%3Aana").header("location"), Some("/console/search?q=user%3Aana"));
}

#[test]
fn a_reader_looks_and_decides_nothing() {
    let server = Server::start();
    seen(&server);
    let reader = signed_in(&server, &joined(&server, "lee@example.com", Role::Reader, &["acme"]));
    let id = &ids(&server, "user:ana")[0];
    let page = reader.get(&format!("/console/logins/{id}"));
    assert!(page.status == 200 && !page.body.contains("name=\"verdict\""), "{}", page.body);
    assert_eq!(reader.post(&format!("/console/logins/{id}/verdict"), form(&[("verdict", "safe")])).status, 403);
    let other = signed_in(&server, &joined(&server, "max@example.com", Role::Admin, &["other"]));
    assert_eq!(other.get(&format!("/console/logins/{id}")).status, 404, "another tenant's login is none");
}

#[test]
fn each_view_of_a_person_is_one_entry_of_the_audit() {
    let server = Server::start();
    let client = seen(&server);
    let id = ids(&server, "user:ana")[0].clone();
    let reads = || server.client().get("/v1/users/ana/reads?limit=500").value()["data"].as_array().unwrap().len();
    for path in [
        format!("/console/logins/{id}"),
        "/console/search?q=user%3Aana".to_owned(),
        "/console/tail?q=user%3Aana".to_owned(),
    ] {
        let before = reads();
        assert_eq!(client.get(&path).status, 200, "{path}");
        // One for the page, and one for having asked who reads.
        assert_eq!(reads(), before + 2, "{path}");
    }
    // However many of a person's logins it shows.
    for system in ["X11; Linux x86_64", "Macintosh; Intel Mac OS X 10.15"] {
        let mut body = login("ana", &format!("Mozilla/5.0 ({system}; rv:145.0) Gecko/20100101 Firefox/145.0"));
        body["client"]["ip"] = json!("175.16.199.1");
        server.client().login(&body);
    }
    let shown = client.get("/console/").body;
    assert!(shown.matches("<bdi>ana</bdi>").count() > 1, "{shown}");
    let before = reads();
    client.get("/console/");
    assert_eq!(reads(), before + 2, "the queue");
}

#[test]
fn what_is_risky_or_denied_is_open_until_it_is_judged() {
    let server = Server::start();
    let client = seen(&server);
    let open = |client: &Client| rows(&client.get("/console/").body);
    let risky = ids(&server, "level:medium,high");
    assert!(!risky.is_empty());
    let mut shown = open(&client);
    shown.sort();
    let mut sorted = risky.clone();
    sorted.sort();
    assert_eq!(shown, sorted);
    // A note decides nothing.
    let note = form(&[("text", "Asked ana about it.")]);
    assert_eq!(client.post(&format!("/console/logins/{}/notes", risky[0]), note).status, 303);
    assert_eq!(open(&client).len(), risky.len());
    // Its files are what it shows, and no other list.
    let page = client.get("/console/").body;
    assert!(page.contains("href=\"/console/queue.json\"") && page.contains("href=\"/console/queue.csv\""), "{page}");
    let json = || client.get("/console/queue.json").value()["data"].as_array().unwrap().clone();
    let told: Vec<String> = json().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told, rows(&page));
    assert_eq!(client.get("/console/queue.csv").body.lines().count(), told.len() + 1);
    let chosen: Vec<(&str, &str)> = risky.iter().map(|it| ("login", it.as_str())).collect();
    let post = |fields: &[(&str, &str)]| client.post("/console/verdicts", form(&[&chosen, fields].concat()));
    assert_eq!(post(&[("verdict", "maybe")]).status, 400);
    assert_eq!(client.post("/console/verdicts", form(&[("verdict", "safe")])).status, 400, "none is chosen");
    assert_eq!(client.post("/console/verdicts", form(&[("verdict", "safe"), ("login", "lgn_x")])).status, 404);
    assert_eq!(open(&client).len(), risky.len(), "nothing was judged");
    let judged = post(&[("verdict", "safe"), ("reason", "drill"), ("next", "/console/?from=-30d")]);
    assert_eq!((judged.status, led(&judged)), (303, Some("/console/?from=-30d".to_owned())));
    assert!(open(&client).is_empty() && json().is_empty());
    assert!(client.get("/console/").body.contains("Nothing is open"));
}

#[test]
fn a_user_and_a_device_are_pages_and_a_device_is_denied_there() {
    let server = Server::start();
    let client = seen(&server);
    let page = client.get("/console/users/ana");
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(rows(&page.body), ids(&server, "user:ana"));
    assert_eq!(client.get("/console/users/nobody").status, 404);
    let devices = server.client().get("/v1/users/ana/devices").value();
    let device = devices["data"][0]["id"].as_str().unwrap();
    let path = format!("/console/users/ana/devices/{device}");
    let page = client.get(&path);
    assert!(page.status == 200 && page.body.contains("Compare with"), "{page:?}");
    // The other device, by the latest login of each.
    let latest = |at: usize| ids(&server, &format!("device:{}", devices["data"][at]["id"].as_str().unwrap())).remove(0);
    assert!(page.body.contains(&format!("/console/compare/{}/{}\"", latest(1), latest(0))), "{page:?}");
    assert_eq!(client.get("/console/users/ben/devices/dev_0000000000000000").status, 404);
    assert_eq!(client.post(&format!("{path}/deny"), form(&[])).status, 303);
    assert!(client.get("/console/users/ana").body.contains(">denied<"));
    assert_eq!(
        led(&client.post(&format!("{path}/confirm"), form(&[("next", "/console/")]))),
        Some("/console/".to_owned())
    );
    assert!(client.get("/console/users/ana").body.contains("confirmed"));
    let other = devices["data"][1]["id"].as_str().unwrap();
    assert_eq!(server.client().send("DELETE", &format!("/v1/users/ana/devices/{other}"), b"").status, 204);
    let page = client.get(&path).body;
    assert!(!page.contains("Compare with"), "a device that was deleted is none of the user's: {page}");
}

#[test]
fn two_logins_are_compared_as_the_api_compares_them() {
    let server = Server::start();
    let client = seen(&server);
    let found = ids(&server, "user:ana");
    let page = client.get(&format!("/console/compare/{}/{}", found[0], found[1]));
    let told = server.client().get(&format!("/v1/logins/{}/compare/{}", found[0], found[1])).value();
    assert_eq!(page.status, 200, "{page:?}");
    for sentence in told["sentences"].as_array().unwrap() {
        assert!(page.body.contains(sentence.as_str().unwrap()), "{sentence}");
    }
    assert_eq!(client.get(&format!("/console/compare/{}/{}.json", found[0], found[1])).value(), told);
}

#[test]
fn a_search_is_shown_as_rows_on_a_map_and_by_hours() {
    let server = Server::start();
    let client = seen(&server);
    let map = client.get("/console/search?q=user%3Aana&show=map").body;
    assert!(map.contains("q=user%3Aana+country%3AGB") && rows(&map).is_empty(), "{map}");
    let hours = client.get("/console/search?show=hours").body;
    assert!(hours.contains("Logins by the hour of the day"), "{hours}");
    assert_eq!(client.get("/console/search?show=pie").status, 400);
}
