//! What pages show beside their rows, and what is asked about before it is done.

use std::{fs, sync::Arc};

use serde_json::json;
use tempfile::TempDir;
use watchlight::{
    adapters::geo::MaxmindGeo,
    domain::{
        operator::role::Role,
        time::{DAY_MS, MINUTE_MS},
    },
};

use crate::{
    console::people::{form, joined, signed_in},
    http::{
        rehearsal::{server, sign_in},
        server::{CHROME, Client, FIREFOX, Options, Server, login},
    },
};

const HOME: &str = "89.160.20.112";
const ABROAD: &str = "216.160.83.56";

fn analyst(server: &Server) -> Client {
    signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"]))
}

/// Where the link before this mark leads.
fn href(page: &str, mark: &str) -> String {
    let before = page.split(mark).next().unwrap();
    assert!(before.len() < page.len(), "{mark}: {page}");
    before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&#38;", "&")
}

/// What is counted under a title: each value, and how many logins have it.
fn facet(page: &str, title: &str) -> Vec<(String, u64)> {
    let section = page.split(&format!("<section aria-label=\"{title}\">")).nth(1).unwrap_or_else(|| panic!("{page}"));
    let lines =
        section.split("</section>").next().unwrap().split("<li").skip(1).filter(|it| it.contains("class=\"number\""));
    let text = |line: &str, before: &str| line.split(before).nth(1).unwrap().split('<').next().unwrap().to_owned();
    let value = |line: &str| if line.contains("<bdi>") { text(line, "<bdi>") } else { "others".to_owned() };
    lines.map(|it| (value(it), text(it, "class=\"number\">").parse().unwrap())).collect()
}

#[test]
fn all_that_logins_have_in_common_is_reached_and_how_they_ended_is_counted() {
    let server = Server::start();
    for number in 0..9 {
        server.clock.advance_ms(MINUTE_MS);
        let mut body = login("ana", CHROME);
        (body["client"]["ip"], body["method"]) = (json!(HOME), json!(format!("way{number}")));
        body["outcome"] = json!(if number == 4 { "failure" } else { "success" });
        assert_eq!(server.client().login(&body).status, 201);
    }
    let client = analyst(&server);
    let page = client.get("/console/search?q=user%3Aana&from=-30d").body;
    assert_eq!(facet(&page, "Outcome"), [("success".to_owned(), 8), ("failure".to_owned(), 1)]);
    let risks: u64 = facet(&page, "Risk").iter().map(|(_, logins)| logins).sum();
    assert_eq!(risks, 9, "{page}");
    let some = facet(&page, "Method");
    assert_eq!((some.len(), some.last().unwrap()), (7, &("others".to_owned(), 3)), "{some:?}");
    let others = href(&page, ">others</a>");
    assert_eq!(others, "/console/search?q=user%3Aana&more=method&from=-30d");
    let all = client.get(&others).body;
    assert_eq!(facet(&all, "Method").len(), 9, "{all}");
    assert_eq!(facet(&all, "Risk"), facet(&page, "Risk"));
    assert_eq!(href(&all, ">fewer</a>"), "/console/search?q=user%3Aana&from=-30d");
    // A page about one thing leads to the search for it.
    let about = client.get(&format!("/console/about?q=ip%3A{HOME}")).body;
    let others = href(&about, ">others</a>");
    assert_eq!(facet(&client.get(&others).body, "Method").len(), 9, "{others}");
    assert_eq!(client.get("/console/search?more=colour").status, 400);
}

#[test]
fn a_weight_that_the_policy_has_higher_says_so_and_countries_lead_to_their_pages() {
    let places = TempDir::new().unwrap();
    for file in ["GeoIP2-City-Test.mmdb", "GeoLite2-ASN-Test.mmdb"] {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/geoip/");
        fs::copy(format!("{data}{file}"), places.path().join(file)).unwrap();
    }
    fs::write(places.path().join("hosting.txt"), format!("{ABROAD}/32\n")).unwrap();
    let geo = Some(Arc::new(MaxmindGeo::open(places.path())));
    let server = Server::with(Options { geo, ..Options::default() });
    let client = server.client();
    sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(DAY_MS);
    // The place of a data centre weighs half.
    let far = sign_in(&client, "ana", ABROAD, CHROME, "success");
    let signals = far["risk"]["signals"].as_array().unwrap();
    let country = signals.iter().find(|it| it["name"] == "new_country").unwrap_or_else(|| panic!("{far}"));
    assert_eq!(country["weight"], 0.2, "{far}");
    let page = analyst(&server).get(&format!("/console/logins/{}", far["id"].as_str().unwrap())).body;
    assert!(page.contains("20 % <span class=\"quiet\">half of 40 %</span>"), "{page}");
    assert!(page.contains("By the policy it weighs more."), "{page}");
    assert!(page.contains("<a href=\"/console/about?q=country%3AUS\">United States</a>"), "{page}");
    let home = client.get("/v1/logins?q=user%3Aana").value()["data"][1]["id"].as_str().unwrap().to_owned();
    let page = analyst(&server).get(&format!("/console/logins/{home}")).body;
    assert!(!page.contains("By the policy it weighs more."), "{page}");
}

#[test]
fn what_denies_or_deletes_is_asked_about_without_script() {
    let (server, _places) = server();
    let client = server.client();
    sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(DAY_MS);
    let taken = sign_in(&client, "ana", ABROAD, FIREFOX, "success");
    let kim = analyst(&server);
    assert_eq!(kim.post("/console/searches", form(&[("name", "abroad"), ("q", "country:US")])).status, 303);
    let device = format!("/console/users/ana/devices/{}", taken["device"]["id"].as_str().unwrap());
    for (path, deed) in [
        ("/console/".to_owned(), "value=\"compromised\""),
        (format!("/console/logins/{}", taken["id"].as_str().unwrap()), "value=\"compromised\""),
        ("/console/users/ana".to_owned(), "/deny\">"),
        (device, "/deny\">"),
        ("/console/settings/searches".to_owned(), "name=\"name\" value=\"abroad\""),
    ] {
        let page = kim.get(&path).body;
        let before: Vec<&str> = page.split(deed).collect();
        assert!(before.len() > 1, "{path}: {page}");
        for part in &before[..before.len() - 1] {
            let opened = part.rfind("<details").unwrap_or_else(|| panic!("{path}: {part}"));
            assert!(part.rfind("</details>").is_none_or(|closed| closed < opened), "{path} does {deed} at once");
            assert!(part[opened..].contains("<summary"), "{path}");
        }
    }
}

#[test]
fn who_writes_a_country_in_small_letters_is_led_to_it() {
    let (server, _places) = server();
    sign_in(&server.client(), "ana", ABROAD, CHROME, "success");
    let kim = analyst(&server);
    let page = kim.get("/console/search?q=usa+outcome%3Asuccess").body;
    let country = href(&page, ">United States</a>");
    assert!(kim.get(&country).body.contains("<h1>1 login</h1>"), "{country}");
    assert!(!kim.get("/console/search?q=bob").body.contains("A country is called so"));
}

#[test]
fn a_name_that_was_left_empty_comes_back_to_be_filled_in() {
    let server = Server::start();
    let kim = analyst(&server);
    let answer = kim.post("/console/searches", form(&[("name", " "), ("q", "country:BR")]));
    assert_eq!(answer.status, 400);
    let empty = kim.post("/console/searches", form(&[("name", ""), ("q", "country:BR")]));
    for page in [answer.body, empty.body] {
        assert!(page.contains("Name must have 1 to 80 characters"), "{page}");
        assert!(page.contains("name=\"name\"") && page.contains("aria-invalid=\"true\""), "{page}");
        assert!(page.contains("type=\"hidden\" name=\"q\" value=\"country:BR\""), "{page}");
    }
}
