//! A service that is killed while it forgets somebody.

use std::{fs, thread};

use crate::{
    stories::service::{Place, login, wait_for},
    support::redis::RedisServer,
};

/// How many logins the user has who is forgotten.
const LOGINS: usize = 1_500;

/// Kills the service when fewer logins than this are left, and starts it again; `left` counts those of the store.
fn killed_while_it_forgets(store_url: &str, left: impl Fn(&Place) -> usize) {
    let place = Place::new(store_url);
    let scopes = ["logins:write", "logins:read", "privacy:write"].map(|it| ["--scope", it]).concat();
    let made = place.run(&[&["keys", "create", "--tenant", "acme"], &scopes[..]].concat());
    let key = made.stdout.trim().to_owned();
    for moment in [LOGINS, LOGINS / 2, 50] {
        let of = |user: &str, number: usize| login(user, "chrome-142/windows", 1, &format!("{user} {number} {moment}"));
        let lines: Vec<String> =
            (0..LOGINS).map(|it| of("ana", it).to_string()).chain([of("ben", 0).to_string()]).collect();
        fs::write(place.path("past.ndjson"), lines.join("\n")).unwrap();
        assert_eq!(place.run(&["import", "past.ndjson", "--tenant", "acme"]).code, Some(0));
        let mut service = place.serve();
        let client = service.client(&key);
        thread::scope(|scope| {
            // It may get no answer.
            scope.spawn(|| client.try_delete("/v1/users/ana"));
            wait_for("some are deleted", || (left(&place) <= moment).then_some(()));
            service.kill();
        });
        let service = place.serve();
        let client = service.client(&key);
        wait_for("the erasure is finished", || client.list("/v1/logins?user=ana").is_empty().then_some(()));
        let receipt =
            wait_for("there is a receipt", || Some(client.delete("/v1/users/ana")).filter(|it| it.status == 200));
        let counts = receipt.value()["counts"]["logins"].as_u64().unwrap();
        assert_eq!(usize::try_from(counts).unwrap(), LOGINS, "each is counted once, whatever was cut off");
        assert_eq!(client.list("/v1/logins").len(), 1, "ben's");
        assert_eq!(client.post(&of("ana", 0)).device_status(), "first");
        assert_eq!(client.delete("/v1/users/ben").status, 200);
        assert_eq!(client.delete("/v1/users/ana").status, 200);
        service.stop();
    }
}

#[test]
fn who_was_being_forgotten_is_gone_after_a_kill_with_sqlite() {
    killed_while_it_forgets("sqlite", |place| {
        let file = rusqlite::Connection::open(place.path("data/watchlight.db")).unwrap();
        file.query_row("SELECT count(*) FROM login", [], |row| row.get::<_, u32>(0)).unwrap() as usize
    });
}

#[test]
fn who_was_being_forgotten_is_gone_after_a_kill_with_redis() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    killed_while_it_forgets(&server.url(), |_| server.logins());
}
