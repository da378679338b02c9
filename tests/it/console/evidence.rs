//! `/console/rehearse`, `/console/campaign` and `/console/case`.

use serde_json::{Value, json};
use watchlight::domain::{
    operator::role::Role,
    time::{DAY_MS, MINUTE_MS},
};

use crate::{
    console::people::{form, joined, signed_in},
    http::{
        rehearsal::{server, sign_in},
        server::{CHROME, Client, FIREFOX, Server},
    },
    privacy::every_route::audit,
};

const HOME: &str = "89.160.20.112";
const ABROAD: &str = "216.160.83.56";

/// Somebody abroad tries bob and gets into ana's account; a colleague has judged that. The ids, and an analyst who looks.
fn attacked(server: &Server) -> (Vec<String>, Client) {
    let client = server.client();
    sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(20 * DAY_MS);
    let mut ids = Vec::new();
    for (user, outcome) in [("bob", "failure"), ("bob", "failure"), ("ana", "failure"), ("ana", "success")] {
        let login = sign_in(&client, user, ABROAD, FIREFOX, outcome);
        ids.push(login["id"].as_str().unwrap().to_owned());
        server.clock.advance_ms(MINUTE_MS);
    }
    let verdict = json!({"verdict": "compromised", "reason": "<b>she</b> was at home"}).to_string();
    let json = client.with("Content-Type", "application/json");
    assert_eq!(json.post(&format!("/v1/logins/{}/verdict", ids[3]), verdict).status, 201);
    (ids, signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"])))
}

#[test]
fn a_change_is_rehearsed_by_a_form_whose_address_says_all() {
    let (server, _places) = server();
    let (ids, client) = attacked(&server);
    let empty = client.get("/console/rehearse");
    assert!(empty.status == 200 && empty.body.contains("placeholder=\"0.4\""), "{empty:?}");
    assert!(!empty.body.contains("id=\"done\""), "nothing is rehearsed unasked");

    let sent = client.get("/console/rehearse?q=&new_device=&new_country=&medium_from=&muted=true&trust=");
    assert_eq!((sent.status, sent.header("location")), (303, Some("/console/rehearse?muted=true")), "{sent:?}");
    let page = client.get("/console/rehearse?muted=true&new_device=0&new_country=0").body;
    assert!(page.contains("1 known attack would slip through"), "{page}");
    assert!(page.contains(&ids[3]) && page.contains("slips through") && page.contains("1 → 0"), "{page}");
    assert!(page.contains("/console/rehearse.json?muted=true") || page.contains("muted=true"), "{page}");
    assert!(
        page.contains("/console/rehearse?new_device=0&#38;new_country=0") && page.contains("from=-30d"),
        "the change goes along with the time: {page}"
    );

    let told = client.get("/console/rehearse.json?muted=true&new_device=0&new_country=0").value();
    assert_eq!(told["attacks"]["noticed"]["lost"], json!(1), "{told}");
    let trusted = client
        .get(&format!("/console/rehearse.json?{}", form(&[("trust", "216.160.83.0/24"), ("q", "user:ana")])))
        .value();
    assert_eq!(trusted["changed"], json!(2), "what failed counts, too: {trusted}");
    let policy = server.client().get("/v1/policy").value();
    assert_eq!((&policy["muted"], &policy["version"]), (&json!(false), &told["from"]), "nothing is changed");

    for (asked, words) in [
        ("new_device=x", "must be a number"),
        ("medium_from=0.9", "high_from"),
        ("trust=x", "A trusted network must"),
        ("new_country=2", "The weight of “new country” must be from 0 to 1."),
        ("q=contry%3ASE&muted=true", "contry"),
    ] {
        let page = client.get(&format!("/console/rehearse?{asked}"));
        assert!(page.status == 400 && page.body.contains(words), "{asked}: {}", page.body);
    }
    let hostile =
        client.get(&format!("/console/rehearse?{}", form(&[("exclude", "\"><img src=x onerror=alert(1)>")]))).body;
    assert!(!hostile.contains("<img src=x"), "{hostile}");
}

#[test]
fn a_campaign_shows_who_was_tried_from_where() {
    let (server, _places) = server();
    let (ids, client) = attacked(&server);
    let page = client.get("/console/campaign?q=ip%3A216.160.83.0%2F24").body;
    for words in [
        "Users tried</dt><dd>2",
        "ana from 216.160.83.56: 1 failed, 1 succeeded",
        "class=\"entered\"",
        "/console/users/ana",
        "compromised",
        "Firefox",
        "/console/rehearse?q=",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let told = client.get("/console/campaign.json?q=ip%3A216.160.83.0%2F24").value();
    let api = server.client().get("/v1/logins/campaign?q=ip%3A216.160.83.0%2F24").value();
    assert_eq!(
        (&told["targets"], &told["sources"], &told["shared"]),
        (&api["targets"], &api["sources"], &api["shared"])
    );
    let csv = client.get("/console/campaign.csv?q=ip%3A216.160.83.0%2F24");
    let by_api = server.client().with("Accept", "text/csv").get("/v1/logins/campaign?q=ip%3A216.160.83.0%2F24");
    assert_eq!(
        (csv.header("content-type"), &csv.body),
        (Some("text/csv; charset=utf-8; header=present"), &by_api.body)
    );
    assert!(page.contains("href=\"/console/campaign.csv?q=ip%3A216.160.83.0%2F24"), "{page}");
    assert!(client.get("/console/campaign?q=country%3ABR").body.contains("No login"));
    // As many are said to be entered as are marked; whoever is known to have signed in themselves is not.
    let marked = |page: &str| page.matches("class=\"mark failed\">entered<").count();
    assert!(page.contains("Users entered</dt><dd class=\"failed\">1<") && marked(&page) == 1, "{page}");
    assert_eq!(client.post(&format!("/console/logins/{}/verdict", ids[3]), form(&[("verdict", "safe")])).status, 303);
    let page = client.get("/console/campaign?q=ip%3A216.160.83.0%2F24").body;
    let cleared = "Users entered</dt><dd>0</dd></div>\n<div><dt>Got in themselves</dt><dd>1<";
    assert!(page.contains(cleared) && marked(&page) == 0, "{page}");
    for ending in ["", ".json", ".csv"] {
        assert_eq!(client.get(&format!("/console/campaign{ending}?q=contry%3ABR")).status, 400, "{ending}");
    }
}

#[test]
fn a_case_is_picked_and_taken_along() {
    let (server, _places) = server();
    let (ids, client) = attacked(&server);
    let page = client.get("/console/case?q=user%3Aana").body;
    assert!(page.contains("A new case") && page.contains(&format!("name=\"{}\"", ids[3])), "{page}");
    let added = client.get(&format!("/console/case?login={}&{}=1&{}=1&q=", ids[0], ids[3], ids[0]));
    let case = format!("/console/case?login={}%2C{}", ids[0], ids[3]);
    assert_eq!((added.status, added.header("location")), (303, Some(case.as_str())), "{added:?}");
    let page = client.get(&case).body;
    assert!(
        page.contains("Case: 2 logins of 2 users") && page.contains("&#60;b&#62;she&#60;/b&#62; was at home"),
        "{page}"
    );
    assert!(page.contains(&format!("/console/case?login={}\"", ids[3])), "each can be taken out: {page}");

    let query = case.split_once('?').unwrap().1;
    let file = client.get(&format!("/console/case.html?{query}"));
    assert!(file.status == 200 && file.body.contains("What this file holds"), "{file:?}");
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"case.html\""));
    let lines = client.get(&format!("/console/case.ndjson?{query}"));
    assert_eq!((lines.status, lines.body.lines().count()), (200, 2), "{lines:?}");
    let told: Value = client.get(&format!("/console/case.json?{query}")).value();
    assert_eq!(told["data"].as_array().unwrap().len(), 2);
    // A usual login of the user that was picked to compare it with is not when somebody was let in.
    let usual = server.client().get("/v1/logins?q=user%3Aana%20status%3Afirst").value()["data"][0].clone();
    let file = client.get(&format!("/console/case.html?login={},{}", usual["id"].as_str().unwrap(), ids[3])).body;
    let of_ana = file.split("<bdi>ana</bdi></td>").nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
    let time = |login: &Value| login["occurred_at"].as_str().unwrap()[..19].replace('T', " ");
    let taken = server.client().get(&format!("/v1/logins/{}", ids[3])).value();
    assert!(of_ana.contains(&time(&taken)) && !of_ana.contains(&time(&usual)), "{of_ana}");
    let only = client.get(&format!("/console/case.html?login={}", usual["id"].as_str().unwrap())).body;
    assert!(only.contains("only usual logins"), "{only}");
    let gone = client.get("/console/case?login=lgn_00000000000000000000000000").body;
    assert!(gone.contains("No longer kept"), "{gone}");
    assert_eq!(client.get("/console/case?login=x").status, 400);
}

#[test]
fn each_view_leaves_one_entry_for_each_person_whom_it_names() {
    let (server, _places) = server();
    let (ids, client) = attacked(&server);
    let users = |path: &str| {
        let before = audit(&server).len();
        assert_eq!(client.get(path).status, 200, "{path}");
        let mut named: Vec<String> = audit(&server)
            .split_off(before)
            .iter()
            .filter_map(|it| Some(it.event.detail.as_ref()?.user.as_ref()?.as_str().to_owned()))
            .collect();
        named.sort();
        named
    };
    assert_eq!(users("/console/campaign?q=browser%3Afirefox"), ["ana", "bob"]);
    assert_eq!(users(&format!("/console/case?login={},{}", ids[0], ids[3])), ["ana", "bob"]);
    assert_eq!(users("/console/rehearse?muted=true"), ["ana"]);
    assert_eq!(users("/console/rehearse"), [""; 0]);
    let json = server.client().with("Content-Type", "application/json");
    json.send("PUT", "/v1/users/bob/processing", json!({"mode": "restricted"}).to_string().as_bytes());
    for path in
        ["/console/campaign?q=browser%3Afirefox".to_owned(), format!("/console/case?login={},{}", ids[0], ids[3])]
    {
        assert!(!client.get(&path).body.contains(">bob<"), "{path}");
    }
    assert_eq!(client.get("/console/campaign?q=user%3Abob").status, 423);
}
