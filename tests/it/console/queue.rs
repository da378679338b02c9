//! The queue: all that is open, the most urgent first.

use serde_json::json;
use watchlight::{
    domain::{
        alert::alert::AnsweredBy,
        ids::UserId,
        login::login::Outcome,
        operator::role::Role,
        place::Network,
        policy::policy::Level,
        time::{DAY_MS, HOUR_MS, SECOND_MS},
    },
    http::console::views::queue::groups::{Part, Together, pages, together},
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
    let (taken, analyst) = buried(&server, 160);
    let first = analyst.get("/console/").body;
    let open = counted(&server);
    assert!(open > 120, "{open}");
    assert!(first.contains(&format!("<h1>{open} to look at</h1>")), "{open}: {first}");
    assert!(first.contains(&taken), "an account that was entered is not buried: {first}");
    let second = analyst.get("/console/?page=2").body;
    assert!(second.contains("href=\"/console/?from=-24h\""), "another time begins with its first page: {second}");
    let mut all: Vec<String> = lines(&first).into_iter().chain(lines(&second)).flatten().collect();
    assert!(first.contains("href=\"/console/?page=2\"") && lines(&first).concat().len() <= 120, "{first}");
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

/// Where the link before this mark leads.
fn href(page: &str, mark: &str) -> String {
    let before = page.split(mark).next().unwrap();
    assert!(before.len() < page.len(), "{mark}: {page}");
    before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&#38;", "&")
}

#[test]
fn the_files_hold_all_that_is_open_and_so_do_the_calls_of_the_api() {
    let (server, _places) = server();
    let (taken, analyst) = buried(&server, 540);
    let page = analyst.get("/console/").body;
    let ids = |list: &serde_json::Value| -> Vec<String> {
        list["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let open = counted(&server);
    assert!(open > 500, "{open}");
    let json = analyst.get(&href(&page, ">JSON</a>")).value();
    assert!(json["next_cursor"].is_null());
    let mut all = ids(&json);
    all.sort();
    all.dedup();
    assert_eq!((all.len() as u64, ids(&json).len() as u64), (open, open), "each once");
    assert!(all.contains(&taken));
    let csv = analyst.get(&href(&page, " download>CSV")).body;
    assert_eq!(csv.lines().count() as u64, open + 1);
    // What is judged is not open; a note alone judges nothing.
    let note = form(&[("text", "called")]);
    assert_eq!(analyst.post(&format!("/console/logins/{}/notes", all[1]), note).status, 303);
    let judged = form(&[("login", &all[0]), ("verdict", "unsure")]);
    assert_eq!(analyst.post("/console/verdicts", judged).status, 303);
    let left = ids(&analyst.get("/console/queue.json").value());
    assert!(left.len() as u64 == open - 1 && !left.contains(&all[0]) && left.contains(&all[1]), "{}", left.len());
    // The same with a key, by as many pages as there are.
    let calls: Vec<String> = page
        .split("$WATCHLIGHT_URL")
        .skip(1)
        .map(|it| it.split("&#34;").next().unwrap().replace("&#38;", "&"))
        .collect();
    assert_eq!(calls.len(), 2, "{page}");
    let mut told = Vec::new();
    for call in calls {
        let mut cursor = String::new();
        loop {
            let list = server.client().get(&format!("{call}{cursor}")).value();
            told.extend(ids(&list));
            let Some(next) = list["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
    }
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_eq!(sorted(told), sorted(left));
    // An empty file is one, too.
    let empty = analyst.get("/console/queue.json?q=country%3AJP").value();
    assert_eq!(empty, json!({"data": [], "next_cursor": null}));
}

#[test]
fn what_was_judged_leads_to_what_was_judged_just_now() {
    let (server, _places) = server();
    let (taken, analyst) = buried(&server, 40);
    let all: Vec<String> =
        lines(&analyst.get("/console/").body).into_iter().flatten().filter(|it| *it != taken).collect();
    let judge = |ids: &[String]| {
        let fields: Vec<(&str, &str)> =
            ids.iter().map(|it| ("login", it.as_str())).chain([("verdict", "unsure")]).collect();
        let answer = analyst.post("/console/verdicts", form(&fields));
        analyst.get(answer.header("location").unwrap()).body
    };
    judge(&all[..2]);
    server.clock.advance_ms(60 * SECOND_MS);
    let page = judge(&all[2..5]);
    let link = href(&page, ">What was judged</a>");
    let rows = |page: &str| -> Vec<String> {
        page.split("data-login=\"").skip(1).map(|it| it.split('"').next().unwrap().to_owned()).collect()
    };
    let mut shown = rows(&analyst.get(&link).body);
    let mut expected = all[2..5].to_vec();
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected, "{link}");
    server.clock.advance_ms(60 * SECOND_MS);
    judge(&all[5..6]);
    assert_eq!(rows(&analyst.get(&link).body).len(), 3, "what is judged later is none of it");
    let ever = server.client().get("/v1/logins?q=verdict%3Aunsure").value();
    assert_eq!(ever["data"].as_array().unwrap().len(), 6);
}

#[test]
fn a_link_that_lasts_leads_to_the_page_of_the_queue() {
    let (server, _places) = server();
    let (_, analyst) = buried(&server, 160);
    let second = analyst.get("/console/?page=2").body;
    let lasting = href(&second, " data-copy-link");
    server.clock.advance_ms(HOUR_MS);
    assert_eq!(lines(&analyst.get(&lasting).body), lines(&second), "{lasting}");
}

/// Open logins with this cause: a signal and a network; each of another user.
fn opened(number: u32, asn: u32, (level, score, outcome): (Level, f64, Outcome)) -> Open {
    let mut login =
        samples::login(&samples::user(u8::try_from(number % 250).unwrap()), samples::at(i64::from(number)), 1);
    login.user = UserId::parse(&format!("user{number}")).unwrap();
    login.outcome = outcome;
    (login.assessment.level, login.assessment.score) = (level, score);
    login.whereabouts.network = Some(Network { asn, name: String::new() });
    Open { login, denied: None, is_contradicted: false, seen: None }
}

#[test]
fn the_group_with_the_most_urgent_login_comes_first() {
    let (entered, failed) = (Outcome::Success, Outcome::Failure);
    let mut open = Vec::new();
    for at in 0..9 {
        // One of the third network got in; the first has the higher scores, the second a medium risk.
        let third = if at == 5 { (Level::High, 0.7, entered) } else { (Level::Medium, 0.4, failed) };
        let of = [(1, (Level::High, 0.9, failed)), (2, (Level::Medium, 0.5, entered)), (3, third)];
        open.extend(of.map(|(asn, risk)| opened(at * 3 + asn, asn, risk)));
    }
    // One that stands alone, between the second and what is less urgent.
    open.push(opened(100, 4, (Level::High, 0.8, failed)));
    open.sort_by(Open::by_urgency);
    let groups = together(open);
    let asn = |it: &Together| it.lines[0][0].login.whereabouts.network.as_ref().unwrap().asn;
    assert_eq!(groups.iter().map(asn).collect::<Vec<_>>(), [3, 1, 4, 2]);
    assert_eq!(groups.iter().map(|it| it.cause.is_some()).collect::<Vec<_>>(), [true, true, false, true]);
}

#[test]
fn a_group_is_on_one_page_or_says_how_much_of_it_is() {
    let high = (Level::High, 0.9, Outcome::Failure);
    let of = |asn: u32, logins: u32| (0..logins).map(move |it| opened(asn * 1_000 + it, asn, high));
    let told = |open: Vec<Open>| -> Vec<Vec<(usize, Option<usize>)>> {
        let parts = |it: &Vec<Part>| it.iter().map(|it| (it.logins, it.here())).collect();
        pages(together(open)).iter().map(parts).collect()
    };
    assert_eq!(told(of(1, 90).chain(of(2, 60)).collect()), [vec![(90, None)], vec![(60, None)]]);
    assert_eq!(told(of(1, 70).chain(of(2, 50)).collect()), [vec![(70, None), (50, None)]]);
    assert_eq!(
        told(of(1, 150).chain(of(2, 80)).collect()),
        [vec![(150, Some(120))], vec![(150, Some(30)), (80, None)]]
    );
    // The page says so where all of it are chosen.
    let (server, _places) = server();
    let (_, analyst) = buried(&server, 160);
    let first = analyst.get("/console/").body;
    let here = lines(&first).iter().map(Vec::len).sum::<usize>();
    let choose = first.split("data-all> ").nth(1).unwrap().split("</label>").next().unwrap();
    assert!(choose.starts_with("choose the ") && choose.ends_with(" on this page"), "{choose}");
    let said: usize = choose.split(' ').nth(2).unwrap().parse().unwrap();
    assert!(said <= here && said > 100, "{choose} of {here}");
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
        Open { login, denied, is_contradicted: false, seen: None }
    };
    let (entered, failed) = (Outcome::Success, Outcome::Failure);
    let user = Some(Some(AnsweredBy::User));
    let contradicted = Open { is_contradicted: true, ..open(failed, Level::Low, 0.01, user) };
    let in_order = [
        contradicted,
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
