//! A whole service and what it would forget: too much at once waits for the operator.

use serde_json::json;
use watchlight::{adapters::clock::SystemClock, domain::time::DAY_MS, ports::Clock, wire::time};

use crate::{
    stories::service::{Client, Place, login, wait_for},
    support::redis::RedisServer,
};

/// The entry about forgetting in `/readyz`.
fn retention(client: &Client) -> String {
    let ready = client.get("/readyz").value();
    let checks = ready["checks"].as_array().unwrap();
    checks.iter().find(|it| it["name"] == "retention").unwrap().to_string()
}

/// Thirty logins that are too old, as a clock makes them that is ahead.
fn too_much_at_once_waits(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let days_ago = SystemClock.now().plus_ms(-200 * DAY_MS).unix_ms();
    let occurred_at = jiff::Timestamp::from_millisecond(days_ago).unwrap().to_string();
    let lines: Vec<String> = (0..30)
        .map(|number| {
            let mut login = login(&format!("u{number}"), "chrome-142/windows", 1, &format!("e{number}"));
            login["occurred_at"] = json!(occurred_at);
            login.to_string()
        })
        .collect();
    std::fs::write(place.path("past.ndjson"), lines.join("\n")).unwrap();
    let imported = place.run(&["import", "past.ndjson", "--tenant", "acme"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");

    let mut service = place.serve();
    for _ in 0..2 {
        let client = service.client(&key);
        wait_for("it alarms", || service.log().contains("ALARM: old records are not forgotten").then_some(()));
        assert!(retention(&client).contains("waits"), "{}", retention(&client));
        assert!(client.get("/readyz").body.contains("\"degraded\""));
        assert!(client.get("/metrics").body.contains("watchlight_retention_waits 1"));
        assert_eq!(client.list("/v1/logins").len(), 30, "nothing is forgotten");
        service.kill();
        service = place.serve();
    }
    let client = service.client(&key);
    let shown = place.run(&["store", "trim"]);
    assert!(shown.code == Some(0) && shown.stdout.contains("logins that are older  30"), "{shown:?}");
    assert!(shown.stdout.contains("store trim --yes"), "{shown:?}");
    assert_eq!(client.list("/v1/logins").len(), 30, "looking changes nothing");
    let trimmed = place.run(&["store", "trim", "--yes"]);
    assert!(trimmed.code == Some(0) && trimmed.stdout.contains("forgotten              30"), "{trimmed:?}");
    assert_eq!(client.list("/v1/logins").len(), 0);
    wait_for("the service goes on", || retention(&client).contains("\"ok\"").then_some(()));
    assert!(client.get("/metrics").body.contains("watchlight_retention_waits 0"));
    service.stop();
}

#[test]
fn too_much_at_once_waits_on_sqlite() {
    too_much_at_once_waits("sqlite");
}

#[test]
fn too_much_at_once_waits_on_redis() {
    let redis = RedisServer::start(&[]);
    too_much_at_once_waits(&redis.url());
}

/// The age of the oldest record of a class in the metrics, in seconds.
fn oldest(client: &Client, class: &str) -> Option<f64> {
    let start = format!("watchlight_oldest_record_age_seconds{{class=\"{class}\"}} ");
    client.get("/metrics").body.lines().find_map(|it| it.strip_prefix(&start)?.parse().ok())
}

/// A login of a hundred days ago, from a device.
fn the_age_of_the_oldest_is_told(store_url: &str) {
    let place = Place::new(store_url);
    let key = place.key();
    let mut old = login("ana", "chrome-142/windows", 1, "e1");
    old["occurred_at"] = json!(time::to_text(SystemClock.now().plus_ms(-100 * DAY_MS)));
    std::fs::write(place.path("past.ndjson"), old.to_string()).unwrap();
    let imported = place.run(&["import", "past.ndjson", "--tenant", "acme"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    let service = place.serve();
    let client = service.client(&key);
    let age = wait_for("the login is found", || oldest(&client, "login").filter(|age| *age > 0.0));
    let days = age / 86_400.0;
    assert!((100.0..100.01).contains(&days), "{days}");
    assert_eq!(oldest(&client, "alert"), Some(0.0), "an import warns nobody");
    service.stop();
}

#[test]
fn the_age_of_the_oldest_is_told_of_sqlite() {
    the_age_of_the_oldest_is_told("sqlite");
}

#[test]
fn the_age_of_the_oldest_is_told_of_redis() {
    let redis = RedisServer::start(&[]);
    the_age_of_the_oldest_is_told(&redis.url());
}
