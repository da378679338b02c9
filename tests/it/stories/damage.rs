//! A record that cannot be read: it is left out, counted and named, and everything else goes on.

use watchlight::domain::ids::LoginId;

use crate::{
    stories::service::{Place, login, wait_for},
    support::redis::RedisServer,
};

/// Posts logins, damages one and the profile of a user by `damage`, and sees what becomes of the others.
fn one_record_is_damaged(mut place: Place, damage: impl Fn(&Place, LoginId)) {
    place.set("HTTP__PUBLIC_URL", "https://login.example.com");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    let posted: Vec<String> = (0..30)
        .map(|it| {
            let answer = client.post(&login(&format!("u{it}"), "chrome-142/windows", 1, &format!("e{it}")));
            answer.value()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let broken = &posted[17];
    damage(&place, LoginId::parse(broken).unwrap());

    let listed = client.list("/v1/logins");
    let mut listed: Vec<&str> = listed.iter().map(|it| it["id"].as_str().unwrap()).collect();
    listed.reverse();
    let expected: Vec<&str> = posted.iter().filter(|it| *it != broken).map(String::as_str).collect();
    assert_eq!(listed, expected);
    let exported = client.get_as("/v1/logins", "application/x-ndjson");
    assert_eq!((exported.status, exported.body.lines().count()), (200, 29), "{exported:?}");
    assert_eq!(client.get(&format!("/v1/logins/{broken}")).status, 503, "it is there, and cannot be shown");
    let readiness = || client.get("/readyz");
    wait_for("the readiness tells of it", || {
        let answer = readiness();
        assert_eq!(answer.status, 200, "logins are recorded");
        let told = answer.body.contains("1 record cannot be read, and lists leave them out: see `watchlight check`");
        (told && answer.value()["status"] == "degraded").then_some(())
    });
    let metrics = client.get("/metrics").body;
    assert!(metrics.contains(r#"watchlight_unreadable_records_total{kind="login"} 1"#), "{metrics}");

    let checked = place.run(&["check"]);
    let named = checked.stdout.lines().any(|it| it.contains("login") && it.contains(broken.as_str()));
    assert!(checked.code == Some(1) && named, "{checked:?}");
    assert!(!service.log().contains("u17"), "the log names no user");
}

#[test]
fn one_record_is_damaged_in_sqlite() {
    one_record_is_damaged(Place::new("sqlite"), |place, id| {
        let file = rusqlite::Connection::open(place.path("data/watchlight.db")).unwrap();
        assert_eq!(file.execute("UPDATE login SET record = x'63' WHERE id = ?", [id.0]).unwrap(), 1);
    });
}

#[test]
fn one_record_is_damaged_in_redis() {
    let server = RedisServer::start(&[]);
    one_record_is_damaged(Place::new(&server.url()), |_, id| {
        server.damage_login(id, "c");
    });
}

#[test]
fn logins_that_meet_damage_are_refused_and_it_is_told() {
    let place = Place::new("sqlite");
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    for user in ["ana", "ben"] {
        assert_eq!(client.post(&login(user, "chrome-142/windows", 1, user)).status, 201);
    }
    let file = rusqlite::Connection::open(place.path("data/watchlight.db")).unwrap();
    let (user, whole): (Vec<u8>, Vec<u8>) =
        file.query_row("SELECT user, record FROM profile LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    file.execute("UPDATE profile SET record = x'63' WHERE user = ?", [&user]).unwrap();
    let mut statuses =
        ["ana", "ben"].map(|user| client.post(&login(user, "chrome-142/windows", 1, &format!("{user} 2"))).status);
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 503], "the other user signs in as ever");
    wait_for("the readiness tells of it", || client.get("/readyz").body.contains("cannot be read").then_some(()));
    file.execute("UPDATE profile SET record = ? WHERE user = ?", [&whole, &user]).unwrap();
    for user in ["ana", "ben"] {
        assert_eq!(client.post(&login(user, "chrome-142/windows", 1, &format!("{user} 3"))).status, 201, "{user}");
    }
    wait_for("it is no longer told", || (!client.get("/readyz").body.contains("cannot be read")).then_some(()));
}
