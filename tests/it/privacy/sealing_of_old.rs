//! `watchlight store seal`: what a version before sealing has written is sealed while the service runs, whatever cuts it off.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use watchlight::{
    adapters::store::{
        backend::{SaltBytes, UnsealedBytes},
        coded::store::Coded,
        open,
        redis::{
            access::Access,
            store::{Redis, RedisStore},
        },
        sqlite::store::{Sqlite, SqliteStore},
    },
    domain::{history::retention_days::RetentionDays, ids::TenantId, keyring::Keyring},
    ports::{Store, Upkeep},
    service::alarm::unsealed_watch,
};

use crate::{
    privacy::canaries::{self, PEOPLE, canaries, files, holds},
    stories::service::{Client, Place, wait_for},
    support::{
        redis::RedisServer,
        smtp::ScriptedSmtp,
        stores::{keyring_of, open_with},
        unsealed::make_old,
    },
};

/// How many logins of each person are imported, so that sealing takes many steps.
const IMPORTED: usize = 40;

/// A store that a version before sealing would have left: logins with alerts and sessions of forty people.
fn old_store(place: &mut Place, make_it_old: impl FnOnce(&Place) -> usize) -> (String, usize) {
    let sink = ScriptedSmtp::start(&[]);
    place.mail_to(&sink);
    let scopes = ["logins:write", "logins:read", "privacy:write", "privacy:read"].map(|it| ["--scope", it]).concat();
    let made = place.run(&[&["keys", "create", "--tenant", "acme"], &scopes[..]].concat());
    let key = made.stdout.trim().to_owned();
    let lines = (0..IMPORTED).flat_map(|round| (0..PEOPLE).map(move |number| (round, number)));
    let line = |(round, number)| {
        let mut login = canaries::login(number, "Firefox");
        login["event_id"] = format!("canaryimport{number} {round}").into();
        login.to_string()
    };
    let lines: Vec<String> = lines.map(line).collect();
    fs::write(place.path("past.ndjson"), lines.join("\n")).unwrap();
    // A busy machine may not be in time with some lines; to import the others again changes nothing.
    wait_for("all is imported", || {
        (place.run(&["import", "past.ndjson", "--tenant", "acme"]).code == Some(0)).then_some(())
    });
    fs::remove_file(place.path("past.ndjson")).unwrap();
    let service = place.serve();
    let client = service.client(&key);
    for number in 0..PEOPLE {
        let login = canaries::login(number, "Opera");
        assert_eq!(client.post(&login).status, 201);
        let used = json!({"session_id": login["session_id"], "user": login["user"], "client": login["client"]});
        assert_eq!(client.post_to("/v1/activity", &used.to_string()).unwrap().status, 200);
    }
    let alerts = client.list("/v1/alerts").len();
    client.sent_alerts(alerts);
    service.stop();
    let count = make_it_old(place);
    assert!(count > PEOPLE * (IMPORTED + 1 + 2) + alerts - 1, "{count} records in the clear");
    (key, count)
}

/// All that is told of these people.
fn history(client: &Client) -> BTreeMap<String, Value> {
    let mut told = BTreeMap::new();
    for list in ["/v1/logins", "/v1/alerts"] {
        told.extend(client.list(list).into_iter().map(|it| (it["id"].as_str().unwrap().to_owned(), it)));
    }
    for number in 0..PEOPLE {
        let user = format!("canaryuser{number}");
        let mut export = client.get(&format!("/v1/users/{user}/export")).value();
        // When it was made, and who has read about them.
        export
            .as_object_mut()
            .unwrap()
            .retain(|name, _| ["profile", "devices", "logins", "alerts", "sessions"].contains(&name.as_str()));
        told.insert(user, export);
    }
    told
}

/// How many records are in the clear, by a look of our own.
fn left(runtime: &Runtime, store: &dyn Store) -> u64 {
    runtime.block_on(unsealed_watch::count(store, 0)).unwrap().count
}

/// What `/readyz` says of sealing.
fn amiss(client: &Client) -> Option<String> {
    let ready = client.get("/readyz").value();
    let check = ready["checks"].as_array().unwrap().iter().find(|it| it["name"] == "sealing").unwrap().clone();
    check["detail"].as_str().map(str::to_owned)
}

/// The files in which somebody is in the clear.
fn in_the_clear(folders: &[&Path]) -> Vec<String> {
    let found = files(folders).into_iter().filter(|(_, bytes)| canaries().iter().any(|it| holds(bytes, it)));
    found.map(|(path, _)| path.display().to_string()).collect()
}

/// What was told before is told as it was; and to each person's export comes the session of before.
fn nothing_is_lost(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) {
    let lost: Vec<&String> = before
        .iter()
        .filter(|(id, was)| !id.starts_with("canaryuser") && after.get(*id) != Some(was))
        .map(|(id, _)| id)
        .collect();
    assert!(lost.is_empty(), "lost or changed: {lost:?}");
    for (user, was) in before.iter().filter(|(id, _)| id.starts_with("canaryuser")) {
        assert_eq!(after[user]["alerts"].as_array().unwrap().len(), was["alerts"].as_array().unwrap().len(), "{user}");
        let sessions = [was, &after[user]].map(|it| it["sessions"].as_array().unwrap().len());
        assert_eq!(sessions, [0, 1], "{user}: of an old session nothing told whose it was");
    }
}

fn killed_while_it_seals(mut place: Place, folder: Option<&Path>, make_it_old: impl FnOnce(&Place) -> usize) {
    let (key, count) = old_store(&mut place, make_it_old);
    let data = place.path("data");
    let folders: Vec<&Path> = [Some(data.as_path()), folder].into_iter().flatten().collect();
    assert!(!in_the_clear(&folders).is_empty(), "or the scan finds nothing");
    let service = place.serve();
    let client = service.client(&key);
    let told = wait_for("the service has counted", || amiss(&client));
    assert_eq!(told, format!("{count} records are not sealed, from before sealing: run `watchlight store seal`"));
    let checked = place.run(&["check"]);
    assert!(checked.stdout.contains(&format!("wrong   sealing     {count} records")), "{checked:?}");
    let before = history(&client);
    let runtime = Runtime::new().unwrap();
    let (store, _) = runtime.block_on(open_with(&place.store_url(), &place.path("data/secret.key")));
    let is_over = AtomicBool::new(false);
    let more = thread::scope(|scope| {
        let posting = scope.spawn(|| {
            let mut posted = 0;
            while !is_over.load(Ordering::SeqCst) {
                let mut login = canaries::login(posted % PEOPLE, "Firefox");
                login["event_id"] = format!("canarymeanwhile{posted}").into();
                let answer = client.post(&login);
                // A busy machine may not be in time, and then the same is posted again.
                if answer.status != 503 {
                    assert_eq!(answer.device_status(), "recognized");
                    posted += 1;
                }
            }
            posted
        });
        let mut sealing = place.begin(&["store", "seal"]);
        let cut_off = wait_for("some are sealed", || Some(left(&runtime, &*store)).filter(|it| *it < count as u64));
        sealing.kill().unwrap();
        sealing.wait().unwrap();
        assert!(cut_off > 0 && left(&runtime, &*store) > 0, "it was over before it was killed");
        let sealed = place.run(&["store", "seal"]);
        is_over.store(true, Ordering::SeqCst);
        assert_eq!(sealed.code, Some(0), "{sealed:?}");
        assert!(sealed.stdout.contains(&format!("{:<20}{:>10}\n", "left", 0)), "{sealed:?}");
        posting.join().unwrap()
    });
    println!("{more} logins meanwhile");
    assert_eq!(left(&runtime, &*store), 0);
    wait_for("the service has seen it", || amiss(&client).is_none().then_some(()));
    assert!(place.run(&["check"]).stdout.contains("every record is sealed"));
    nothing_is_lost(&before, &history(&client));
    wait_for("nobody is in the clear in any file", || in_the_clear(&folders).is_empty().then_some(()));
    assert!(place.run(&["audit", "verify"]).code == Some(0));
    let audit = client.list("/v1/audit");
    assert!(audit.iter().any(|it| it["action"] == "store.seal"), "{audit:?}");
    let again = place.run(&["store", "seal"]);
    assert!(again.code == Some(0) && again.stdout.contains(&format!("{:<20}{:>10}\n", "sealed", 0)), "{again:?}");
    service.stop();
}

/// What must be of a store that was opened to make it old.
async fn keys_of(place: &Place) -> Keyring {
    let store = open::open(&place.store_url(), &RetentionDays::default()).await.unwrap();
    keyring_of(&*store, &place.path("data/secret.key")).await
}

async fn made_old<B: UnsealedBytes + SaltBytes>(store: Coded<B>, keyring: &Keyring) -> usize
where
    Coded<B>: Store,
{
    let count = make_old(&store, keyring, &TenantId::parse("acme").unwrap()).await;
    store.close().await;
    count
}

#[test]
fn a_store_of_before_is_sealed_with_sqlite() {
    killed_while_it_seals(Place::new("sqlite"), None, |place| {
        let path = place.path("data/watchlight.db");
        let count = Runtime::new().unwrap().block_on(async {
            let keyring = keys_of(place).await;
            let store = SqliteStore::over(Sqlite::open(&path).unwrap(), keyring.clone(), &RetentionDays::default());
            made_old(store, &keyring).await
        });
        let file = rusqlite::Connection::open(&path).unwrap();
        file.execute_batch("UPDATE session SET user = NULL; DELETE FROM upkeep WHERE name = 'unsealed'").unwrap();
        let salts = rusqlite::Connection::open(place.path("data/watchlight.db.salts")).unwrap();
        salts.execute_batch("DELETE FROM person; DELETE FROM week").unwrap();
        count
    });
}

#[test]
fn a_store_of_before_is_sealed_with_redis() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let folder = server.socket().parent().unwrap().to_owned();
    killed_while_it_seals(Place::new(&server.url()), Some(&folder), |place| {
        let count = Runtime::new().unwrap().block_on(async {
            let keyring = keys_of(place).await;
            let days = RetentionDays::default();
            let backend = Redis::open(&place.store_url(), &days, &Access::default()).await.unwrap();
            made_old(RedisStore::over(backend, keyring.clone(), &days), &keyring).await
        });
        let script = "for _, name in ipairs(redis.call('KEYS', 'wl:*')) do
            if name == 'wl:unsealed' or string.find(name, ':salts$') or string.find(name, '^wl:weeks')
                or string.find(name, ':sessions%-of:') then redis.call('DEL', name) end end";
        server.command(&["EVAL", script, "0"]);
        count
    });
}
