//! `watchlight keys rotate-master`: another key wraps the root key, and everything can be read as before.

use std::fs;

use crate::{
    stories::service::{Place, login, wait_for},
    support::redis::RedisServer,
};

fn the_key_of_the_file_is_replaced(store_url: &str) {
    let mut place = Place::new(store_url);
    let key = place.key();
    let (old, new) = (place.path("data/secret.key"), place.path("data/new.key"));
    let service = place.serve();
    let client = service.client(&key);
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "a")).device_status(), "first");
    // The new file alone opens nothing, and no key is made in its place.
    place.set("SECRETS__KEY_FILE", "data/new.key");
    let refused = place.run(&["keys", "rotate-master"]);
    assert!(refused.code == Some(1) && !new.exists(), "{refused:?}");
    place.set("SECRETS__PREVIOUS_KEY_FILE", "data/secret.key");
    let rotated = place.run(&["keys", "rotate-master"]);
    assert!(rotated.code == Some(0) && rotated.stdout.contains("from now on"), "{rotated:?}");
    let again = place.run(&["keys", "rotate-master"]);
    assert!(again.code == Some(0) && again.stdout.contains("already"), "{again:?}");
    // A service that runs goes on, and learns what is to be remembered beside the key.
    assert_eq!(client.post(&login("ana", "chrome-142/windows", 1, "b")).device_status(), "recognized");
    let remembered = || fs::read_to_string(place.path("data/store.id")).unwrap().lines().nth(1).map(str::to_owned);
    let wrapped = wait_for("the wrapped key is remembered", remembered);
    service.stop();
    // The old file is worth nothing any more, the new one everything.
    fs::remove_file(&old).unwrap();
    let service = place.serve();
    assert_eq!(service.client(&key).post(&login("ana", "chrome-142/windows", 1, "c")).device_status(), "recognized");
    assert_eq!(service.client(&key).list("/v1/logins?user=ana").len(), 3);
    assert_eq!(remembered().map(|it| it.len()), Some(wrapped.len()));
    service.stop();
    let kept = fs::read(&new).unwrap();
    fs::write(&new, "3".repeat(64)).unwrap();
    let wrong = place.run(&["keys", "list"]);
    assert!(wrong.code == Some(1) && wrong.stderr.contains("does not belong to this store"), "{wrong:?}");
    fs::write(&new, kept).unwrap();
    assert_eq!(place.run(&["keys", "list"]).code, Some(0));
}

#[test]
fn the_key_of_the_file_is_replaced_with_sqlite() {
    the_key_of_the_file_is_replaced("sqlite");
}

#[test]
fn the_key_of_the_file_is_replaced_with_redis() {
    the_key_of_the_file_is_replaced(&RedisServer::start(&["--appendonly", "yes"]).url());
}
