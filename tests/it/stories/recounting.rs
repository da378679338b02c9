//! `watchlight store recount`, interrupted and killed midway: the next one counts every login once.

use std::{
    fmt::Write,
    fs,
    process::{Child, Command},
};

use rusqlite::Connection;
use serde_json::Value;
use watchlight::{adapters::clock::SystemClock, domain::time::MINUTE_MS, ports::Clock};

use crate::stories::service::{Ended, Place, wait_for};

/// Each in a quarter hour of its own, and so a step of its own.
const LOGINS: usize = 600;

/// A place with a history of which an earlier version has counted nothing.
fn uncounted_place() -> Place {
    let place = Place::new("sqlite");
    let (now, mut log) = (SystemClock.now(), String::new());
    for number in 0..LOGINS {
        let at = now.plus_ms(-20 * MINUTE_MS * i64::try_from(LOGINS - number).unwrap()).to_text();
        let (user, agent) = (number % 20, "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0");
        let client = format!(r#"{{"ip":"89.160.20.112","user_agent":"{agent}"}}"#);
        writeln!(log, r#"{{"occurred_at":"{at}","user":{{"id":"u{user}"}},"client":{client}}}"#).unwrap();
    }
    fs::write(place.path("past.ndjson"), log).unwrap();
    let imported = place.run(&["import", "past.ndjson", "--tenant", "acme"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    let as_it_was =
        "UPDATE login_by_time SET facets = NULL; DELETE FROM tally; DELETE FROM upkeep WHERE name = 'counted'";
    database(&place).execute_batch(as_it_was).unwrap();
    place
}

fn database(place: &Place) -> Connection {
    Connection::open(place.path("data/watchlight.db")).unwrap()
}

/// How many logins have not been opened yet.
fn left(place: &Place) -> usize {
    const LEFT: &str = "SELECT count(*) FROM login_by_time WHERE facets IS NULL";
    let left: i64 = database(place).query_row(LEFT, [], |row| row.get(0)).unwrap();
    usize::try_from(left).unwrap()
}

/// A recount that has opened some logins, and not all.
fn midway(place: &Place) -> Child {
    let recount = place.begin(&["store", "recount"]);
    wait_for("some are counted", || Some(left(place)).filter(|it| *it < LOGINS));
    recount
}

/// The figure behind a name.
fn figure(ended: &Ended, name: &str) -> usize {
    let line = ended.stdout.lines().find_map(|it| it.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{ended:?}")).trim().parse().unwrap()
}

/// Counts the rest, and checks that each login is counted once.
fn is_counted_by_the_next(place: &Place) {
    let left = left(place);
    assert!(0 < left && left < LOGINS, "it was over before it was cut off: {left} are left");
    let uncounted = place.run(&["check"]);
    assert!(uncounted.stdout.contains("run `watchlight store recount`"), "{uncounted:?}");
    let recounted = place.run(&["store", "recount"]);
    assert_eq!(recounted.code, Some(0), "{recounted:?}");
    assert_eq!((figure(&recounted, "counted"), figure(&recounted, "opened")), (LOGINS, left), "{recounted:?}");
    let checked = place.run(&["check"]);
    assert!(!checked.stdout.contains("run `watchlight store recount`"), "{checked:?}");
    let (key, service) = (place.key(), place.serve());
    let counts: Value = service.client(&key).get("/v1/logins/counts?by=country").value();
    assert_eq!((&counts["logins"], &counts["data"][0]["logins"]), (&LOGINS.into(), &LOGINS.into()), "{counts}");
    service.stop();
}

#[test]
fn an_interrupted_recount_says_how_far_it_got() {
    let place = uncounted_place();
    let recount = midway(&place);
    let told = Command::new("kill").arg("-INT").arg(recount.id().to_string()).status();
    assert!(told.unwrap().success());
    let ended = Ended::of(recount.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let (counted, opened) = (figure(&ended, "counted"), figure(&ended, "opened"));
    assert_eq!((counted, opened), (LOGINS - left(&place), counted), "{ended:?}");
    let said = format!("interrupted after {counted} of {LOGINS} logins");
    assert!(ended.stderr.contains(&said), "{ended:?}");
    is_counted_by_the_next(&place);
}

#[test]
fn a_killed_recount_does_no_harm() {
    let place = uncounted_place();
    let mut recount = midway(&place);
    recount.kill().unwrap();
    recount.wait().unwrap();
    is_counted_by_the_next(&place);
}
