//! Who was forgotten stays forgotten when a backup from before is restored.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use serde_json::Value;

use crate::{
    stories::service::{Client, Ended, Place, login},
    support::redis::RedisServer,
};

fn key(place: &Place) -> String {
    let scopes = ["logins:write", "logins:read", "privacy:write"].map(|it| ["--scope", it]).concat();
    place.run(&[&["keys", "create", "--tenant", "acme"], &scopes[..]].concat()).stdout.trim().to_owned()
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stdout
}

fn sign_in(client: &Client, user: &str, event: &str) {
    assert_eq!(client.post(&login(user, "chrome-142/windows", 1, event)).status, 201);
}

fn erase(client: &Client, user: &str) -> Value {
    let erased = client.delete(&format!("/v1/users/{user}"));
    assert_eq!(erased.status, 200, "{erased:?}");
    erased.value()
}

fn logins(client: &Client, user: &str) -> usize {
    client.list(&format!("/v1/logins?user={user}")).len()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Writes the ledger of a place to a file.
fn ledger(place: &Place) -> String {
    let exported = done(place.run(&["erasures", "export"]));
    let file = place.path("ledger.ndjson");
    fs::write(&file, exported).unwrap();
    text(&file).to_owned()
}

/// read, erased, already gone, came back
fn counts(applied: &str) -> Vec<u64> {
    applied.lines().filter_map(|it| it.split_whitespace().last()?.parse().ok()).collect()
}

/// A place with the key of another.
fn with_key_of(place: &Place) -> Place {
    let other = Place::new("sqlite");
    fs::create_dir(other.path("data")).unwrap();
    fs::copy(place.path("data/secret.key"), other.path("data/secret.key")).unwrap();
    other
}

#[test]
fn whoever_was_forgotten_stays_forgotten_after_a_restore() {
    let place = Place::new("sqlite");
    let key = key(&place);
    let service = place.serve();
    let client = service.client(&key);
    for user in ["ana", "ben", "eve", "old"] {
        sign_in(&client, user, &format!("{user}1"));
        sign_in(&client, user, &format!("{user}2"));
    }
    erase(&client, "old");
    let backup = place.path("backup");
    done(place.run(&["backup", text(&backup)]));
    // What came after the backup counts with the receipt.
    sign_in(&client, "ana", "ana3");
    let receipts = ["ana", "eve"].map(|it| erase(&client, it));
    assert_eq!(receipts[0]["counts"]["logins"], 3);
    let ledger = ledger(&place);
    let written = fs::read_to_string(&ledger).unwrap();
    assert!(written.lines().count() == 3 && !written.contains("ana"), "{written}");
    service.stop();

    let other = with_key_of(&place);
    let told = done(other.run(&["restore", text(&backup)]));
    assert!(told.contains("watchlight erasures apply"), "{told}");
    let before = other.serve();
    let client = before.client(&key);
    assert_eq!(logins(&client, "ana"), 2, "without the ledger they are there again");
    sign_in(&client, "old", "old3");
    before.stop();
    assert_eq!(counts(&done(other.run(&["erasures", "apply", &ledger]))), [3, 2, 0, 1]);
    assert_eq!(counts(&done(other.run(&["erasures", "apply", &ledger]))), [3, 0, 2, 1], "twice changes nothing");
    let service = other.serve();
    let client = service.client(&key);
    for (user, receipt) in ["ana", "eve"].iter().zip(&receipts) {
        assert_eq!(logins(&client, user), 0, "{user}");
        assert_eq!(&erase(&client, user), receipt, "the receipt that they were given");
    }
    assert_eq!((logins(&client, "ben"), logins(&client, "old")), (2, 1), "others, and who came back");
    sign_in(&client, "ana", "ana4");
    service.stop();
    assert_eq!(counts(&done(other.run(&["erasures", "apply", &ledger]))), [3, 0, 1, 2], "ana is back");
}

#[test]
fn a_line_that_is_not_ours_is_refused_and_the_others_are_applied() {
    let place = Place::new("sqlite");
    let key = key(&place);
    let service = place.serve();
    let client = service.client(&key);
    for user in ["ana", "eve"] {
        sign_in(&client, user, user);
    }
    let backup = place.path("backup");
    done(place.run(&["backup", text(&backup)]));
    for user in ["ana", "eve"] {
        erase(&client, user);
    }
    service.stop();
    let ledger = ledger(&place);
    let lines: Vec<String> = fs::read_to_string(&ledger).unwrap().lines().map(str::to_owned).collect();
    let altered = |name: &str, to: Value| {
        let mut line: Value = serde_json::from_str(&lines[0]).unwrap();
        line[name] = to;
        line.to_string()
    };
    let long = format!("{{\"receipt\": \"{}\"}}", "r".repeat(9_000));
    let bad = [
        "hunter2".to_owned(),
        altered("user", Value::from("00".repeat(16))),
        altered("erased_at", Value::from("2030-01-01T00:00:00.000Z")),
        altered("tenant", Value::from("other")),
        altered("name", Value::from("Ana")),
        long,
    ];
    fs::write(&ledger, [&bad[..], &lines[1..]].concat().join("\n")).unwrap();

    let other = with_key_of(&place);
    done(other.run(&["restore", text(&backup)]));
    let applied = other.run(&["erasures", "apply", &ledger]);
    assert_eq!((applied.code, counts(&applied.stdout)), (Some(1), vec![7, 1, 0, 0, 6]), "{applied:?}");
    for line in 1..=6 {
        assert!(applied.stderr.contains(&format!("line {line}: ")), "{applied:?}");
    }
    let service = other.serve();
    let client = service.client(&key);
    let mut left = [logins(&client, "ana"), logins(&client, "eve")];
    left.sort_unstable();
    assert_eq!(left, [0, 1]);
    service.stop();
}

#[test]
fn a_backup_is_whole_or_not_there_and_replaces_nothing_unasked() {
    let place = Place::new("sqlite");
    let key = key(&place);
    let service = place.serve();
    sign_in(&service.client(&key), "ana", "1");
    let backup = place.path("backup");
    done(place.run(&["backup", text(&backup)]));
    for file in ["records/watchlight.db", "salts/watchlight.db.salts"] {
        let mode = fs::metadata(backup.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let again = place.run(&["backup", text(&backup)]);
    assert!(again.code == Some(1) && again.stderr.contains("is not empty"), "{again:?}");
    sign_in(&service.client(&key), "ana", "2");
    service.stop();

    let refused = place.run(&["restore", text(&backup)]);
    assert!(refused.code == Some(1) && refused.stderr.contains("--yes"), "{refused:?}");
    let told = done(place.run(&["restore", text(&backup), "--yes"]));
    let aside = told.split_whitespace().find(|it| it.contains(".replaced-")).unwrap().trim_end_matches(',');
    let aside = place.path(aside);
    assert!(aside.exists() && Path::new(&format!("{}.salts", aside.display())).exists(), "{told}");
    let service = place.serve();
    assert_eq!(logins(&service.client(&key), "ana"), 1, "as of the backup");
    service.stop();
}

#[test]
fn a_backup_that_does_not_belong_together_or_is_not_whole_is_refused() {
    let places = [Place::new("sqlite"), Place::new("sqlite")];
    let backups = places.each_ref().map(|place| {
        key(place);
        let backup = place.path("backup");
        done(place.run(&["backup", text(&backup)]));
        backup
    });
    let salts = "salts/watchlight.db.salts";
    fs::copy(backups[1].join(salts), backups[0].join(salts)).unwrap();
    let other = with_key_of(&places[0]);
    let mixed = other.run(&["restore", text(&backups[0])]);
    assert!(mixed.code == Some(1) && mixed.stderr.contains("of another store"), "{mixed:?}");
    fs::remove_file(backups[1].join("backup.json")).unwrap();
    assert_eq!(other.run(&["restore", text(&backups[1])]).code, Some(1));
    assert!(!other.path("data/watchlight.db").exists(), "nothing was restored");
}

#[test]
fn a_redis_is_sent_to_the_page_that_says_how_and_its_ledger_is_applied_as_well() {
    let server = RedisServer::start(&[]);
    let place = Place::new(&server.url());
    let refused = place.run(&["backup", text(&place.path("backup"))]);
    assert!(refused.code == Some(1) && refused.stderr.contains("docs/operations.md"), "{refused:?}");
    let key = key(&place);
    let service = place.serve();
    let client = service.client(&key);
    sign_in(&client, "ana", "1");
    erase(&client, "ana");
    let ledger = ledger(&place);
    assert_eq!(counts(&done(place.run(&["erasures", "apply", &ledger]))), [1, 0, 1, 0]);
    sign_in(&client, "ana", "2");
    assert_eq!(counts(&done(place.run(&["erasures", "apply", &ledger]))), [1, 0, 0, 1]);
    assert_eq!(logins(&client, "ana"), 1);
    service.stop();
}
