//! Where links lead: the time of a page, or of its search, goes along, and a link that lasts shows the same rows later.

use serde_json::json;
use watchlight::{
    domain::{
        operator::role::Role,
        time::{DAY_MS, HOUR_MS},
    },
    ports::Clock,
};

use crate::{
    console::people::{form, joined, signed_in},
    http::{
        rehearsal::server,
        server::{CHROME, Client, Server, login},
    },
};

/// Logins of ana from Sweden, ten days ago, on the day before yesterday, and now; and somebody who looks.
fn seen(server: &Server) -> Client {
    for ms in [0, 8 * DAY_MS, 2 * DAY_MS] {
        server.clock.advance_ms(ms);
        let mut body = login("ana", CHROME);
        body["client"]["ip"] = json!("89.160.20.112");
        assert_eq!(server.client().login(&body).status, 201);
    }
    signed_in(server, &joined(server, "kim@example.com", Role::Admin, &["acme"]))
}

fn rows(page: &str) -> Vec<String> {
    page.split("data-login=\"").skip(1).map(|it| it.split('"').next().unwrap().to_owned()).collect()
}

fn search(asked: &[(&str, &str)]) -> String {
    format!("/console/search?{}", form(asked))
}

/// Where the link before this mark leads.
fn href(page: &str, mark: &str) -> String {
    let before = page.split(mark).next().unwrap();
    assert!(before.len() < page.len(), "{mark}: {page}");
    before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&#38;", "&")
}

#[test]
fn a_link_that_lasts_shows_the_rows_of_a_search_that_says_its_time_itself() {
    let server = Server::start();
    let client = seen(&server);
    let today = server.clock.now().to_text()[..10].to_owned();
    let first = server.clock.now().plus_ms(-10 * DAY_MS).to_text()[..10].to_owned();
    let since = format!("user:ana since:{first} until:{first}");
    for (asked, found) in [
        (vec![("q", since.as_str())], 1),
        (vec![("q", "last:30d user:ana")], 3),
        (vec![("q", "last:30m")], 1),
        (vec![("q", "user:ana last:30d"), ("to", today.as_str())], 3),
        (vec![("q", "user:ana last:30d"), ("from", "-24h")], 3),
        (vec![("q", "country:SE")], 2),
    ] {
        let page = client.get(&search(&asked)).body;
        let shown = rows(&page);
        assert_eq!(shown.len(), found, "{asked:?}");
        let lasting = href(&page, "data-copy-link");
        assert_eq!(rows(&client.get(&lasting).body), shown, "{asked:?}: {lasting}");
        server.clock.advance_ms(HOUR_MS);
        assert_eq!(rows(&client.get(&lasting).body), shown, "{asked:?}: {lasting}, an hour later");
        server.clock.advance_ms(-HOUR_MS);
    }
}

#[test]
fn the_time_that_a_search_says_goes_along_and_can_be_chosen_anew() {
    let server = Server::start();
    let client = seen(&server);
    let page = client.get(&search(&[("q", "since:2026-11-01 until:2026-11-30 country:SE")])).body;
    let span = "from=2026-11-01&#38;to=2026-11-30";
    for place in [
        "/console/about?q=country%3ASE&#38;".to_owned(),
        "/console/search?q=browser%3Achrome&#38;".to_owned(),
        "/console/users/ana?".to_owned(),
    ] {
        assert!(page.contains(&format!("{place}{span}")), "{place}: {page}");
    }
    assert!(!page.contains("aria-current=\"true\">7 d"), "its own time rules: {page}");
    let week = href(&page, ">7 d</a>");
    assert_eq!(week, "/console/search?q=country%3ASE&from=-7d", "a time that is chosen takes its place");
    assert!(page.contains("name=\"to\" value=\"2026-11-30\""), "{page}");
    // What is so long ago stays so.
    let page = client.get(&search(&[("q", "last:30d country:SE")])).body;
    assert!(page.contains("/console/users/ana?from=-30d\""), "{page}");
    assert!(page.contains("aria-current=\"true\">30 d"), "{page}");
    // What is over all times is narrowed over all times.
    let about = client.get("/console/about?q=country%3ASE").body;
    assert!(about.contains("q=country%3ASE+user%3Aana&#38;from=all"), "{about}");
    // Until when says that all before is meant.
    let until = server.clock.now().plus_ms(-9 * DAY_MS).to_text()[..10].to_owned();
    assert_eq!(rows(&client.get(&search(&[("q", &format!("until:{until}"))])).body).len(), 1);
}

#[test]
fn a_time_that_is_typed_is_meant_whatever_time_the_page_was_about() {
    let server = Server::start();
    let client = seen(&server);
    let asked = search(&[("q", "user:ana last:30d"), ("from", "-24h")]);
    let page = client.get(&asked).body;
    assert_eq!(rows(&page).len(), 3, "{page}");
    assert!(page.contains("aria-current=\"true\">30 d"), "the range says what counts: {page}");
    let json = client.get(&href(&page, ">JSON</a>")).value();
    assert_eq!(json["data"].as_array().unwrap().len(), 3, "{json}");
    // What the typed time is taken out of is the page's time again.
    assert!(page.contains("type=\"hidden\" name=\"from\" value=\"-24h\""), "{page}");
    // A time that is chosen takes the place of the typed one.
    let day = href(&page, ">24 h</a>");
    assert_eq!(day, "/console/search?q=user%3Aana&from=-24h");
    assert_eq!(rows(&client.get(&day).body).len(), 1);
    let bars: Vec<&str> = page.split("<svg").flat_map(|it| it.split("href=\"").skip(1)).collect();
    let bar = bars.iter().map(|it| it.split('"').next().unwrap()).find(|it| it.contains("from=20")).unwrap();
    assert_eq!(rows(&client.get(&bar.replace("&amp;", "&").replace("&#38;", "&")).body).len(), 1, "{bar}");
    // A search that was saved with a time has it on every page.
    let saved = form(&[("name", "a month of ana"), ("q", "user:ana last:30d")]);
    assert_eq!(client.post("/console/searches", saved).status, 303);
    let other = client.get(&search(&[("q", "country:SE"), ("from", "-24h")])).body;
    assert_eq!(rows(&client.get(&href(&other, "><bdi>a month of ana")).body).len(), 3);
    // Also where it ends before the page's time begins, and the other way round.
    let first = server.clock.now().plus_ms(-10 * DAY_MS).to_text()[..10].to_owned();
    for times in [vec![("from", "-24h")], vec![("from", "-9d"), ("to", "-5d")], vec![("to", "-9d")]] {
        let q = format!("user:ana since:{first}");
        let page = client.get(&search(&[vec![("q", q.as_str())], times.clone()].concat())).body;
        assert_eq!(rows(&page).len(), 3, "{times:?}");
        let lasting = href(&page, "data-copy-link");
        assert_eq!(rows(&client.get(&lasting).body).len(), 3, "{lasting}");
    }
}

#[test]
fn a_link_that_lasts_leads_to_the_page_that_it_was_taken_on() {
    let server = Server::start();
    let client = signed_in(&server, &joined(&server, "kim@example.com", Role::Admin, &["acme", "other"]));
    for ms in [0, HOUR_MS, HOUR_MS, HOUR_MS] {
        server.clock.advance_ms(ms);
        let mut body = login("ana", CHROME);
        body["client"]["ip"] = json!("89.160.20.112");
        assert_eq!(server.client().login(&body).status, 201);
    }
    let asked = [("tenant", "acme"), ("q", "user:ana last:7d"), ("tz", "Europe/Berlin"), ("limit", "1")];
    let first = client.get(&search(&asked)).body;
    let second = client.get(&href(&first, " rel=\"next\"")).body;
    let shown = rows(&second);
    assert_eq!(shown.len(), 3, "{second}");
    let lasting = href(&second, "data-copy-link");
    server.clock.advance_ms(HOUR_MS);
    assert_eq!(rows(&client.get(&lasting).body), shown, "{lasting}");
    // The audit's, too.
    let first = client.get("/console/audit?tenant=acme&limit=1").body;
    let second = client.get(&href(&first, " rel=\"next\"")).body;
    let told = |page: &str| -> Vec<String> {
        let entries = page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        entries.split('>').filter_map(|it| it.split('<').next()).map(str::to_owned).collect()
    };
    let lasting = href(&second, "data-copy-link");
    assert_eq!(told(&client.get(&lasting).body), told(&second), "{lasting}");
}

#[test]
fn another_clock_changes_no_rows() {
    let (server, _places) = server();
    let client = seen(&server);
    // Logins are at 10:00 UTC, when the next day begins there.
    let tomorrow = server.clock.now().plus_ms(DAY_MS).to_text()[..10].to_owned();
    let day = [("q", "user:ana"), ("from", tomorrow.as_str()), ("to", tomorrow.as_str())];
    let there = client.get(&search(&[&day[..], &[("tz", "Pacific/Kiritimati")]].concat())).body;
    assert_eq!(rows(&there).len(), 1, "{there}");
    assert!(rows(&client.get(&search(&day)).body).is_empty(), "by another clock it is another day");
    let here = client.get(&href(&there, ">UTC</a>")).body;
    assert_eq!(rows(&here), rows(&there), "{here}");
    // The form of the clock has the same times.
    let form = there.split("class=\"clock\"").nth(1).unwrap().split("</form>").next().unwrap();
    assert!(form.contains("name=\"from\" value=\"20") && form.contains("T10:00:00.000Z\""), "{form}");
    // The clock of the user is offered where one user is looked at.
    let user = client.get("/console/users/ana").body;
    assert!(user.contains(">the user’s, Europe/Stockholm</a>"), "{user}");
}

#[test]
fn what_follows_and_what_belongs_together_is_narrowed_where_it_is() {
    let server = Server::start();
    let client = seen(&server);
    let tail = client.get("/console/tail").body;
    assert_eq!(href(&tail, " title=\"Only these\""), "/console/tail?q=user%3Aana");
    let campaign = client.get("/console/campaign?q=country%3ASE&from=-30d").body;
    assert_eq!(href(&campaign, " title=\"No longer only these\""), "/console/campaign?from=-30d");
    assert!(campaign.contains("\"/console/campaign?q=country%3ASE+user%3Aana&#38;from=-30d\""), "{campaign}");
}

#[test]
fn a_day_that_is_typed_as_the_end_is_included() {
    let server = Server::start();
    let client = seen(&server);
    let today = server.clock.now().to_text()[..10].to_owned();
    let page = client.get(&search(&[("q", "user:ana"), ("from", &today), ("to", &today)])).body;
    assert_eq!(rows(&page).len(), 1, "{page}");
    // A bar of the picture names its days so that it finds what it counts.
    let page = client.get(&search(&[("q", "user:ana"), ("from", "-30d")])).body;
    let bars: Vec<&str> = page.split("<svg").flat_map(|it| it.split("href=\"").skip(1)).collect();
    let bar = bars.iter().map(|it| it.split('"').next().unwrap()).find(|it| it.contains("from=20")).unwrap();
    assert_eq!(rows(&client.get(&bar.replace("&amp;", "&").replace("&#38;", "&")).body).len(), 1, "{bar}");
}

#[test]
fn sentences_and_hours_are_told_by_the_clock_of_the_page() {
    let server = Server::start();
    let client = seen(&server);
    let id = rows(&client.get(&search(&[("q", "user:ana")])).body)[0].clone();
    let page = client.get(&format!("/console/logins/{id}?tz=Asia%2FKolkata")).body;
    assert!(page.contains("15:30 IST") && !page.contains("10:00 UTC"), "{page}");
    assert!(page.contains("are those of UTC"), "what a search calls a day is said: {page}");
    assert!(client.get(&format!("/console/logins/{id}")).body.contains("10:00 UTC"));
    let campaign = client.get("/console/campaign?q=user%3Aana&tz=Asia%2FTokyo").body;
    assert!(campaign.contains("Hours of the day, Asia/Tokyo") && campaign.contains("<title>19:00, "), "{campaign}");
}

#[test]
fn what_is_searched_by_already_can_be_taken_out() {
    let server = Server::start();
    let client = seen(&server);
    let page = client.get(&search(&[("q", "country:SE last:7d")])).body;
    assert!(!page.contains("-country%3ASE"), "nothing is like that: {page}");
    assert_eq!(href(&page, " title=\"No longer only these\""), "/console/search?q=last%3A7d");
    let about = client.get("/console/about?q=country%3ASE").body;
    assert!(!about.contains("No longer only these") && !about.contains("-country%3ASE"), "{about}");
}

#[test]
fn the_files_of_a_page_are_of_that_page() {
    let server = Server::start();
    let client = seen(&server);
    let first = client.get(&search(&[("limit", "1"), ("from", "-30d")])).body;
    let second = client.get(&href(&first, " rel=\"next\"")).body;
    assert_eq!(rows(&second).len(), 2, "the others: {second}");
    let json = client.get(&href(&second, ">JSON</a>")).value();
    let ids: Vec<&str> = json["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, rows(&second));
    // The same call with a key.
    let call = second.split("$WATCHLIGHT_URL").nth(1).unwrap().split("&#34;").next().unwrap().replace("&#38;", "&");
    assert_eq!(server.client().get(&call).value()["data"], json["data"], "{call}");
    let csv = client.get(&href(&second, " download>CSV"));
    assert_eq!(csv.body.lines().count(), 4, "a table is whole: {csv:?}");
    for (tab, by) in [("map", "SE"), ("hours", "10")] {
        let page = client.get(&search(&[("show", tab), ("from", "-30d")])).body;
        let json = client.get(&href(&page, ">JSON</a>")).value();
        assert_eq!(
            (json["data"][0]["value"].to_string().trim_matches('"'), json["data"][0]["logins"].as_u64()),
            (by, Some(3))
        );
        assert_eq!(client.get(&href(&page, " download>CSV")).status, 200);
    }
}

#[test]
fn logins_that_are_counted_and_not_shown_are_said_to_be() {
    let server = Server::start();
    let client = seen(&server);
    assert!(!client.get("/console/search").body.contains("restricted"));
    let json = server.client().with("Content-Type", "application/json");
    json.send("PUT", "/v1/users/ana/processing", json!({"mode": "restricted"}).to_string().as_bytes());
    server.clock.advance_ms(2_000);
    let page = client.get("/console/search?from=-30d").body;
    assert!(rows(&page).is_empty() && page.contains("3 logins here are of persons"), "{page}");
}

#[test]
fn nobody_and_examples_lead_to_no_page_that_is_missing() {
    let server = Server::start();
    let client = seen(&server);
    assert!(!client.get("/console/search?q=user%3Anobody").body.contains("Everything about"));
    let old = client.get(&search(&[("q", "user:ana last:30m country:BR")])).body;
    assert!(old.contains("Everything about user ana"), "{old}");
    let help = client.get("/console/help").body;
    let examples = help.split("<tbody>").nth(1).unwrap();
    let links: Vec<String> =
        examples.split("href=\"").skip(1).map(|it| it.split('"').next().unwrap().replace("&#38;", "&")).collect();
    assert!(links.len() > 8, "{links:?}");
    for it in links {
        assert_eq!(client.get(&it).status, 200, "{it}");
    }
}
