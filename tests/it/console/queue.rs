//! The queue: all that is open, the most urgent first.

use serde_json::json;
use watchlight::{
    domain::{
        alert::alert::AnsweredBy,
        login::login::Outcome,
        operator::role::Role,
        policy::policy::Level,
        time::{DAY_MS, SECOND_MS},
    },
    service::inquiry::open::Open,
};

use crate::{
    console::people::{form, joined, signed_in},
    http::{
        rehearsal::{server, sign_in},
        server::{CHROME, Client, FIREFOX, Server},
    },
    store::samples,
};

const HOME: &str = "89.160.20.112";
const ABROAD: &str = "216.160.83.56";
const LONDON: &str = "81.2.69.142";

/// An account that was entered from London, and after it a run of so many failures at as many other accounts.
fn buried(server: &Server, failures: usize) -> (String, Client) {
    let client = server.client();
    sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(20 * DAY_MS);
    let taken = sign_in(&client, "ana", LONDON, FIREFOX, "success");
    assert_ne!(taken["risk"]["level"], "low", "{taken}");
    for at in 0..failures {
        server.clock.advance_ms(SECOND_MS);
        sign_in(&client, &format!("user{at}"), ABROAD, FIREFOX, "failure");
    }
    (
        taken["id"].as_str().unwrap().to_owned(),
        signed_in(server, &joined(server, "kim@example.com", Role::Analyst, &["acme"])),
    )
}

/// The ids of the lines of a page, each with all for which it stands.
fn lines(page: &str) -> Vec<Vec<String>> {
    let lines = page.split("name=\"login\" value=\"").skip(1).map(|it| it.split('"').next().unwrap());
    lines.map(|it| it.split(',').map(str::to_owned).collect()).collect()
}

/// How many logins are open, as the API counts them.
fn counted(server: &Server) -> u64 {
    let found =
        server.client().get("/v1/logins/counts?by=outcome&q=level%3Amedium%2Chigh%20note%3Anone%20last%3A7d").value();
    found["data"].as_array().unwrap().iter().map(|it| it["logins"].as_u64().unwrap()).sum()
}

#[test]
fn all_that_is_open_is_reached_and_counted_however_much_came_after_it() {
    let (server, _places) = server();
    let (taken, analyst) = buried(&server, 260);
    let first = analyst.get("/console/").body;
    let open = counted(&server);
    assert!(open > 200, "{open}");
    assert!(first.contains(&format!("<h1>{open} to look at</h1>")), "{open}: {first}");
    assert!(first.contains(&taken), "an account that was entered is not buried: {first}");
    let second = analyst.get("/console/?page=2").body;
    assert!(second.contains("href=\"/console/?from=-24h\""), "another time begins with its first page: {second}");
    let mut all: Vec<String> = lines(&first).into_iter().chain(lines(&second)).flatten().collect();
    assert!(first.contains("href=\"/console/?page=2\"") && lines(&first).concat().len() <= 200, "{first}");
    all.sort();
    all.dedup();
    assert_eq!(all.len() as u64, open, "each is on one of the pages");

    // What was judged makes room for what is left.
    let chosen = lines(&first).into_iter().flatten().filter(|it| *it != taken);
    let fields: Vec<(String, String)> = chosen.map(|it| ("login".to_owned(), it)).collect();
    let judged = fields.len() as u64;
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, id)| (name.as_str(), id.as_str())).chain([("verdict", "unsure")]).collect();
    assert_eq!(analyst.post("/console/verdicts", form(&fields)).status, 303);
    let rest = analyst.get("/console/?page=2").body;
    assert!(
        rest.contains(&format!("<h1>{} to look at</h1>", open - judged)),
        "a page that is gone is the last one: {rest}"
    );
    assert_eq!(counted(&server), open - judged);
    assert!(rest.contains(&taken), "{rest}");
    assert_eq!(analyst.get("/console/?page=x").status, 400);
}

#[test]
fn whoever_was_entered_comes_first_and_each_user_has_one_line() {
    let (server, _places) = server();
    let (_, analyst) = buried(&server, 40);
    let client = server.client();
    for _ in 0..3 {
        server.clock.advance_ms(SECOND_MS);
        sign_in(&client, "user7", ABROAD, FIREFOX, "failure");
    }
    server.clock.advance_ms(SECOND_MS);
    let entered = sign_in(&client, "user7", ABROAD, FIREFOX, "success");
    assert_ne!(entered["risk"]["level"], "low", "{entered}");
    let page = analyst.get("/console/").body;
    let group =
        page.split("<section class=\"group\">").find(|it| it.contains("got in: ")).unwrap_or_else(|| panic!("{page}"));
    let entered = entered["id"].as_str().unwrap();
    let heading = group.split("<h2>").nth(1).unwrap().split("</h2>").next().unwrap();
    let of_group: usize = lines(group).iter().map(Vec::len).sum();
    assert!(heading.starts_with(&format!("{of_group} logins, 1 got in: ")), "{heading}");
    assert_eq!(lines(group)[0][0], entered, "{group}");
    assert!(lines(group)[0].len() > 1 && group.matches(">user7<").count() == 1, "{group}");
    // One choice judges all of a line.
    let chosen = form(&[("login", &lines(group)[0].join(",")), ("verdict", "compromised")]);
    assert_eq!(analyst.post("/console/verdicts", chosen).status, 303);
    assert!(!analyst.get("/console/").body.contains(">user7<"));
    let judged = client.get("/v1/logins?q=user%3Auser7%20note%3Aany&limit=100").value();
    assert_eq!(judged["data"].as_array().unwrap().len(), lines(group)[0].len(), "{}", json!(judged));
}

#[test]
fn whoever_was_entered_is_more_urgent_than_a_failure_of_a_higher_risk() {
    let open = |outcome: Outcome, level: Level, score: f64, denied: Option<Option<AnsweredBy>>| {
        let mut login = samples::login(&samples::user(1), samples::at(0), 1);
        login.outcome = outcome;
        (login.assessment.level, login.assessment.score) = (level, score);
        Open { login, denied }
    };
    let (entered, failed) = (Outcome::Success, Outcome::Failure);
    let user = Some(Some(AnsweredBy::User));
    let in_order = [
        open(failed, Level::Low, 0.1, user),
        open(failed, Level::Low, 0.05, Some(None)),
        open(entered, Level::High, 0.85, None),
        open(failed, Level::High, 0.9, Some(Some(AnsweredBy::Operator))),
        open(failed, Level::High, 0.85, None),
        open(entered, Level::Medium, 0.5, None),
    ];
    let mut sorted: Vec<Open> = in_order.iter().rev().cloned().collect();
    sorted.sort_by(Open::by_urgency);
    assert_eq!(sorted, in_order);
}
