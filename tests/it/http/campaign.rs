//! `GET /v1/logins/campaign` and `GET /v1/logins/case`: what logins have in common, and logins picked as evidence.

use serde_json::{Value, json};
use watchlight::domain::{
    tenant::api_key::Scope,
    time::{DAY_MS, MINUTE_MS},
};

use crate::{
    http::{
        rehearsal::{server, sign_in},
        server::{Answer, CHROME, Client, FIREFOX, Server},
    },
    privacy::every_route::audit,
};

const HOME: &str = "89.160.20.112";
const ABROAD: &str = "216.160.83.56";
const LONDON: &str = "81.2.69.142";

/// Somebody abroad tries four accounts, enters eve's and ana's, and goes on from London.
fn attacked(server: &Server, client: &Client) -> Vec<Value> {
    sign_in(client, "ana", HOME, CHROME, "success");
    sign_in(client, "eve", HOME, CHROME, "success");
    server.clock.advance_ms(20 * DAY_MS);
    let mut logins = Vec::new();
    for (user, ip, outcome) in [
        ("bob", ABROAD, "failure"),
        ("bob", ABROAD, "failure"),
        ("cem", ABROAD, "failure"),
        ("eve", ABROAD, "failure"),
        ("eve", ABROAD, "success"),
        ("ana", LONDON, "failure"),
        ("ana", ABROAD, "success"),
    ] {
        logins.push(sign_in(client, user, ip, FIREFOX, outcome));
        server.clock.advance_ms(MINUTE_MS);
    }
    let ana = logins[6]["id"].as_str().unwrap();
    let verdict = json!({"verdict": "compromised", "reason": "<b>she</b> was at home"}).to_string();
    let given = client.with("Content-Type", "application/json").post(&format!("/v1/logins/{ana}/verdict"), verdict);
    assert_eq!(given.status, 201, "{given:?}");
    logins
}

fn campaign(client: &Client, q: &str) -> Answer {
    let asked: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    client.get(&format!("/v1/logins/campaign?{asked}"))
}

#[test]
fn a_campaign_says_who_was_tried_from_where_and_who_was_entered() {
    let (server, _places) = server();
    let client = server.client();
    attacked(&server, &client);
    let found = campaign(&client, "browser:firefox last:1d").value();
    assert_eq!(
        (&found["logins"], &found["failures"], &found["successes"]),
        (&json!(7), &json!(5), &json!(2)),
        "{found}"
    );
    let users = json!({"tried": 4, "entered": 2, "cleared": 0, "told": 0, "denied": 1, "denied_themselves": 0, "compromised": 1});
    assert_eq!(found["users"], users);
    let source = &found["sources"][0];
    assert_eq!((&source["address"], &source["country"], &source["users"]), (&json!(ABROAD), &json!("US"), &json!(4)));
    assert_eq!((&source["failures"], &source["successes"], &source["entered"]), (&json!(4), &json!(2), &json!(2)));
    assert_eq!((&found["source_count"], &found["sources"][1]["address"]), (&json!(2), &json!(LONDON)));
    let targets = found["targets"].as_array().unwrap();
    let names: Vec<&str> = targets.iter().map(|it| it["user_id"].as_str().unwrap()).collect();
    assert_eq!(names, ["ana", "eve", "bob", "cem"], "those who were entered first");
    assert_eq!(
        (&targets[0]["verdict"], &targets[0]["sources"], &targets[0]["warned"]),
        (&json!("compromised"), &json!(2), &json!(true))
    );
    assert_eq!((&targets[2]["failures"], &targets[2]["entered_at"]), (&json!(2), &Value::Null));
    // The links add up to all.
    let links = found["links"].as_array().unwrap();
    let sum = |of: &str| links.iter().map(|it| it[of].as_u64().unwrap()).sum::<u64>();
    assert_eq!((links.len(), sum("failures"), sum("successes")), (5, 5, 2), "{found}");
    let shared: Vec<_> =
        found["shared"].as_array().unwrap().iter().map(|it| (&it["by"], &it["value"], &it["logins"])).collect();
    assert!(shared.contains(&(&json!("browser"), &json!("firefox"), &json!(7))), "{shared:?}");
    assert!(shared.contains(&(&json!("country"), &json!("US"), &json!(6))), "{shared:?}");
    assert!(shared.contains(&(&json!("method"), &json!("password"), &json!(7))), "{shared:?}");
    let hours: u64 = found["hours"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).sum();
    assert_eq!((hours, found["hours"].as_array().unwrap().len()), (7, 24));
    // Each value finds again what it says.
    for it in found["shared"].as_array().unwrap() {
        let q = format!("browser:firefox last:1d {}:{}", it["by"].as_str().unwrap(), it["value"].as_str().unwrap());
        assert_eq!(campaign(&client, &q).value()["logins"], it["logins"], "{q}");
    }
    // Whoever is known to have signed in themselves was let in, and not entered by a stranger.
    let eve = client.get("/v1/logins?q=user%3Aeve%20outcome%3Asuccess%20browser%3Afirefox").value();
    let path = format!("/v1/logins/{}/verdict", eve["data"][0]["id"].as_str().unwrap());
    let given = client.with("Content-Type", "application/json").post(&path, r#"{"verdict": "safe"}"#);
    assert_eq!(given.status, 201, "{given:?}");
    let reach = &campaign(&client, "browser:firefox last:1d").value()["users"];
    assert_eq!((&reach["entered"], &reach["cleared"]), (&json!(2), &json!(1)), "{reach}");
    let none = campaign(&client, "country:BR").value();
    assert_eq!((&none["logins"], &none["first_at"], &none["targets"]), (&json!(0), &Value::Null, &json!([])));
}

#[test]
fn the_users_of_a_campaign_are_a_table_too() {
    let (server, _places) = server();
    let client = server.client();
    attacked(&server, &client);
    sign_in(&client, "=1+1", ABROAD, FIREFOX, "failure");
    let asked = |accepted: &str| client.with("Accept", accepted).get("/v1/logins/campaign?q=browser%3Afirefox");
    let table = asked("text/csv");
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(table.header("content-disposition"), Some("attachment; filename=\"campaign.csv\""));
    let mut reader = csv::Reader::from_reader(table.body.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let told = asked("application/json").value()["targets"].clone();
    assert_eq!((rows.len(), told.as_array().unwrap().len()), (5, 5), "{table:?}");
    for (row, target) in rows.iter().zip(told.as_array().unwrap()) {
        assert_eq!(names.len(), target.as_object().unwrap().len(), "every field is a column");
        for (name, cell) in names.iter().zip(row) {
            let expected = match &target[name] {
                Value::Null => String::new(),
                Value::String(text) if text.starts_with('=') => format!("'{text}"),
                Value::String(text) => text.clone(),
                Value::Array(said) => {
                    let brief = |it: &Value| format!("{} by {}", it["answer"], it["by"]).replace('"', "");
                    said.iter().map(brief).collect::<Vec<_>>().join("; ")
                }
                other => other.to_string(),
            };
            assert_eq!(cell, expected, "{name}");
        }
    }
    assert_eq!(asked("application/x-ndjson").header("content-type"), Some("application/json"));
}

#[test]
fn each_person_of_a_campaign_is_in_the_audit_and_restricted_ones_are_not_in_it() {
    let (server, _places) = server();
    let client = server.client();
    attacked(&server, &client);
    let before = audit(&server).len();
    campaign(&client, "browser:firefox");
    assert_eq!(audit(&server).len() - before, 5, "four persons, and the search");
    let json = client.with("Content-Type", "application/json");
    json.send("PUT", "/v1/users/eve/processing", json!({"mode": "restricted"}).to_string().as_bytes());
    let found = campaign(&client, "browser:firefox").value();
    assert_eq!(found["users"]["tried"], json!(3), "{found}");
    assert!(!found.to_string().contains("\"eve\""));
    campaign(&client, "user:eve").problem(423, "restricted");
    let other = campaign(&server.client_of("other", &Scope::ALL), "browser:firefox").value();
    assert_eq!(other["logins"], json!(0));
}

fn ids(logins: &[Value]) -> String {
    logins.iter().map(|it| it["id"].as_str().unwrap()).collect::<Vec<_>>().join(",")
}

fn case(client: &Client, ids: &str, accept: &str) -> Answer {
    client.with("Accept", accept).get(&format!("/v1/logins/case?login={ids}"))
}

#[test]
fn a_case_is_a_timeline_of_what_was_picked() {
    let (server, _places) = server();
    let client = server.client();
    let mut logins = attacked(&server, &client);
    logins.reverse();
    let gone = "lgn_00000000000000000000000000";
    let found = case(&client, &format!("{},{gone}", ids(&logins)), "application/json").value();
    let data = found["data"].as_array().unwrap();
    let times: Vec<&str> = data.iter().map(|it| it["occurred_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted() && times.len() == 7, "{found}");
    assert_eq!(found["missing"], json!([gone]));
    let last = &data[6];
    assert_eq!(
        (&last["verdict"], &last["known"], &last["mail"]),
        (&json!("compromised"), &json!("attack"), &json!("queued"))
    );
    assert_eq!(last["notes"][0]["text"], "<b>she</b> was at home");
    assert_eq!((&data[0]["known"], &data[0]["mail"], &data[0]["notes"]), (&Value::Null, &Value::Null, &json!([])));

    for wrong in ["", "lgn_1", "x", &vec![gone; 201].join(",")] {
        case(&client, wrong, "*/*").problem(400, "invalid_parameter");
    }
    client.get("/v1/logins/case").problem(400, "invalid_parameter");
    case(&client, gone, "*/*").problem(404, "not_found");
    let described = server.stranger().get("/openapi.json").value();
    assert!(described.pointer("/paths/~1v1~1logins~1case/get/responses/404").is_some(), "it is described");
    case(&server.client_of("other", &Scope::ALL), &ids(&logins), "*/*").problem(404, "not_found");
    let most = logins.iter().map(|it| it["id"].as_str().unwrap()).chain(vec![gone; 193]).collect::<Vec<_>>().join(",");
    assert_eq!(case(&client, &most, "*/*").status, 200, "200 ids fit into an address");
}

#[test]
fn a_case_names_each_person_in_the_audit_and_leaves_out_the_restricted() {
    let (server, _places) = server();
    let client = server.client();
    let logins = attacked(&server, &client);
    let before = audit(&server).len();
    case(&client, &ids(&logins), "text/html");
    assert_eq!(audit(&server).len() - before, 5);
    case(&client, logins[6]["id"].as_str().unwrap(), "text/html");
    let last = audit(&server).pop().unwrap();
    assert_eq!(last.event.detail.unwrap().user.unwrap().as_str(), "ana", "one person's case is about them");
    let json = client.with("Content-Type", "application/json");
    json.send("PUT", "/v1/users/eve/processing", json!({"mode": "restricted"}).to_string().as_bytes());
    let found = case(&client, &ids(&logins), "*/*").value();
    assert_eq!((found["data"].as_array().unwrap().len(), found["missing"].as_array().unwrap().len()), (5, 2));
    for accept in ["*/*", "text/html", "application/x-ndjson"] {
        let body = case(&client, &ids(&logins), accept).body;
        assert!(!body.contains("\"eve\"") && !body.contains(">eve<"), "{accept}");
    }
}

#[test]
fn a_case_as_a_file_runs_nothing_loads_nothing_and_is_not_long() {
    let (server, _places) = server();
    let client = server.client();
    let evil = "<img src=x onerror=alert(1)>\u{202e}";
    sign_in(&client, &evil.replace('\u{202e}', ""), HOME, CHROME, "success");
    let logins = attacked(&server, &client);
    let hostile = sign_in(&client, &evil.replace('\u{202e}', ""), ABROAD, FIREFOX, "success");
    let file = case(&client, &format!("{},{}", ids(&logins), hostile["id"].as_str().unwrap()), "text/html");
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"case.html\""));
    let page = &file.body;
    assert!(page.starts_with("<!doctype html>") && page.contains("default-src 'none'"), "{page}");
    for banned in
        ["<script", "<img", "<link", "<iframe", "src=", "href=", "url(", "@import", "<b>she", "http:", "https:"]
    {
        let known = page.matches(banned).count();
        let escaped = if banned == "src=" { 2 } else { 0 };
        assert!(known <= escaped, "{banned}: {page}");
    }
    assert!(page.contains("was at home") && page.contains("it was") | page.contains("compromised"), "{page}");
    assert!(page.contains("8 logins of 5 users"), "{page}");

    // As long as it can become: names and notes of the most that there may be.
    let name = "<".repeat(250);
    let json = client.with("Content-Type", "application/json");
    let mut picked = Vec::new();
    for number in 0..200 {
        let login = sign_in(&client, &format!("{name}{}", number % 100), ABROAD, FIREFOX, "success");
        let id = login["id"].as_str().unwrap().to_owned();
        let note = json!({"text": "<".repeat(4_000)}).to_string();
        assert_eq!(json.post(&format!("/v1/logins/{id}/notes"), note).status, 201);
        picked.push(id);
        server.clock.advance_ms(MINUTE_MS);
    }
    let file = case(&client, &picked.join(","), "text/html");
    assert!(file.body.len() <= 200_000, "{}", file.body.len());
    assert!(file.body.contains("Take fewer logins") && file.body.contains(&picked[199]), "it says what it leaves out");
}

#[test]
fn a_case_as_lines_happens_again() {
    let (server, _places) = server();
    let client = server.client();
    let home = sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(20 * DAY_MS);
    let again = sign_in(&client, "ana", HOME, CHROME, "success");
    server.clock.advance_ms(MINUTE_MS);
    let attack = sign_in(&client, "ana", ABROAD, FIREFOX, "success");
    let id = attack["id"].as_str().unwrap();
    client
        .with("Content-Type", "application/json")
        .post(&format!("/v1/logins/{id}/verdict"), json!({"verdict": "compromised"}).to_string());
    let file = case(&client, &ids(&[home.clone(), again.clone(), attack.clone()]), "application/x-ndjson");
    assert_eq!(file.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> = file.body.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(
        (lines[2]["truth"]["attack"].as_str(), lines[2]["truth"]["owner"].as_bool()),
        (Some("case"), Some(false))
    );
    assert!(!file.body.contains('@') && !file.body.contains("session"), "nothing beyond the case: {}", file.body);

    // On another service they are judged as they were.
    let (other, _places) = self::server();
    let asked = other.client();
    other.clock.advance_ms(21 * DAY_MS);
    for (mut line, was) in lines.into_iter().zip([home, again, attack]) {
        line.as_object_mut().unwrap().remove("truth");
        let answer = asked.login(&line);
        assert_eq!(answer.status, 201, "{answer:?}");
        let is = answer.value();
        assert_eq!(is["device"]["status"], was["device"]["status"], "{is}");
        assert_eq!(is["device"]["browser"], was["device"]["browser"]);
        let names = |it: &Value| {
            it["risk"]["signals"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((names(&is), is["alert"].is_null()), (names(&was), was["alert"].is_null()));
    }
}
