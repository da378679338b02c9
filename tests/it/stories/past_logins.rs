//! A file of past logins is judged by what was decided before, however many of them a store takes at once.

use std::{fmt::Write, fs};

use watchlight::{adapters::clock::SystemClock, domain::time::MINUTE_MS, ports::Clock};

use crate::{stories::service::Place, support::redis::RedisServer};

const USERS: i64 = 200;
/// How often each of them signs in from the office.
const TIMES: i64 = 4;
/// Of so many one then signs in from elsewhere, with another browser.
const ONE_IN: usize = 20;

fn rare_logins_are_told(store: &str) {
    let (place, now) = (Place::new(store), SystemClock.now());
    let mut log = String::new();
    let mut write = |number: i64, user: i64, ip: &str, agent: &str| {
        let at = now.plus_ms(-20 * MINUTE_MS * (TIMES + 1) + number).to_text();
        let client = format!(r#"{{"ip":"{ip}","user_agent":"{agent}"}}"#);
        writeln!(log, r#"{{"occurred_at":"{at}","user":{{"id":"u{user}"}},"client":{client}}}"#).unwrap();
    };
    for number in 0..USERS * TIMES {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        write(number, number % USERS, "89.160.20.112", agent);
    }
    for user in (0..USERS).step_by(ONE_IN) {
        write(USERS * TIMES + user, user, "175.16.199.7", "curl/8.11.1");
    }
    fs::write(place.path("past.ndjson"), log).unwrap();
    let imported = place.run(&["import", "past.ndjson", "--tenant", "acme"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    let key = place.key();
    let service = place.serve();
    let rare = service.client(&key).list("/v1/logins?q=signal:rare_login");
    let elsewhere = rare.iter().filter(|it| it["ip"] == "175.16.199.7").count();
    assert!(elsewhere > 0, "{rare:?}");
    service.stop();
}

#[test]
fn rare_logins_of_a_file_are_told_by_sqlite() {
    rare_logins_are_told("sqlite");
}

#[test]
fn rare_logins_of_a_file_are_told_by_redis() {
    let server = RedisServer::start(&[]);
    rare_logins_are_told(&server.url());
}
