//! A key that is lost or wrong, and a store that is lost or another one: nothing goes on in silence.

use std::{fs, path::Path, sync::Arc, thread};

use serde_json::Value;
use watchlight::{
    adapters::{clock::SystemClock, store::open::open},
    domain::{history::retention_days::RetentionDays, ids::TenantId, keyring::Keyring, tenant::api_key::Scope},
    service::tenant::api_keys::ApiKeys,
};

use crate::{
    stories::service::{Client, Place, Service, login, wait_for},
    support::redis::RedisServer,
};

/// A place with a store of one of both kinds, and the server that it may need.
fn places() -> Vec<(Place, Option<RedisServer>)> {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    vec![(Place::new("sqlite"), None), (Place::new(&server.url()), Some(server))]
}

/// The key of a place, and of the store that was used there.
fn copy(from: &Place, to: &Place, files: &[&str]) {
    fs::create_dir_all(to.path("data")).unwrap();
    for file in files {
        fs::copy(from.path("data").join(file), to.path("data").join(file)).unwrap();
    }
}

fn store_id(place: &Place) -> String {
    fs::read_to_string(place.path("data/store.id")).unwrap().split(' ').next().unwrap().to_owned()
}

/// Refused by every command that would use the store, with all of these words; a file that is not there is not made.
#[track_caller]
fn is_refused(place: &Place, words: &[&str], absent: Option<&Path>) {
    for command in [&["serve"][..], &["keys", "list"], &["alerts", "list"], &["webhooks", "list"], &["import", "log"]] {
        let refused = place.run(command);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{command:?}: {refused:?}");
        assert!(words.iter().all(|it| refused.stderr.contains(it)), "{command:?}: {refused:?}");
        assert!(absent.is_none_or(|it| !it.exists()), "{command:?} has made it");
    }
    let checked = place.run(&["check"]);
    assert!(checked.code == Some(1) && words.iter().all(|it| checked.stdout.contains(it)), "{checked:?}");
}

fn readiness(client: &Client) -> (u16, String, Value) {
    let answer = client.get("/readyz");
    (answer.status, answer.value()["status"].as_str().unwrap().to_owned(), answer.value())
}

/// Waits until the service says that the store is this or that.
#[track_caller]
fn until(client: &Client, status: &str, word: &str) {
    wait_for(&format!("the service is {status}"), || {
        let (_, is, checks) = readiness(client);
        (is == status && checks.to_string().contains(word)).then_some(())
    });
    let changed = if word.is_empty() { "0" } else { "1" };
    wait_for("the gauge tells", || {
        client.get("/metrics").body.contains(&format!("watchlight_store_changed {changed}\n")).then_some(())
    });
}

#[track_caller]
fn is_mended(service: &Service, client: &Client) {
    // Without the mail system and places, which are as they should be here.
    wait_for("nothing is amiss", || (readiness(client).1 == "ready").then_some(()));
    assert!(service.log().contains("ALARM"), "{}", service.log());
    until(client, "ready", "");
}

#[test]
fn a_lost_key_is_not_replaced_beside_a_store() {
    for (place, _server) in places() {
        let key = place.key();
        let (file, kept) = (place.path("data/secret.key"), place.path("kept"));
        fs::rename(&file, &kept).unwrap();
        is_refused(&place, &["secret.key` is missing", "the store is not empty", "backup"], Some(&file));
        let adopted = place.run(&["store", "adopt"]);
        assert!(adopted.code == Some(1) && !file.exists(), "{adopted:?}");
        fs::remove_file(place.path("data/store.id")).unwrap();
        is_refused(&place, &["secret.key` is missing", "the store is not empty", "backup"], Some(&file));
        fs::rename(&kept, &file).unwrap();
        let service = place.serve();
        let client = service.client(&key);
        assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
        service.stop();
    }
}

#[test]
fn a_key_lost_together_with_what_the_store_held_is_not_replaced_either() {
    let place = Place::new("sqlite");
    place.key();
    let file = place.path("data/secret.key");
    fs::remove_file(&file).unwrap();
    for part in ["", "-wal", "-shm", ".salts", ".salts-wal", ".salts-shm"] {
        // SQLite may have removed these itself.
        let _ = fs::remove_file(place.path(&format!("data/watchlight.db{part}")));
    }
    is_refused(&place, &["secret.key` is missing", "beside it is written"], Some(&file));
}

#[test]
fn a_key_that_is_not_the_store_s_is_refused() {
    for (place, _server) in places() {
        let key = place.key();
        let file = place.path("data/secret.key");
        let right = fs::read_to_string(&file).unwrap();
        for (wrong, words) in [
            ("0".repeat(64), ["does not belong to this store", "secrets.key_file"]),
            (right.trim().chars().rev().collect(), ["does not belong to this store", "secrets.key_file"]),
            ("no key".to_owned(), ["64 hexadecimal digits", "secret.key"]),
        ] {
            fs::write(&file, wrong).unwrap();
            is_refused(&place, &words, None);
            assert_eq!(place.run(&["store", "adopt"]).code, Some(1), "adopting does not make a key fit");
        }
        fs::write(&file, right).unwrap();
        let service = place.serve();
        assert_eq!(service.client(&key).get("/v1/logins").status, 200);
        service.stop();
    }
}

#[test]
fn machines_share_a_redis_by_one_key_and_by_no_other() {
    let server = RedisServer::start(&[]);
    let [first, without, other, second] = std::array::from_fn(|_| Place::new(&server.url()));
    let key = first.key();
    is_refused(&without, &["is missing", "the store is not empty"], Some(&without.path("data/secret.key")));
    let elsewhere = Place::new("sqlite");
    elsewhere.key();
    copy(&elsewhere, &other, &["secret.key"]);
    is_refused(&other, &["does not belong to this store"], Some(&other.path("data/store.id")));
    copy(&first, &second, &["secret.key"]);
    let (one, two) = (first.serve(), second.serve());
    assert_eq!(one.client(&key).post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    assert_eq!(two.client(&key).post(&login("ana", "chrome-142/windows", 1, "b")).device_status(), "recognized");
    assert_eq!(store_id(&first), store_id(&second));
    let checked = first.run(&["check"]).stdout;
    assert!(checked.contains(&format!("it is {}, born 20", store_id(&first))), "{checked}");
    one.stop();
    two.stop();
}

#[test]
fn processes_that_begin_at_once_begin_with_one_key() {
    for (place, _server) in places() {
        let all = thread::scope(|scope| {
            let begin = || place.run(&["keys", "list"]);
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(begin)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(all.iter().all(|it| it.code == Some(0)), "{all:?}");
        place.key();
    }
    let server = RedisServer::start(&[]);
    let places: [Place; 3] = std::array::from_fn(|_| Place::new(&server.url()));
    let all = thread::scope(|scope| {
        let threads: Vec<_> = places.iter().map(|it| scope.spawn(|| it.run(&["keys", "list"]))).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(all.iter().filter(|it| it.code == Some(0)).count(), 1, "of three keys one is the store's: {all:?}");
}

/// Makes a store that says nothing of itself, with an API key; all its keys are derived from the key of the file.
fn key_of_an_earlier_version(place: &Place) -> String {
    fs::create_dir_all(place.path("data")).unwrap();
    fs::write(place.path("data/secret.key"), "2".repeat(64)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let keyring = Keyring::new([0x22; 32]);
        let store = open(&place.store_url(), &RetentionDays::default()).await.unwrap().unlock(keyring.clone());
        let keys = ApiKeys::new(store.clone(), Arc::new(SystemClock), keyring);
        let scopes = vec![Scope::LoginsRead, Scope::LoginsWrite];
        let key = keys.create(TenantId::parse("acme").unwrap(), scopes, &[7; 30]).await.unwrap();
        store.close().await;
        key.reveal().to_owned()
    })
}

#[test]
fn a_store_of_an_earlier_version_gets_a_name() {
    for (place, _server) in places() {
        let key = key_of_an_earlier_version(&place);
        let (file, kept) = (place.path("data/secret.key"), place.path("kept"));
        fs::rename(&file, &kept).unwrap();
        is_refused(&place, &["secret.key` is missing", "the store is not empty"], Some(&file));
        fs::rename(&kept, &file).unwrap();
        let service = place.serve();
        let client = service.client(&key);
        assert_eq!(client.get("/v1/logins").status, 200);
        assert_eq!(readiness(&client).1, "ready");
        service.stop();
        fs::write(&file, "1".repeat(64)).unwrap();
        is_refused(&place, &["does not belong to this store"], None);
    }
}

#[test]
fn an_emptied_redis_takes_nothing_until_the_operator_says_so() {
    let server = RedisServer::start(&["--appendonly", "yes"]);
    let [place, second] = std::array::from_fn(|_| Place::new(&server.url()));
    let key = place.key();
    copy(&place, &second, &["secret.key"]);
    let (service, other) = (place.serve(), second.serve());
    let (client, other_client) = (service.client(&key), other.client(&key));
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    let before = store_id(&place);
    server.command(&["FLUSHALL"]);
    for number in 0..20 {
        let answer = client.post(&login("ana", "firefox-145/linux", 9, &format!("after {number}")));
        assert_eq!(answer.status, 503, "from the first on: {answer:?}");
    }
    for client in [&client, &other_client] {
        wait_for("the API says so", || (client.get("/v1/alerts").status == 503).then_some(()));
        let answer = client.post(&login("ana", "firefox-145/linux", 9, "later"));
        assert_eq!((answer.status, answer.value()["type"].as_str()), (503, Some("store_changed")), "{answer:?}");
    }
    until(&client, "unavailable", "lost what it held");
    until(&other_client, "unavailable", "lost what it held");
    assert_eq!(client.get("/a/some-token").status, 503, "nobody is told that their link is used");
    is_refused_but_for_serve(&place);
    let adopted = place.run(&["store", "adopt"]);
    assert_eq!(adopted.code, Some(0), "{adopted:?}");
    assert!(store_id(&place) != before && adopted.stdout.contains(&store_id(&place)), "{adopted:?}");
    let key = place.key();
    for (service, place) in [(&service, &place), (&other, &second)] {
        let client = service.client(&key);
        is_mended(service, &client);
        assert_eq!(client.post(&login("ben", "chrome-142/windows", 1, "b")).status / 100, 2);
        wait_for("it is remembered", || (store_id(place) != before).then_some(()));
    }
    let client = service.client(&key);
    client.post(&login("ben", "firefox-145/linux", 9, "c"));
    client.sent_alerts(1);
    service.stop();
    other.stop();
}

/// Commands are refused; the service starts, waits and says so.
#[track_caller]
fn is_refused_but_for_serve(place: &Place) {
    for command in [&["keys", "list"][..], &["alerts", "list"], &["import", "log"], &["check"]] {
        let refused = place.run(command);
        let said = refused.stdout.clone() + &refused.stderr;
        assert!(refused.code == Some(1) && said.contains("watchlight store adopt"), "{command:?}: {refused:?}");
    }
}

#[test]
fn a_redis_that_comes_back_with_what_it_held_goes_on_by_itself() {
    let server = RedisServer::start(&[]);
    let place = Place::new(&server.url());
    let key = place.key();
    let service = place.serve();
    let client = service.client(&key);
    let identity = server.command(&["GET", "wl:store"]);
    let identity = identity.lines().nth(1).unwrap().trim();
    server.command(&["DEL", "wl:store"]);
    until(&client, "unavailable", "lost what it held");
    assert_eq!(
        client.post(&login("ana", "chrome-142/windows", 1, "a")).status,
        503,
        "its key is there, its name is not"
    );
    server.command(&["SET", "wl:store", identity]);
    is_mended(&service, &client);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).status, 201);
    service.stop();
}

#[test]
fn an_empty_file_in_the_place_of_a_store_takes_nothing_until_the_operator_says_so() {
    let place = Place::new("sqlite");
    place.key();
    let before = store_id(&place);
    fs::rename(place.path("data/watchlight.db"), place.path("kept.db")).unwrap();
    for part in ["-wal", "-shm", ".salts", ".salts-wal", ".salts-shm"] {
        // SQLite may have removed these itself.
        let _ = fs::rename(place.path(&format!("data/watchlight.db{part}")), place.path(&format!("kept.db{part}")));
    }
    let service = place.serve();
    let client = service.client("wl_live_0000000000000000_0000");
    until(&client, "unavailable", "lost what it held");
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).status, 503);
    is_refused_but_for_serve(&place);
    assert_eq!(place.run(&["store", "adopt"]).code, Some(0));
    assert_ne!(store_id(&place), before);
    let client = service.client(&place.key());
    is_mended(&service, &client);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    assert_eq!(place.run(&["store", "adopt"]).code, Some(0), "again changes nothing");
    service.stop();
    let service = place.serve();
    assert!(!service.log().contains("ALARM"), "{}", service.log());
    service.stop();
}

/// Another store of the same key: what it knows of devices is old, and so nobody is mailed about what it does not know.
fn another_store(place: &mut Place, url: &str) {
    place.key();
    let used = fs::read_to_string(place.path("data/store.id")).unwrap();
    place.set("STORE__URL", url);
    fs::remove_file(place.path("data/store.id")).unwrap();
    let key = place.key();
    fs::write(place.path("data/store.id"), used).unwrap();
    let mut service = place.serve();
    let client = service.client(&key);
    until(&client, "degraded", "mails are held");
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    let alert = client.post(&login("ana", "firefox-145/linux", 9, "b")).value()["alert"]["id"].clone();
    for _ in 0..2 {
        service.kill();
        service = place.serve();
        let client = service.client(&key);
        until(&client, "degraded", "mails are held");
        let alerts = client.list("/v1/alerts");
        assert_eq!((alerts.len(), &alerts[0]["id"], &alerts[0]["state"]), (1, &alert, &"queued".into()), "{alerts:?}");
    }
    let client = service.client(&key);
    assert_eq!(place.run(&["check"]).code, Some(1));
    assert_eq!(place.run(&["store", "adopt"]).code, Some(0));
    client.sent_alerts(1);
    is_mended(&service, &client);
    assert_eq!(place.mails().len(), 1);
    service.stop();
}

#[test]
fn another_file_holds_mails_until_the_operator_says_so() {
    let mut place = Place::new("sqlite");
    another_store(&mut place, "sqlite:data/other.db");
}

#[test]
fn another_redis_holds_mails_until_the_operator_says_so() {
    let (used, other) = (RedisServer::start(&[]), RedisServer::start(&[]));
    let mut place = Place::new(&used.url());
    another_store(&mut place, &other.url());
}

#[test]
fn a_store_in_memory_is_never_another() {
    let place = Place::new("memory:");
    for _ in 0..2 {
        let service = place.serve();
        let ready = service.client("none").get("/readyz");
        assert_eq!(ready.value()["status"], "ready", "{ready:?}");
        assert!(!service.log().contains("ALARM") && !place.path("data/store.id").exists());
        service.stop();
    }
    assert_eq!(place.run(&["store", "adopt"]).code, Some(1));
}

#[test]
fn which_store_was_used_is_remembered_where_the_operator_says() {
    let mut place = Place::new("sqlite");
    place.set("STORE__IDENTITY_FILE", "elsewhere/id");
    place.key();
    assert!(place.path("elsewhere/id").exists() && !place.path("data/store.id").exists());
    fs::write(place.path("elsewhere/id"), "hunter2").unwrap();
    is_refused(&place, &["elsewhere/id` names no store", "store.identity_file"], None);
    assert_eq!(place.run(&["store", "adopt"]).code, Some(0));
    assert_eq!(place.run(&["keys", "list"]).code, Some(0));
    place.set("STORE__IDENTITY_FILE", "watchlight.toml/id");
    fs::write(place.path("watchlight.toml"), "").unwrap();
    is_refused(&place, &["watchlight.toml/id", "store.identity_file"], None);
}
